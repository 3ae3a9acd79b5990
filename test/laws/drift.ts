// What others do to the model vendor behind gateform's back.

import fc from "fast-check";
import { VALUES } from "./graph.ts";
import {
  changeable,
  create,
  isMerged,
  type Remote,
  RemoteError,
  remove,
  type Thing,
  update,
} from "./remote.ts";

export type Drift =
  | { readonly do: "change"; readonly pick: number; readonly value: number }
  | { readonly do: "delete"; readonly pick: number };

export const SOMEBODY = "somebody";

/** Fields changed and things deleted by others; nothing new of theirs. */
export const drifts: fc.Arbitrary<readonly Drift[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record(
        { do: fc.constant("change" as const), pick: fc.nat(20), value: fc.nat(20) },
        { noNullPrototype: true },
      ),
    },
    {
      weight: 1,
      arbitrary: fc.record(
        { do: fc.constant("delete" as const), pick: fc.nat(20) },
        { noNullPrototype: true },
      ),
    },
  ),
  { maxLength: 4 },
);

export function drift(remote: Remote, changes: readonly Drift[]): void {
  for (const change of changes) {
    const thing = remote.things[change.pick % Math.max(1, remote.things.length)];
    if (thing === undefined) continue;
    if (change.do === "delete") remove(remote, thing, SOMEBODY);
    else changeOne(remote, thing, change.value);
  }
}

function changeOne(remote: Remote, thing: Thing, value: number): void {
  const names = changeable(thing.kind).filter(
    (name) => VALUES[name] !== undefined && !isMerged(thing.kind, name),
  );
  const name = names[value % Math.max(1, names.length)];
  const values = VALUES[name ?? ""] ?? [];
  if (name !== undefined && values.length > 0)
    update(remote, thing, { [name]: values[value % values.length] ?? null }, SOMEBODY);
}

/** Something of somebody else's that looks like ours. */
export interface Twin {
  /** Made again with another id or mark; a copy beside it; put inside it. */
  readonly do: "remake" | "copy" | "inside";
  readonly pick: number;
}

export const twins: fc.Arbitrary<readonly Twin[]> = fc.array(
  fc.record(
    { do: fc.constantFrom("remake" as const, "copy" as const, "inside" as const), pick: fc.nat(20) },
    { noNullPrototype: true },
  ),
  { minLength: 1, maxLength: 4 },
);

export function twin(remote: Remote, { do: what, pick }: Twin): void {
  const thing = remote.things[pick % Math.max(1, remote.things.length)];
  // A bolt goes with its door, whoever made it.
  if (thing === undefined || ["m.store", "m.door", "m.bolt"].includes(thing.kind)) return;
  if (what === "inside" && thing.kind === "m.gate") {
    attempt(() =>
      create(remote, "m.conf", thing.id, { slug: "theirs", alias: "default", secret: "theirs" }, SOMEBODY),
    );
    return;
  }
  if (what === "remake") remove(remote, thing, SOMEBODY);
  attempt(() => create(remote, thing.kind, thing.parent_id, { ...thing.fields, ...thing.secrets }, SOMEBODY));
}

/** Somebody else is refused like anybody. */
function attempt(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
  }
}
