// What an apply sets up at Vercel takes effect: requests at the data plane show it. Beside the cases of the kinds, which
// look at the management API alone.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import type { Plan } from "../../src/model/plan.ts";
import { canary } from "../canary/values.ts";
import { expectConverged, expectEmpty, openStage, type Stage, writes } from "./stage.ts";

/** $0.50, $0.02 and $0.002 a request. */
const OPUS = "anthropic/claude-opus-4.7";
const GPT = "openai/gpt-5.5";
const HAIKU = "anthropic/claude-haiku-4.5";

const key = (body: JsonObject = {}) => ({ ...body, deliver: [{ file: { path: "out/ci.key" } }] });

async function applied(vercel: JsonObject, env: Record<string, string> = {}): Promise<Stage> {
  const stage = await openStage({ profile: "live", env }, onTestFinished);
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

test.each([
  ["made", "POST", [403, 200]],
  ["taken away", "DELETE", [403, 403]],
] as const)(
  "a deny goes to another model without a hole, also when nothing can be %s",
  async (_, method, expected) => {
    const stage = await applied({ rules: { big: { type: "deny", source: OPUS } } });
    const effect = { kind: "status", status: 403, when: "before" } as const;
    await stage.fault({ method, path: "/ai-gateway/rules$", effect });
    const moved = { keys: { ci: key() }, rules: { big: { type: "deny", source: GPT } } };
    await stage.declare({ vercel: moved });
    await stage.apply({ allow_deletes: 5 });
    const statuses = async () => [(await ask(stage, OPUS)).status, (await ask(stage, GPT)).status];
    expect(await statuses()).toEqual(expected);
    await stage.clearFaults();
    await change(stage, moved);
    expect(await statuses()).toEqual([200, 403]);
  },
);

/** Applies, and asks for models whenever the ledger is written: between any two writes at the vendor it is. */
async function probing(stage: Stage, vercel: JsonObject, models: readonly string[]): Promise<Probed> {
  const answers = async () =>
    Promise.all(models.map(async (model) => ask(stage, model))).then((found) =>
      found.map(({ status, tried }) => (status === 200 ? String(tried.at(-1)) : `${status}`)).join(" "),
    );
  const seen = [await answers()];
  const from = (await stage.requests()).length;
  await stage.declare({ vercel: { keys: { ci: key() }, ...vercel } });
  const plan = await stage.plan({ allow_deletes: 5 });
  expectConverged(
    await stage.apply({ allow_deletes: 5 }, (backend) => ({
      ...backend,
      write: async (...args) => {
        seen.push(await answers());
        return backend.write(...args);
      },
    })),
  );
  seen.push(await answers());
  const log = (await stage.requests()).slice(from).filter(({ path }) => path.endsWith("/rules"));
  return {
    plan,
    seen: seen.filter((found, index) => found !== seen[index - 1]),
    writes: writes(log).map((line) => line.split(" ")[0] ?? ""),
  };
}

interface Probed {
  readonly plan: Plan;
  /** What came of requests for the models, each time that it was another. */
  readonly seen: readonly string[];
  readonly writes: readonly string[];
}

const deny = (source: string): JsonObject => ({ type: "deny", source });

test("no request for the old or the new model passes a deny while its source changes", async () => {
  const stage = await applied({ rules: { a: deny(OPUS) } });
  const { seen, writes } = await probing(stage, { rules: { a: deny(GPT) } }, [OPUS, GPT]);
  expect(seen).toEqual([`403 ${GPT}`, "403 403", `${OPUS} 403`]);
  expect(writes).toEqual(["POST", "DELETE"]);
});

test.each<[string, Record<string, string>, Record<string, string>, readonly string[]]>([
  ["passes to a new rule", { a: OPUS }, { a: GPT, b: OPUS }, ["POST"]],
  ["changes places with another", { a: OPUS, b: GPT }, { a: GPT, b: OPUS }, []],
  ["goes round three rules", { a: OPUS, b: GPT, c: HAIKU }, { a: GPT, b: HAIKU, c: OPUS }, []],
  ["passes to a rule whose own goes", { a: GPT, b: OPUS }, { a: OPUS }, ["DELETE"]],
  ["moves up a chain", { a: OPUS, b: GPT }, { a: HAIKU, b: OPUS, c: GPT }, ["POST"]],
])("a denied model that %s is denied all the time", async (_, before, after, expected) => {
  const rules = (sources: Record<string, string>) => ({
    rules: Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, deny(source)])),
  });
  const stage = await applied(rules(before));
  const denied = Object.values(after).filter((source) => Object.values(before).includes(source));
  const { plan, seen, writes } = await probing(stage, rules(after), denied);
  expect(seen).toEqual([denied.map(() => "403").join(" ")]);
  expect(writes).toEqual(expected);
  expect(plan.steps.flatMap(({ risks }) => risks)).toEqual([]);
});

test("a deny that becomes a rewrite of its model lets requests through for two writes, and the plan says so", async () => {
  const stage = await applied({ rules: { a: deny(OPUS) } });
  const rewrite = { type: "rewrite", source: OPUS, destination: HAIKU };
  const { plan, seen, writes } = await probing(stage, { rules: { a: rewrite } }, [OPUS]);
  expect(seen).toEqual(["403", OPUS, HAIKU]);
  expect(writes).toEqual(["DELETE", "POST"]);
  const risk = { code: "rule-gap", path: "source", meanwhile: true };
  expect(plan.steps.flatMap(({ risks }) => risks)).toMatchObject([
    { ...risk, message: expect.stringContaining(`requests for ${OPUS} are served by that model`) },
  ]);
  // Under another name it is another rule, as long as the file does not say that it is the same.
  const renamed = await probing(stage, { rules: { b: deny(OPUS) } }, [OPUS]);
  expect(renamed.seen).toEqual([HAIKU, OPUS, "403"]);
  expect(renamed.plan.steps).toMatchObject([{}, { instead_of: "vercel.rule.a", risks: [risk] }]);
  expect(renamed.plan.diagnostics.map(({ code }) => code)).toContain("MAYBE_MOVED");
});

