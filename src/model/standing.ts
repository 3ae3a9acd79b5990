// Where a planned step stands when its turn has come: what was found when its precondition was looked at again.

import type { LiveResource } from "./live.ts";
import type { Step } from "./plan.ts";
import type { Deviation } from "./report.ts";

export type Standing =
  /** As the plan found it, or on the way to what it wants: to be carried out. */
  | { readonly state: "ready" }
  /** The wanted state is there; at most the ledger has to be told. */
  | {
      readonly state: "already";
      /** What is live; left out of what is gone, or not visible yet. */
      readonly live?: LiveResource;
      /** The ledger still has an entry that goes with it. */
      readonly drop?: true;
    }
  /** Something else is there: nothing is done. */
  | {
      readonly state: "refused";
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
      readonly deviations?: readonly Deviation[];
    }
  /** It makes sense only together with another step, which is refused. */
  | { readonly state: "blocked"; readonly because: string; readonly message: string };

/** A plan's steps as they are to be carried out now. */
export interface Checked {
  /** The plan's, narrowed to what is left of them, and deletes of what an earlier run of the same plan left behind. */
  readonly steps: readonly Step[];
  /** By step id; one for every step. */
  readonly standings: ReadonlyMap<string, Standing>;
}
