// What a scene is: something of each kind is live and in a ledger, and the file now says otherwise, so that the one
// apply does everything that the kind knows. Scenes are made of what the contract suite has on its kinds.

import type { JsonObject } from "../../../src/base/json.ts";
import type { State } from "../../../src/reference-server/state.ts";
import { bodiesOf } from "../../contract/cases/case.ts";
import type { Entries, FieldChange, Sample } from "../../contract/sample.ts";

export interface Scene {
  readonly name: string;
  /** The kinds whose steps count as shown by it. */
  readonly kinds: readonly string[];
  /** The file's blocks, as they were applied one after the other. The first one has the foreign ones in it. */
  readonly before: readonly JsonObject[];
  readonly after: JsonObject;
  /** Addresses of the first file that the ledger has forgotten: what they name is somebody else's now. */
  readonly foreign: readonly string[];
  /** Values of the secrets that the blocks name. */
  readonly env: Readonly<Record<string, string>>;
  /** What the account and the team begin with. */
  readonly seed?: (state: State) => State;
  /** Where the values of keys and tokens go, by address; as `Stage.sinks` names the places. */
  readonly delivered: Readonly<Record<string, readonly string[]>>;
  /** Addresses that the apply rotates: their first ones work on while `grace` lasts. */
  readonly rotated: readonly string[];
}

/** Bodies of the entries that a scene is about. */
export interface Script {
  readonly before: Entries;
  readonly after: Entries;
  /** Somebody else's. */
  readonly foreign: Entries;
  /** Applied before `before`, and removed by it. */
  readonly earlier?: Entries;
}

export function addressOf(sample: Sample, key: string): string {
  return `${sample.address.slice(0, -sample.key.length)}${key}`;
}

/** A scene of one kind whose values go nowhere. */
export function sceneOf(
  sample: Sample,
  { before, after, foreign, earlier }: Script,
  more: Partial<Scene> = {},
): Scene {
  const first = sample.block({ ...before, ...earlier, ...foreign });
  return {
    name: sample.kind,
    kinds: [sample.kind],
    before: [first, ...(earlier === undefined ? [] : [sample.block(before)])],
    after: sample.block(after),
    foreign: Object.keys(foreign).map((key) => addressOf(sample, key)),
    env: sample.env,
    delivered: {},
    rotated: [],
    ...more,
  };
}

/**
 * The scene of a kind that has none of its own: its first change in place, and of the two others of its sample one is
 * made and one goes.
 */
export function plainScript({ key, changes, several }: Sample): Script {
  const change = changes.find(({ replace }) => replace === undefined);
  const [one, two] = Object.entries(several).filter(([name]) => name !== key);
  if (change === undefined || one === undefined || two === undefined)
    throw new Error(`no scene can be made of the sample of ${key}`);
  const { before, after } = bodiesOf(change as FieldChange);
  return {
    before: { [key]: before, [one[0]]: one[1] },
    after: { [key]: after, [two[0]]: two[1] },
    foreign: {},
  };
}
