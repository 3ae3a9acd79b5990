// A ledger that belongs to another stack or to a newer gateform: nothing may be planned, let alone deleted, by it.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStage } from "../../contract/stage.ts";

const rule = (source: string) => ({ type: "deny", source });
const ledger = { file: ".gateform/contract.ledger.json" };

test("a file for another stack that names the same ledger deletes nothing", async () => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  await stage.declare({ vercel: { rules: { ours: rule("openai/gpt-5.5") } } }, { ledger });
  await stage.apply();
  await stage.declare(
    { vercel: { rules: { theirs: rule("openai/gpt-5.1") } } },
    { ledger, stack: "other", policy: { max_deletes: 10 } },
  );

  const result = await stage.apply();

  expect(result).toMatchObject({ state: "stopped", diagnostics: [{ code: "WRONG_STACK" }] });
  const { rules } = await stage.vendors.vercel("GET", "/ai-gateway/rules");
  expect(rules).toMatchObject([{ match: { model: "openai/gpt-5.5" } }]);
});

test("a ledger with a kind that only a newer version knows is refused by name", async () => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  await stage.declare({ vercel: { rules: { ours: rule("openai/gpt-5.5") } } });
  await stage.apply();
  const file = join(stage.directory, ledger.file);
  const stored = await readFile(file, "utf8");
  await writeFile(file, stored.replaceAll("vercel.rule", "vercel.hologram"));

  const result = await stage.apply({ destroy: true, allow_deletes: 9 });

  expect(result).toMatchObject({
    state: "stopped",
    diagnostics: [{ code: "LEDGER_NEWER", message: expect.stringContaining("vercel.hologram") }],
  });
  expect(await stage.vendors.vercel("GET", "/ai-gateway/rules")).toMatchObject({ rules: [{}] });
});
