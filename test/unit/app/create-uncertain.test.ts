// A create whose request may have been carried out: whatever fails next, the ledger goes on knowing of it, so that
// no key that was made stays live unseen, and nothing that somebody else made is taken for ours.

import { expect, onTestFinished, test, vi } from "vitest";
import { openStage, type Stage, stepsOf } from "../../contract/stage.ts";

const KEYS = "^/v1/api-keys";
const lost = {
  vendor: "vercel",
  method: "POST",
  path: KEYS,
  effect: { kind: "drop", when: "after" },
} as const;
const refused = (method: "GET" | "DELETE", status: number, skip: number) =>
  ({
    vendor: "vercel",
    method,
    path: KEYS,
    skip,
    effect: { kind: "status", status, when: "before" },
  }) as const;

const file = { vercel: { keys: { ci: { deliver: [{ file: { path: "ci.key" } }] } } } };

async function stageOf(): Promise<Stage> {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  await stage.declare(file);
  return stage;
}

async function liveKeys(stage: Stage): Promise<readonly { id: string }[]> {
  const { apiKeys } = await stage.vendors.vercel("GET", "/v1/api-keys?purpose=ai-gateway");
  return apiKeys as unknown as { id: string }[];
}

test("a made key whose value was lost and that cannot be removed now is removed by the next apply", async () => {
  const stage = await stageOf();
  await stage.fault({ ...lost, times: 1 }, refused("DELETE", 403, 0));
  await stage.apply();
  const [left] = await liveKeys(stage);
  expect((await stage.ledger())?.resources["vercel.key.ci"]).toMatchObject({ status: "creating" });
  await stage.clearFaults();

  await stage.apply();

  const keys = await liveKeys(stage);
  expect(keys).toHaveLength(1);
  expect(keys[0]?.id).not.toBe(left?.id);
});

test("a lost answer that cannot be looked up leaves the intent in the ledger", async () => {
  const stage = await stageOf();
  // The plan reads the list once; the look-up after the lost answer is refused.
  await stage.fault({ ...lost, times: 1 }, refused("GET", 403, 1));
  await stage.apply();
  await stage.clearFaults();

  expect((await stage.ledger())?.resources["vercel.key.ci"]).toMatchObject({ status: "creating" });
  expect(stepsOf(await stage.plan(), "vercel.key.ci").map(({ action }) => action)).toEqual([
    "delete",
    "create",
  ]);
});

test("a key that the same user makes by hand after a failed run is left alone, and its id is named", async () => {
  const stage = await stageOf();
  await stage.fault({ ...lost, effect: { kind: "drop", when: "before" } });
  await stage.apply();
  await stage.clearFaults();
  stage.pass(60_000);
  await stage.vendors.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name: "ci" });
  const [byHand] = await liveKeys(stage);

  expect(await stage.apply()).toMatchObject({ state: "stopped" });

  expect((await stage.plan()).refused).toMatchObject([
    { code: "AMBIGUOUS", message: expect.stringContaining(byHand?.id ?? "none") },
  ]);
  expect(await liveKeys(stage)).toEqual([byHand]);
});

test("a gateway that somebody else makes just before our create is not taken for ours, now or later", async () => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  await stage.declare({ cloudflare: { gateways: { support: { cache_ttl: 60 } } } });
  const theirs = {
    id: "support",
    cache_invalidate_on_update: false,
    cache_ttl: 5,
    collect_logs: true,
    rate_limiting_interval: 0,
    rate_limiting_limit: 0,
  };
  let made: Promise<unknown> | undefined;
  const result = await stage.apply({}, (backend) => ({
    ...backend,
    write: async (...args) => {
      made ??= stage.vendors.cloudflare("POST", "/ai-gateway/gateways", theirs);
      await made;
      return backend.write(...args);
    },
  }));

  expect(result).toMatchObject({ report: { results: [{ outcome: "failed", code: "NOT_OWNED" }] } });
  expect((await stage.ledger())?.resources).toEqual({});
  expect((await stage.plan()).refused).toMatchObject([{ code: "NOT_OWNED" }]);
});

test("the time that a key may have been made in ends soon after the ledger was last told, and goes on while its create does", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const stage = await stageOf();
  await stage.fault({ ...lost, times: 1, effect: { kind: "latency", ms: 300 } });
  const told: number[] = [];
  let mayBeAsked = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    mayBeAsked = resolve;
  });
  const run = stage.apply({}, (backend) => ({
    ...backend,
    write: async (ledger, expected) => {
      const { intent } = ledger.resources["vercel.key.ci"] ?? {};
      if (intent !== undefined) told.push(intent.not_after);
      await backend.write(ledger, expected);
      if (intent !== undefined) setImmediate(mayBeAsked);
    },
  }));
  await asked;
  const at = Date.now();
  vi.advanceTimersByTime(10_000);
  await run;
  const [first = 0, second = 0] = told;
  expect(first).toBeLessThan(at + 35_000);
  expect(second).toBeGreaterThan(first);
});

test("a token is made under a name that nothing else has, as long as a name may be, and has its own in the end", async () => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  // 120 units, the last two of which are one character.
  const name = `${"n".repeat(118)}\u{1F511}`;
  const caller = { name, permissions: ["AI Gateway Run"], deliver: [{ file: { path: "caller.token" } }] };
  await stage.declare({ cloudflare: { tokens: { caller } } });
  let made: string | undefined;
  const result = await stage.apply({}, (backend) => ({
    ...backend,
    write: async (...args) => {
      made ??= (await stage.state()).cloudflare.tokens.find((token) => token.name.startsWith("nnn"))?.name;
      return backend.write(...args);
    },
  }));
  expect(result).toMatchObject({ report: { converged: true } });
  expect(made).toMatch(/^n+ \(gateform [0-9a-f]{8}\)$/);
  expect(made?.length).toBeLessThanOrEqual(120);
  expect((await stage.state()).cloudflare.tokens.map((token) => token.name)).toContain(name);
});
