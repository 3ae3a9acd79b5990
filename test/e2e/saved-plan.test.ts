// Saved plans from the command line: made, shown, changed under their hands, applied once and again, and refused
// where they are not for this stack.

import { statSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import {
  json,
  PROVIDER_KEY,
  type Server,
  startServer,
  type Workspace,
  workspace,
  writesOf,
} from "./support.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const file = (ttl: number, more = ""): string => `version: 1
stack: acme-prod
policy: { max_deletes: 0 }
cloudflare:
  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}
  gateways:
    support: { cache_ttl: ${ttl}${more} }
    intern: { cache_ttl: ${ttl} }
    wiki: { cache_ttl: ${ttl} }
vercel:
  team: \${env:VERCEL_TEAM}
  rules:
    a: { type: deny, source: openai/gpt-5.5 }
`;
const KEY = ", provider_configs: { openai: { secret: { env: OPENAI_API_KEY } } }";
const APPLY = ["apply", "plan.json", "--auto-approve"];

async function stack(text = file(60)): Promise<Workspace> {
  const work = workspace(server);
  onTestFinished(work.remove);
  work.write("gateform.yaml", text);
  const { code, stderr } = await work.run(["apply", "--auto-approve"]);
  expect(code, stderr).toBe(0);
  return work;
}

async function savedPlan(work: Workspace, ...args: readonly string[]): Promise<string> {
  const { code, stderr } = await work.run(["plan", "--out", "plan.json", ...args]);
  expect(code, stderr).toBe(0);
  return /sha256:[0-9a-f]{64}/.exec(stderr)?.[0] ?? "none";
}

/** Changes a gateway behind gateform's back. */
async function change(gateway: string, fields: object): Promise<void> {
  const path = `/ai-gateway/gateways/${gateway}`;
  const { result } = (await (await server.cloudflare("GET", path)).json()) as { readonly result: object };
  expect((await server.cloudflare("PUT", path, { ...result, ...fields })).status).toBe(200);
}

async function ttlOf(gateway: string): Promise<number> {
  const answer = await server.cloudflare("GET", `/ai-gateway/gateways/${gateway}`);
  return ((await answer.json()) as { readonly result: { readonly cache_ttl: number } }).result.cache_ttl;
}

describe("a saved plan", () => {
  test("is written for its owner only, shown without files, network and ledger, and applied by its digest", async () => {
    const work = await stack();
    work.write("gateform.yaml", file(300));
    const digest = await savedPlan(work);
    expect(statSync(work.path("plan.json")).mode & 0o777).toBe(0o600);

    const elsewhere = workspace(undefined);
    onTestFinished(elsewhere.remove);
    elsewhere.write("plan.json", work.read("plan.json"));
    const shown = await elsewhere.run(["show", "plan.json", "--output", "json"]);
    expect(json(shown)).toMatchObject({ digest, plan: { stack: "acme-prod", summary: { update: 3 } } });
    expect((await elsewhere.run(["show", "plan.json"])).stdout).toContain(`--digest ${digest}`);
    expect((await elsewhere.run(["show", "plan.json", "--output", "markdown"])).stdout).toContain(digest);

    const applied = await work.run([...APPLY, "--digest", digest, "--output", "json"]);
    expect(applied.code, applied.stderr).toBe(0);
    expect(json(applied)).toMatchObject({ digest, report: { converged: true, counts: { done: 3 } } });
    expect((await work.run(["plan", "--detailed-exitcode"])).code).toBe(0);
  });

  test("after three foreign changes refuses what moved, finds what is there already, blocks dependants and does the rest", async () => {
    const work = await stack();
    work.write("gateform.yaml", file(300, KEY));
    await savedPlan(work);
    await change("support", { cache_ttl: 900, rate_limiting_limit: 7, rate_limiting_interval: 60 });
    await change("intern", { cache_ttl: 300 });
    await server.cloudflare("POST", "/ai-gateway/gateways", {
      id: "theirs",
      cache_invalidate_on_update: false,
      cache_ttl: 5,
      collect_logs: true,
      rate_limiting_interval: 0,
      rate_limiting_limit: 0,
    });

    const applied = await work.run([...APPLY, "--output", "json"]);
    expect(applied.code).toBe(1);
    const results = Object.fromEntries(
      json(applied).report.results.map((item: { readonly step: string }) => [item.step, item]),
    );
    expect(results).toMatchObject({
      "update cloudflare.gateway.support": { outcome: "failed", code: "MOVED" },
      "update cloudflare.gateway.intern": { outcome: "already" },
      "update cloudflare.gateway.wiki": { outcome: "done" },
      "create cloudflare.provider_config.support/openai": {
        outcome: "blocked",
        because: "update cloudflare.gateway.support",
      },
    });
    expect(results["update cloudflare.gateway.support"].deviations).toEqual([
      { path: "cache_ttl", expected: 60, found: 900 },
      { path: "rate_limiting_interval", expected: 0, found: 60 },
      { path: "rate_limiting_limit", expected: 0, found: 7 },
    ]);
    expect([await ttlOf("support"), await ttlOf("wiki"), await ttlOf("theirs")]).toEqual([900, 300, 5]);
    expect((await work.run(APPLY)).stdout).toContain("cache_ttl: expected 60, found 900");

    // What was there already counts as applied: the next plan has only what moved.
    const next = json(await work.run(["plan", "--output", "json"]));
    expect(next.steps.map((step: { readonly address: string }) => step.address)).toEqual([
      "cloudflare.gateway.support",
      "cloudflare.provider_config.support/openai",
    ]);
  });

  test("applied a second time finds everything there and writes nothing, neither at a vendor nor to the ledger", async () => {
    const work = await stack();
    work.write("gateform.yaml", file(300, KEY).replace("gpt-5.5", "gpt-5.1"));
    await savedPlan(work, "--allow-deletes", "1");
    expect((await work.run(APPLY)).code).toBe(0);
    const ledger = work.read(".gateform/acme-prod.ledger.json");
    await server.forgetRequests();
    const again = await work.run([...APPLY, "--output", "json"], { OPENAI_API_KEY: "" });
    expect(again.code, again.stderr).toBe(0);
    const { counts } = json(again).report;
    expect(counts).toMatchObject({ done: 0, written: 0, failed: 0 });
    expect(counts.already).toBeGreaterThan(4);
    expect(writesOf(await server.requests())).toEqual([]);
    expect(work.read(".gateform/acme-prod.ledger.json")).toBe(ledger);
  });

  test("is carried out whatever the files say by now, and keeps the deletes and adoptions it was made with", async () => {
    const work = await stack();
    const made = await server.vercel("POST", "/ai-gateway/rules", {
      type: "deny",
      match: { model: "openai/gpt-5.1" },
      action: {},
    });
    expect(made.ok).toBe(true);
    const rules = "    b: { type: deny, source: openai/gpt-5.1 }\n";
    work.write("gateform.yaml", file(60).replace(/ {4}a: .*\n/, rules));
    await savedPlan(work, "--allow-deletes", "1", "--adopt");
    work.write("gateform.yaml", file(60));
    for (const extra of [["--adopt"], ["--allow-deletes", "1"]]) {
      const { code, stderr } = await work.run([...APPLY, ...extra]);
      expect([code, stderr]).toEqual([1, expect.stringContaining("belongs to the plan")]);
    }
    const applied = await work.run([...APPLY, "--output", "json"]);
    expect(applied.code, applied.stderr).toBe(0);
    const rulesNow: readonly { readonly match: { readonly model: string }; readonly deleted?: boolean }[] = (
      await server.state()
    ).vercel.rules;
    const live = rulesNow.filter(({ deleted }) => deleted !== true);
    expect(live.map(({ match }) => match.model)).toEqual(["openai/gpt-5.1"]);
  });

  test("made without secrets is applied with them, and holds none", async () => {
    const work = await stack();
    work.write("gateform.yaml", file(60, KEY));
    const { code } = await work.run(["plan", "--out", "plan.json"], { OPENAI_API_KEY: "" });
    expect(code).toBe(0);
    const bare = await work.run(APPLY, { OPENAI_API_KEY: "" });
    expect([bare.code, bare.stderr]).toEqual([1, expect.stringContaining("MISSING_SECRET")]);
    const applied = await work.run(APPLY);
    expect(applied.code, applied.stderr).toBe(0);
    const texts = [work.read("plan.json"), applied.stdout, applied.stderr, bare.stdout, bare.stderr];
    expect(texts.join("\n")).not.toContain(PROVIDER_KEY.slice(12, 20));
    expect((await work.run(["plan", "--detailed-exitcode"])).code).toBe(0);
  });
});

describe("a plan that is not for this stack", () => {
  const refusals: readonly (readonly [string, string, (plan: string) => string])[] = [
    ["another stack", "PLAN_STACK", (plan) => plan.replace('"stack": "acme-prod"', '"stack": "acme-dev"')],
    ["another ledger", "PLAN_LINEAGE", (plan) => plan.replace(/"lineage": "[^"]+"/, '"lineage": "other"')],
    ["no ledger", "PLAN_LINEAGE", (plan) => plan.replace(/"lineage": "[^"]+"/, '"lineage": null')],
    ["a later ledger", "PLAN_LINEAGE", (plan) => plan.replace(/"serial": \d+/, '"serial": 9999')],
    ["another account", "PLAN_ACCOUNT", (plan) => plan.replace(/"cloudflare": "[^"]+"/, '"cloudflare": "0"')],
    ["another team", "PLAN_ACCOUNT", (plan) => plan.replace(/"vercel": "team[^"]+"/, '"vercel": "team_0"')],
    ["another format", "PLAN_NEWER", (plan) => plan.replace(/^ {2}"format": 1/m, '  "format": 2')],
    ["nothing", "PLAN_UNREADABLE", (plan) => plan.slice(0, 200)],
  ];

  test("is refused as a whole, with a code for each reason, before anything is written", async () => {
    const work = await stack();
    work.write("gateform.yaml", file(300));
    const digest = await savedPlan(work);
    const plan = work.read("plan.json");
    await server.forgetRequests();
    const codeOf = async (text: string, ...args: readonly string[]): Promise<string> => {
      expect(text).not.toBe(plan);
      work.write("plan.json", text);
      const applied = await work.run([...APPLY, ...args, "--output", "json"]);
      expect(applied.code).toBe(1);
      return json(applied).error.code;
    };
    for (const [what, code, edit] of refusals) expect(await codeOf(edit(plan)), what).toBe(code);
    const other = plan.replaceAll(": 300", ": 301");
    expect(await codeOf(other, "--digest", digest), "another than the approved one").toBe("PLAN_DIGEST");
    expect(writesOf(await server.requests())).toEqual([]);
    expect(await ttlOf("support")).toBe(60);
  });

  test("is refused where it was made before there was a ledger and there is one by now", async () => {
    const work = workspace(server);
    onTestFinished(work.remove);
    work.write("gateform.yaml", file(60));
    await savedPlan(work);
    const first = await work.run(APPLY);
    expect(first.code, first.stderr).toBe(0);
    const again = await work.run([...APPLY, "--output", "json"]);
    expect([again.code, json(again).error.code]).toEqual([1, "PLAN_LINEAGE"]);
  });
});
