// A ledger that belongs to another stack: nothing may be planned, let alone deleted, by it.

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
