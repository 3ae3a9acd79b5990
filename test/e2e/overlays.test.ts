// Staging as an overlay over production: two stacks from one file, with a plan and a ledger each.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { canary } from "../canary/values.ts";
import { json, root, type Server, startServer, workspace } from "./support.ts";

const EXAMPLE = "examples/staging-overlay";
const BOTH = ["-f", "gateform.yaml", "-f", "staging.yaml"];

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

function example() {
  const work = workspace(server, EXAMPLE);
  onTestFinished(work.remove);
  const secrets = { OPENAI_STAGING_API_KEY: canary("staging key", "sk-") };
  return { ...work, run: (...args: string[]) => work.run(args, secrets) };
}

const stepsOf = (plan: { readonly steps: readonly { readonly id: string }[] }) =>
  new Set(plan.steps.map(({ id }) => id));

test("base and overlay are planned as two stacks of their own", async () => {
  const work = example();
  const production = json(await work.run("plan", "--output", "json"));
  expect(production.stack).toBe("acme-prod");
  expect(stepsOf(production)).toEqual(
    new Set([
      "create cloudflare.secrets_store.default",
      "create cloudflare.gateway.acme-batch",
      "create cloudflare.gateway.acme-support",
      "create cloudflare.provider_config.acme-support/openai",
      "create vercel.rule.no-gpt-5-5",
      "create vercel.rule.opus-to-haiku",
    ]),
  );
  const staging = json(await work.run("plan", ...BOTH, "--output", "json"));
  expect(staging.stack).toBe("acme-staging");
  expect(stepsOf(staging)).toEqual(
    new Set([
      "create cloudflare.secrets_store.default",
      "create cloudflare.gateway.acme-support-staging",
      "create cloudflare.provider_config.acme-support-staging/openai",
      "create vercel.rule.opus-to-haiku",
    ]),
  );
  const rule = staging.steps.find(({ id }: { id: string }) => id === "create vercel.rule.opus-to-haiku");
  expect(rule.body.fields).toMatchObject({
    destination: "anthropic/claude-haiku-4.5",
    reason: "staging never uses Opus",
  });
});

test("what staging does leaves production's gateways and ledger alone", async () => {
  await server.reset();
  const work = example();
  // One team for both here, so production goes without the rules that staging has, too.
  work.write("gateways.yaml", "vercel: { $remove: true }\n");
  const production = ["-f", "gateform.yaml", "-f", "gateways.yaml"];
  expect((await work.run("apply", ...production, "--auto-approve")).code).toBe(0);
  const ledger = work.read(".gateform/acme-prod.ledger.json");
  const applied = await work.run("apply", ...BOTH, "--auto-approve");
  expect(applied.code, applied.stderr).toBe(0);
  const destroyed = await work.run("destroy", ...BOTH, "--auto-approve", "--allow-deletes", "3");
  expect(destroyed.code, destroyed.stderr).toBe(0);
  const { cloudflare } = await server.state();
  const ids = cloudflare.gateways.map(({ id }: { id: string }) => id).sort();
  expect(ids).toEqual(["acme-batch", "acme-support"]);
  expect(work.read(".gateform/acme-prod.ledger.json")).toBe(ledger);
});

test("the layer schema takes the overlay, and the document schema takes what the two make", () => {
  const yaml = (name: string) => parse(readFileSync(join(root, EXAMPLE, name), "utf8"), { merge: true });
  const schema = (name: string) => JSON.parse(readFileSync(join(root, "schemas", name), "utf8"));
  const overlay = yaml("staging.yaml");
  const accepts = (name: string, document: unknown): boolean => {
    const ajv = new Ajv({ strict: false });
    addFormats.default(ajv);
    return ajv.validate(schema(name), document);
  };
  expect(accepts("gateform.layer.schema.json", overlay)).toBe(true);
  expect(accepts("gateform.schema.json", overlay)).toBe(false);
  expect(accepts("gateform.schema.json", laidOver(yaml("gateform.yaml"), overlay))).toBe(true);
});

/** Layers as the guide describes them, without any code of ours. */
function laidOver(base: unknown, over: unknown): unknown {
  if (!isMap(base) || !isMap(over)) return over;
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (isMap(value) && value.$remove === true) delete merged[key];
    else merged[key] = laidOver(merged[key], value);
  }
  return merged;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
