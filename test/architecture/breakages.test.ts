// The table that `npm run breakages` works through names lines of the source as they are now.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT } from "./sources.ts";

interface Breakage {
  readonly what: string;
  readonly file: string;
  readonly find: string;
  readonly put: string;
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
