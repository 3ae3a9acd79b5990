// Every example does what its README says: validate, plan, apply, plan again, destroy.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { canary } from "../canary/values.ts";
import { root, type Server, startServer, workspace } from "./support.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const KEYS = { OPENAI_BATCH_API_KEY: canary("batch key", "sk-") };
const UNPROTECT = "cloudflare:\n  gateways:\n    support:\n      lifecycle: { prevent_destroy: false }\n";

/** Resources, the most that a destroy deletes, and what has to be done before one. */
const EXAMPLES: Readonly<
  Record<string, { readonly creates: number; readonly deletes: number; readonly layer?: string }>
> = {
  quickstart: { creates: 6, deletes: 5, layer: UNPROTECT },
  "cloudflare-byok": { creates: 7, deletes: 6 },
  "vercel-rules": { creates: 4, deletes: 4 },
  "staging-overlay": { creates: 6, deletes: 5 },
};

/** Tested in files of their own. */
const ELSEWHERE = ["cloudflare-complete", "vercel-complete"];

test("every example has a test, a README and a line that names its schema", () => {
  const names = readdirSync(join(root, "examples")).sort();
  expect(names).toEqual([...Object.keys(EXAMPLES), ...ELSEWHERE].sort());
  for (const name of names) {
    const files = readdirSync(join(root, "examples", name));
    expect(files).toContain("README.md");
    const work = workspace(undefined, `examples/${name}`);
    onTestFinished(work.remove);
    expect(work.read("gateform.yaml")).toMatch(/^# yaml-language-server: \$schema=\S+\n/);
  }
});

describe.each(Object.entries(EXAMPLES))("examples/%s", (name, { creates, deletes, layer }) => {
  test("validates, plans, applies, plans empty and is destroyed", async () => {
    const work = workspace(server, `examples/${name}`);
    onTestFinished(work.remove);
    work.write("secrets/anthropic.key", canary("key in a file", "sk-ant-"));
    work.write("secrets/experiments.key", `${canary("other key in a file", "sk-exp-")}\n`);
    const run = (...args: string[]) => work.run(args, KEYS);

    expect(await run("validate")).toMatchObject({ code: 0, stderr: "" });
    const plan = await run("plan", "--detailed-exitcode");
    expect(plan.code).toBe(2);
    expect(plan.stdout).toContain(`Plan: ${creates} to create,`);
    const apply = await run("apply", "--auto-approve");
    expect(apply.code, apply.stderr).toBe(0);
    expect(apply.stdout).toContain(`Apply: ${creates} done.`);
    expect((await run("plan", "--detailed-exitcode")).code).toBe(0);

    const layers = layer === undefined ? [] : ["-f", "gateform.yaml", "-f", "layer.yaml"];
    if (layer !== undefined) {
      const refused = await run("destroy", "--auto-approve", "--allow-deletes", String(deletes));
      expect(refused.code).toBe(1);
      expect(refused.stdout).toContain("PREVENT_DESTROY");
      work.write("layer.yaml", layer);
      expect((await run("apply", ...layers, "--auto-approve")).code).toBe(0);
    }
    const destroyed = await run("destroy", ...layers, "--auto-approve", "--allow-deletes", String(deletes));
    expect(destroyed.code, destroyed.stderr).toBe(0);
    const { cloudflare, vercel } = await server.state();
    expect(cloudflare.gateways).toEqual([]);
    expect(cloudflare.provider_configs).toEqual([]);
    expect(vercel.keys).toEqual([]);
    // Vercel keeps deleted rules, marked.
    expect(vercel.rules.filter((rule: { deleted: boolean }) => !rule.deleted)).toEqual([]);
  });
});
