// What others do to the model vendor behind gateform's back.

import fc from "fast-check";
import { VALUES } from "./graph.ts";
import { changeable, isMerged, type Remote, remove, type Thing, update } from "./remote.ts";

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
