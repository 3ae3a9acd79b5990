// The suite's own exam: a kind without a sample, or a field without a change, fails here until it has one.

import { describe, expect, test } from "vitest";
import { z } from "zod";
import { isObject } from "../../src/base/json.ts";
import { providers } from "../../src/providers/index.ts";
import { flatten, leavesOf, patternOf, schemaOf } from "./leaves.ts";
import type { FieldChange, Sample } from "./sample.ts";
import { samples } from "./samples/all.ts";
import { cases } from "./suite.ts";

const kinds = providers.flatMap((provider) => provider.kinds);

test("every kind of every provider has one sample", () => {
  expect(samples.map(({ kind }) => kind).sort()).toEqual(kinds.map(({ rules }) => rules.kind).sort());
});

describe.each(samples.map((sample) => ({ kind: sample.kind, sample })))(
  "the sample of $kind",
  ({ sample }) => {
    const kind = kinds.find(({ rules }) => rules.kind === sample.kind);
    const schema = schemaOf(kind?.definition.spec ?? z.never());
    const leaves = leavesOf(schema);
    const excused = Object.keys(sample.unvaried);

    test("changes every field of the spec, down to the members of nested objects", () => {
      const missing = leaves.filter((leaf) => !isChanged(leaf, sample) && !excused.includes(leaf));
      expect(missing).toEqual([]);
    });

    test("excuses only fields that exist and that it does not change", () => {
      expect(excused.filter((leaf) => !leaves.includes(leaf))).toEqual([]);
      expect(excused.filter((leaf) => isChanged(leaf, sample))).toEqual([]);
    });

    test("expects a replacement exactly where the kind says that a field is immutable", () => {
      for (const { path, replace } of sample.changes) {
        const policy = kind?.rules.fields[path.split(".")[0] ?? path];
        expect({ path, replaced: replace !== undefined }).toEqual({
          path,
          replaced: policy?.immutable === true,
        });
      }
    });

    test("has a minimal body of what is required and a full body of all that can be set", () => {
      const needed = Object.entries(kind?.rules.fields ?? {}).filter(([, policy]) => policy.needed_to_create);
      const required = [
        ...(Array.isArray(schema.required) ? schema.required : []),
        ...needed.map(([name]) => name),
        // Unless another resource has it.
        ...(kind?.definition.derivedName?.held === undefined
          ? []
          : [kind.definition.derivedName.held.instead_of]),
      ];
      expect(Object.keys(sample.minimal).sort()).toEqual([...required].sort());
      const all = Object.keys(isObject(schema.properties) ? schema.properties : {});
      const apart = Object.keys(sample.apart ?? {});
      const left = all.filter(
        (name) => !apart.includes(name) && (!excused.includes(name) || required.includes(name)),
      );
      expect(Object.keys(sample.full).sort()).toEqual(left.sort());
      expect(apart.filter((name) => !all.includes(name) || excused.includes(name))).toEqual([]);
    });

    test("has a test for every case, or the reason why there is none", () => {
      const empty = cases.filter(({ id, runs }) => {
        const made = sample.not?.[id] === undefined ? runs(sample) : undefined;
        return Array.isArray(made) && made.length === 0;
      });
      expect(empty.map(({ id }) => id)).toEqual([]);
    });

    test("names only cases that exist as not applicable", () => {
      const ids = cases.map(({ id }) => id);
      expect(Object.keys(sample.not ?? {}).filter((id) => !ids.includes(id))).toEqual([]);
    });
  },
);

/** Whether some change has a value at this leaf both before and after, and two different ones. */
function isChanged(leaf: string, sample: Sample): boolean {
  const pattern = patternOf(leaf);
  return sample.changes.some(
    (change) => change.path === leaf || differing(change).some((path) => pattern.test(path)),
  );
}

function differing({ path, from, to }: FieldChange): string[] {
  const after = new Map(flatten(to, path));
  return flatten(from, path).flatMap(([at, value]) => (after.has(at) && after.get(at) !== value ? [at] : []));
}
