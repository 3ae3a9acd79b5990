// The table that `npm run breakages` works through names lines of the source as they are now.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { providers } from "../../src/providers/index.ts";
import { ROOT } from "./sources.ts";

interface Breakage {
  readonly what: string;
  readonly file: string;
  readonly find: string;
  readonly put: string;
  /** Words in the titles of the contract's cases that have to notice it; left out: any test may. */
  readonly cases?: string;
}

const table = JSON.parse(
  readFileSync(join(ROOT, "test/mutations/breakages.json"), "utf8"),
) as readonly Breakage[];

describe("each breakage", () => {
  test.each(table.map((item) => [item.what, item] as const))(
    "finds its line once: %s",
    (_, { file, find, put }) => {
      const text = readFileSync(join(ROOT, file), "utf8");
      expect(text.split(find).length - 1, `${file} holds ${find}`).toBe(1);
      expect(put).not.toBe(find);
    },
  );
});

test("each kind has a breakage that its own cases of the contract have to notice", () => {
  const guarded = table.map(({ cases }) => cases?.trim());
  const kinds = providers.flatMap((provider) => provider.kinds.map(({ rules }) => rules.kind));
  expect(kinds.filter((kind) => !guarded.includes(kind))).toEqual([]);
});
