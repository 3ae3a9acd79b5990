// What a vendor does with a request, as far as its settings say: data that a provider works out, plans keep and
// renderers draw. Knows nothing of any vendor.

import type { Address } from "../base/address.ts";
import type { Position } from "../base/diagnostic.ts";

/** `failed`: the vendor refuses it because the settings contradict each other. `unknown`: nobody can tell from what was read. */
export type Verdict = "served" | "denied" | "failed" | "unknown";

/** How a request ends. */
export interface Outcome {
  readonly verdict: Verdict;
  /** Models that serve it, in the order in which they are tried; empty unless it is served. */
  readonly served_by: readonly string[];
  /** There is no such order: the vendor chooses among them. */
  readonly unordered?: true;
  /** Of a served one: the address that it is passed on to, where that is not the vendor's own. */
  readonly relay?: string;
  /** What decided it, in order: addresses, and for live things that nobody owns what a sentence calls them. */
  readonly through: readonly string[];
  /** HTTP status of the refusal. */
  readonly status?: number;
  /** Of a failed or unknown one: a stable name of why. */
  readonly code?: string;
  /** The same as a clause for people. */
  readonly message?: string;
  /** The reason that whoever denied it has given. */
  readonly reason?: string;
}

/** One thing that happens to a request on its way. */
export interface TraceStep {
  /** `resolve`: what is named stands for the models in `to`. */
  readonly action: "rewrite" | "deny" | "resolve";
  /** The address, or what a sentence calls a live one that nobody owns. */
  readonly by: string;
  readonly address?: Address;
  /** The vendor's id, where it was read. */
  readonly id?: string;
  /** Where the files declare it. */
  readonly position?: Position;
  readonly from: string;
  /** Empty for a deny. */
  readonly to: readonly string[];
  /** As in `Outcome`, of what stands for several models or for a relay. */
  readonly unordered?: true;
  readonly relay?: string;
  readonly reason?: string;
}

/** What happens to a request, step by step. */
export interface Trace {
  /** What the request names. */
  readonly subject: string;
  readonly steps: readonly TraceStep[];
  readonly outcome: Outcome;
}

/** A request that ends another way than before. */
export interface BehaviourChange {
  readonly provider: string;
  readonly subject: string;
  readonly before: Outcome;
  readonly after: Outcome;
}

/** What a plan changes in what requests get. Only for its reader: nothing that is carried out looks at it. */
export interface PlanBehaviour {
  readonly format: 1;
  /** By provider, then by subject. */
  readonly changes: readonly BehaviourChange[];
}

/** What `gateform trace` answers. */
export interface TraceAnswer extends Trace {
  readonly provider: string;
  readonly source: "file" | "live";
}
