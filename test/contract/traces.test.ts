// What `gateform trace --live` says of a request is what the request then gets: random rules and virtual models, made
// by plain requests, and every model asked for at the data plane.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { traceLive } from "../../src/app/trace.ts";
import type { JsonObject } from "../../src/base/json.ts";
import { loadConfig } from "../../src/config/load.ts";
import { fileBackend } from "../../src/ledger/file-backend.ts";
import { openNetwork } from "../../src/provider/network.ts";
import { providers } from "../../src/providers/index.ts";
import { type RunningServer, startReferenceServer } from "../../src/reference-server/index.ts";
import { ALL, type Scenario, type ScenarioRule, scenario } from "../laws/routing-world.ts";

const link = (source: string, to: string | null, on = true): ScenarioRule => ({ source, to, on });
const chain = (from: number, to: number): ScenarioRule[] =>
  Array.from({ length: to - from }, (_, index) => link(`x/${from + index}`, `x/${from + index + 1}`));

/** Beside random ones, so that every way to end is there in every run. */
const EXAMPLES: readonly Scenario[] = [
  { rules: [...chain(0, 12), link("vmc/a", "x/1")], virtual: {}, read: true },
  { rules: [...chain(0, 3), link("x/3", null), link("x/4", null, false)], virtual: {}, read: true },
  { rules: [...chain(0, 3), link("x/3", "x/1"), link("x/4", "vmc/b")], virtual: { b: null }, read: true },
  {
    rules: [link("x/0", "vmc/a"), link("x/1", "x/9"), link("x/2", "vmc/b"), link("x/8", null)],
    virtual: { a: "x/1", b: "x/8" },
    read: true,
  },
];

async function send(url: string, token: string, body: JsonObject) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await answer.text();
  // biome-ignore lint/suspicious/noExplicitAny: an answer is whatever the test expects of it
  return { status: answer.status, body: (text === "" ? null : JSON.parse(text)) as any };
}

/** Makes what a scenario has. @returns a key for the data plane. */
async function make({ connection }: RunningServer, { rules, virtual }: Scenario): Promise<string> {
  const { base_url, token } = connection.vercel;
  await send(`${connection.control_url}/reset`, "", {});
  const create = async (path: string, body: JsonObject) => {
    const made = await send(base_url + path, token, body);
    expect(made.status, JSON.stringify([body, made.body])).toBeLessThan(300);
    return made.body;
  };
  for (const { source, to, on } of rules) {
    const kind = to === null ? { type: "deny" } : { type: "rewrite", action: { rewriteModel: to } };
    await create("/ai-gateway/rules", { ...kind, match: { model: source }, enabled: on });
  }
  for (const [slug, model] of Object.entries(virtual)) {
    const more = model === null ? { modelSlug: "x/0", status: "archived" } : { modelSlug: model };
    await create("/ai-gateway/virtual-model-configs", { virtualModelSlug: slug, kind: "alias", ...more });
  }
  const key = await create("/v1/api-keys", { purpose: "ai-gateway", name: "caller" });
  return key.apiKeyString;
}

test("a traced request gets what the trace says", async () => {
  const server = await startReferenceServer({});
  const directory = await mkdtemp(join(tmpdir(), "gateform-traces-"));
  onTestFinished(async () => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  });
  const { team, token, base_url, gateway_base_url } = server.connection.vercel;
  const env = { VERCEL_TOKEN: token, VERCEL_BASE_URL: base_url };
  await writeFile(join(directory, "gateform.yaml"), `version: 1\nstack: traces\nvercel: { team: ${team} }\n`);
  const { config } = await loadConfig({
    files: [],
    cwd: directory,
    env,
    envAllow: [],
    providers,
    lenientEnv: false,
  });
  if (config === undefined) throw new Error("the file is refused");
  const backend = fileBackend({ path: join(directory, "none.ledger.json") });
  const network = openNetwork({ env: {}, parallelism: 4 });
  const input = { config, providers, backend, network, env, cwd: directory, parallelism: 4, now: Date.now };
  const told = async (subject: string): Promise<string> => {
    const { answers, diagnostics } = await traceLive(input, subject);
    expect(diagnostics).toEqual([]);
    const { served_by = [], status = 200 } = answers[0]?.outcome ?? {};
    return `${status} ${served_by.join()}`;
  };
  const got = async (subject: string, key: string): Promise<string> => {
    const { status, body } = await send(`${gateway_base_url}/v1/chat/completions`, key, { model: subject });
    const routing = body.choices?.[0].message.provider_metadata.gateway.routing;
    return `${status} ${routing?.canonicalSlug ?? ""}`;
  };
  await fc.assert(
    fc.asyncProperty(scenario, async (it) => {
      const key = await make(server, it);
      for (const subject of ALL) expect(await told(subject), subject).toBe(await got(subject, key));
    }),
    { examples: EXAMPLES.map((it): [Scenario] => [it]), numRuns: EXAMPLES.length + 3 },
  );
});
