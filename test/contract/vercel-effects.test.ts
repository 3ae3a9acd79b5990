// What an apply sets up at Vercel takes effect: requests at the data plane show it. Beside the cases of the kinds, which
// look at the management API alone.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { expectConverged, openStage, type Stage } from "./stage.ts";

/** $0.50, $0.02 and $0.002 a request. */
const OPUS = "anthropic/claude-opus-4.7";
const GPT = "openai/gpt-5.5";
const HAIKU = "anthropic/claude-haiku-4.5";

const key = (body: JsonObject = {}) => ({ ...body, deliver: [{ file: { path: "out/ci.key" } }] });

async function applied(vercel: JsonObject): Promise<Stage> {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  await change(stage, vercel);
  return stage;
}

async function change(stage: Stage, vercel: JsonObject): Promise<void> {
  await stage.declare({ vercel: { keys: { ci: key() }, ...vercel } });
  expectConverged(await stage.apply({ allow_deletes: 5 }));
}

const delivered = async (stage: Stage) =>
  (await readFile(join(stage.directory, "out/ci.key"), "utf8")).trim();

/** A request with the key that was delivered. */
const ask = async (stage: Stage, model: string) => stage.prompt(await delivered(stage), model);

const servedBy = async (stage: Stage, model: string) => (await ask(stage, model)).tried.at(-1);

test("a deny refuses its model with its reason, not when it is disabled, and not when it is gone", async () => {
  const deny = { type: "deny", source: OPUS, reason: "use haiku" };
  const stage = await applied({ rules: { opus: deny } });
  const answer = await ask(stage, OPUS);
  const [rule] = (await stage.state()).vercel.rules;
  expect(answer).toMatchObject({ status: 403, ruleId: rule?.ruleId });
  expect(answer.message).toContain("use haiku");
  expect(await servedBy(stage, GPT)).toBe(GPT);
  await change(stage, { rules: { opus: { ...deny, enabled: false } } });
  expect(await servedBy(stage, OPUS)).toBe(OPUS);
  await change(stage, { rules: { opus: { ...deny, enabled: true } } });
  expect((await ask(stage, OPUS)).status).toBe(403);
  await change(stage, { rules: {} });
  expect(await servedBy(stage, OPUS)).toBe(OPUS);
});

test("a chain of rewrites leads to its end, elsewhere once a link has changed, and nowhere in a circle", async () => {
  const rules = (destination: string) => ({
    gpt: { type: "rewrite", source: GPT, destination: OPUS },
    opus: { type: "rewrite", source: OPUS, destination },
  });
  const stage = await applied({ rules: rules(HAIKU) });
  expect(await servedBy(stage, GPT)).toBe(HAIKU);
  await change(stage, { rules: rules("mistral/mistral-small") });
  expect(await servedBy(stage, GPT)).toBe("mistral/mistral-small");
  await stage.vendors.vercel("PATCH", "/ai-gateway/rules", {
    ruleId: (await stage.state()).vercel.rules.find(({ match }) => match.model === OPUS)?.ruleId,
    action: { rewriteModel: GPT },
  });
  expect((await ask(stage, GPT)).status).toBe(400);
  await change(stage, { rules: rules(HAIKU) });
  expect(await servedBy(stage, GPT)).toBe(HAIKU);
});

test("a rewrite to a virtual model is served by what that stands for, and refused once it is archived", async () => {
  const rules = { opus: { type: "rewrite", source: OPUS, destination: "vmc/fast" } };
  const stage = await applied({ rules, virtual_models: { fast: { kind: "alias", model: HAIKU } } });
  expect(await servedBy(stage, OPUS)).toBe(HAIKU);
  await change(stage, { rules, virtual_models: { fast: { kind: "alias", model: GPT } } });
  expect(await servedBy(stage, OPUS)).toBe(GPT);
  await change(stage, { rules, virtual_models: {} });
  expect((await ask(stage, OPUS)).status).toBe(400);
  expect((await ask(stage, "vmc/fast")).status).toBe(404);
});

test("a key's budget stops it when it is spent, until the file raises it or takes it away", async () => {
  const stage = await applied({ keys: { ci: key({ budget: { limit: 1 } }) } });
  const statuses = async (...models: string[]) => {
    const found: number[] = [];
    for (const model of models) found.push((await ask(stage, model)).status);
    return found;
  };
  expect(await statuses(OPUS, OPUS, GPT)).toEqual([200, 200, 402]);
  await change(stage, { keys: { ci: key({ budget: { limit: 2 } }) } });
  expect(await statuses(OPUS, OPUS, GPT)).toEqual([200, 200, 402]);
  await change(stage, { keys: { ci: key({ budget: null }) } });
  expect(await statuses(OPUS)).toEqual([200]);
});

test("a deleted key is refused, and so is one that was replaced, while its successor works", async () => {
  const stage = await applied({ keys: { ci: key({ expires_at: "2027-06-30T00:00:00Z" }) } });
  const first = await delivered(stage);
  expect((await stage.prompt(first, GPT)).status).toBe(200);
  await change(stage, { keys: { ci: key({ expires_at: "2027-07-31T00:00:00Z" }) } });
  const second = await delivered(stage);
  expect(second).not.toBe(first);
  expect((await stage.prompt(first, GPT)).status).toBe(401);
  expect((await stage.prompt(second, GPT)).status).toBe(200);
  await change(stage, { keys: {} });
  expect((await stage.prompt(second, GPT)).status).toBe(401);
});
