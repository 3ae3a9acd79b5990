// Answers that never arrive, and answers that say no: apply converges without twins, or ends with nothing lost.

import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { FaultRule } from "../../src/reference-server/index.ts";
import { json, type Server, startServer, type Workspace, workspace } from "../e2e/support.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

function quickstart(): Workspace {
  const work = workspace(server, "examples/quickstart");
  onTestFinished(work.remove);
  return work;
}

const once: Pick<FaultRule, "method" | "once_per_resource"> = { method: "POST", once_per_resource: true };

const SURVIVED: readonly (readonly [title: string, rule: FaultRule])[] = [
  ["dropped after commit", { ...once, effect: { kind: "drop", when: "after" } }],
  ["dropped before commit", { ...once, effect: { kind: "drop", when: "before" } }],
  ["answered 500 after commit", { ...once, effect: { kind: "status", status: 500, when: "after" } }],
  [
    "answered 429 before commit",
    { ...once, effect: { kind: "status", status: 429, when: "before", headers: { "retry-after": "0" } } },
  ],
];

describe.each(SURVIVED)("with the first POST of each resource %s", (_title, rule) => {
  test("apply converges: one of each is live, and the sink holds the live key", async () => {
    const work = quickstart();
    await server.addFaults(rule);
    const run = await work.run(["apply", "--auto-approve"]);
    expect(run.code, run.stdout + run.stderr).toBe(0);

    const { cloudflare, vercel } = await server.state();
    expect(cloudflare.stores).toHaveLength(1);
    expect(cloudflare.gateways).toHaveLength(1);
    expect(cloudflare.provider_configs).toHaveLength(1);
    expect(cloudflare.secrets).toHaveLength(1);
    expect(vercel.rules.filter((item: { deleted: boolean }) => !item.deleted)).toHaveLength(2);
    expect(vercel.keys.map((key: { name: string }) => key.name)).toEqual(["ci"]);
    expect(work.read("out/ci.env")).toBe(`AI_GATEWAY_API_KEY=${vercel.keys[0].secret}\n`);
    expect((await work.run(["plan", "--detailed-exitcode"])).code).toBe(0);
  });
});

describe.each(["after", "before"] as const)("with every POST dropped %s commit", (when) => {
  test("apply ends with exit 1 after few tries, and leaves no live key that was not delivered", async () => {
    const work = quickstart();
    await server.addFaults({ method: "POST", effect: { kind: "drop", when } });
    const run = await work.run(["apply", "--auto-approve", "--output", "json"]);
    expect(run.code).toBe(1);
    expect(json(run).error.code).toBe("APPLY_FAILED");

    const posts = (await server.requests()).filter(({ method }) => method === "POST");
    expect(posts.length).toBeGreaterThan(0);
    expect(posts.length).toBeLessThanOrEqual(18); // three for each of six resources
    const { vercel } = await server.state();
    expect(vercel.keys).toEqual([]);
    expect(() => work.read("out/ci.env")).toThrow("ENOENT");

    await server.clearFaults();
    expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);
    expect((await server.state()).vercel.keys).toHaveLength(1);
    expect((await work.run(["plan", "--detailed-exitcode"])).code).toBe(0);
  });
});

test("a list that is cut stops what is under it, deletes nothing, and exits 1", async () => {
  const work = quickstart();
  await work.run(["apply", "--auto-approve"]);
  await server.addFaults({
    method: "GET",
    path: "/ai-gateway/rules$",
    effect: { kind: "cut_list", keep: 0 },
  });
  const plan = await work.run(["plan", "--output", "json"]);
  expect(plan.code).toBe(1);
  expect(json(plan).diagnostics).toContainEqual(expect.objectContaining({ code: "READ_INCOMPLETE" }));
  expect(json(plan).steps).toEqual([]);
  expect((await work.run(["drift"])).code).toBe(1);
});

test("a resource fails alone: the rest is applied, what needs them is blocked, and the report says why", async () => {
  const work = quickstart();
  await server.addFaults({
    method: "POST",
    path: "/gateways$",
    effect: { kind: "status", status: 400, when: "before" },
  });
  const run = await work.run(["apply", "--auto-approve", "--output", "json"]);
  expect(run.code).toBe(1);
  expect(json(run).report.counts).toMatchObject({ done: 4, failed: 1, blocked: 1 });
  const failed = json(run).report.results.find((result: { outcome: string }) => result.outcome === "failed");
  expect(failed).toMatchObject({ address: "cloudflare.gateway.support", request_id: expect.any(String) });
});
