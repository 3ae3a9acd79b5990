// What `--out` and `--output` do not write over.

import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { whyKept } from "../../../src/cli/output.ts";

const LEDGER = {
  format: 1,
  stack: "acme",
  lineage: "line",
  serial: 0,
  accounts: {},
  salt: "0123456789abcdef",
  resources: {},
};

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "gateform-output-"));
});
afterAll(() => rm(directory, { recursive: true }));

test.each([
  ["gateform.yaml", "version: 1"],
  ["other.YML", "version: 1"],
  ["state.json", JSON.stringify(LEDGER)],
  ["damaged.ledger.json", "{"],
])("%s, a configuration or a ledger, is not written over", async (name, text) => {
  const path = join(directory, name);
  await writeFile(path, text);
  expect(whyKept(path)).toBeDefined();
});

test.each([
  ["plan.json", '{"format":1,"stack":"acme","steps":[]}'],
  ["comment.md", "# plan"],
  ["empty.json", ""],
])("%s, an earlier product, is written over", async (name, text) => {
  const path = join(directory, name);
  await writeFile(path, text);
  expect(whyKept(path)).toBeUndefined();
});

test.each(["there.txt", "nowhere.txt"])("a link to %s is not written through", async (target) => {
  await writeFile(join(directory, "there.txt"), "somebody's");
  const path = join(directory, `link to ${target}`);
  await symlink(join(directory, target), path);
  expect(whyKept(path)).toContain("link");
});

test("what is not there yet is written, whatever its name", () => {
  expect(whyKept(join(directory, "new.yaml"))).toBeUndefined();
});