test("a deny and a rewrite that exchange their models have a gap each, and each is said", async () => {
  const rewrite = { type: "rewrite", destination: HAIKU };
  const stage = await applied({ rules: { a: deny(OPUS), b: { ...rewrite, source: GPT } } });
  const rules = { a: deny(GPT), b: { ...rewrite, source: OPUS } };
  const { plan, seen } = await probing(stage, { rules }, [OPUS, GPT]);
  expect([seen[0], seen.at(-1)]).toEqual([`403 ${HAIKU}`, `${HAIKU} 403`]);
  expect(plan.steps.flatMap(({ risks }) => risks.map(({ code }) => code))).toEqual(["rule-gap", "rule-gap"]);
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

test("a default budget stops a key without one of its own when it is spent, and not when it is gone", async () => {
  const stage = await applied({ budget_defaults: { api_key: { limit: 1 } } });
  for (const status of [200, 200, 402]) expect((await ask(stage, OPUS)).status).toBe(status);
  await change(stage, { budget_defaults: {} });
  expect((await ask(stage, OPUS)).status).toBe(200);
});

test.each([
  ["the team", { team: { limit: 1 } }, {}],
  ["the user whose spending it is", { users: { owner: { limit: 1 } } }, { spend_attribution: "user" }],
] as const)(
  "a budget of %s stops keys when it is spent, until it is raised or gone",
  async (_, budgets, own) => {
    const stage = await applied({ keys: { ci: key(own) }, budgets });
    const [group = ""] = Object.keys(budgets);
    const raised = JSON.parse(JSON.stringify(budgets).replace("1", "2")) as JsonObject;
    for (const status of [200, 200, 402]) expect((await ask(stage, OPUS)).status).toBe(status);
    await change(stage, { keys: { ci: key(own) }, budgets: raised });
    for (const status of [200, 200, 402]) expect((await ask(stage, OPUS)).status).toBe(status);
    await change(stage, { keys: { ci: key(own) }, budgets: { [group]: {} } });
    expect((await ask(stage, OPUS)).status).toBe(200);
  },
);

test("a budget of a project stops its deployments when it is spent, and no other ones", async () => {
  const stage = await applied({ budgets: { projects: { web: { limit: 1 } } } });
  const state = await stage.state();
  const [web] = state.vercel.projects;
  const tokenOf = (project: string) => canary(`deployment of ${project}`);
  const token = (project_id: string) => ({
    token: tokenOf(project_id),
    project_id,
    expires_at: Date.now() + 3_600_000,
  });
  const docs = { id: "prj_docs", name: "docs", teamId: String(web?.teamId) };
  await stage.vendors.control("PUT", "/state", {
    ...state,
    vercel: {
      ...state.vercel,
      projects: [...state.vercel.projects, docs],
      oidc_tokens: [token(String(web?.id)), token(docs.id)],
    },
  });
  const from = async (project: string) => (await stage.prompt(tokenOf(project), OPUS)).status;
  for (const status of [200, 200, 402]) expect(await from(String(web?.id))).toBe(status);
  expect(await from(docs.id)).toBe(200);
  expect((await ask(stage, OPUS)).status).toBe(200);
  await change(stage, { budgets: { projects: {} } });
  expect(await from(String(web?.id))).toBe(200);
});

test("a BYOK credential is what its provider gets, after its rotation too, and not when it is off", async () => {
  const anthropic = { provider_slug: "anthropic", credential: { apiKey: { env: "KEY" } } };
  const [OLD, NEW] = [canary("provider old", "sk-"), canary("provider new", "sk-")];
  const stage = await applied({ byok_credentials: { anthropic } }, { KEY: OLD });
  const credential = async () => (await ask(stage, HAIKU)).echo;
  expect(await credential()).toMatchObject({ credential: `byok:anthropic …${OLD.slice(-4)}` });
  stage.env.KEY = NEW;
  await change(stage, { byok_credentials: { anthropic } });
  expect(await credential()).toMatchObject({ credential: `byok:anthropic …${NEW.slice(-4)}` });
  await change(stage, { byok_credentials: { anthropic: { ...anthropic, active: false } } });
  expect(await credential()).toMatchObject({ credential: "system" });
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

test("a key that was found in public is a warning until another expiry makes and delivers a new one", async () => {
  const declare = (stage: Stage, year: number) =>
    stage.declare({ vercel: { keys: { ci: key({ expires_at: `${year}-01-01T00:00:00Z` }) } } });
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  await declare(stage, 2027);
  expectConverged(await stage.apply());
  const first = await delivered(stage);
  await stage.vendors.vercel("POST", "/external/compromised_secret", { secret: { api_key: first } });
  const plan = await stage.plan();
  expectEmpty(plan);
  expect(plan.diagnostics).toMatchObject([
    { code: "VENDOR_STATE", severity: "warning", message: expect.stringContaining("was found in public") },
  ]);
  await declare(stage, 2028);
  const result = await stage.apply({ allow_deletes: 1 });
  expectConverged(result);
  expect((await stage.prompt(first, GPT)).status).toBe(401);
  expect((await ask(stage, GPT)).status).toBe(200);
});
