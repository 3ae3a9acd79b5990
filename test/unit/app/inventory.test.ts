// What is told of a ledger's entries that an apply has not brought to their end.

import { expect, test } from "vitest";
import { takeInventory } from "../../../src/app/inventory.ts";
import type { OwnedResource } from "../../../src/model/inventory.ts";
import type { Ledger, LedgerEntry } from "../../../src/model/ledger.ts";
import { providers } from "../../../src/providers/index.ts";

const NOW = Date.UTC(2026, 5, 1);
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

async function shown(kind: string, entry: Partial<LedgerEntry>): Promise<OwnedResource | undefined> {
  const whole: LedgerEntry = {
    kind,
    status: "ready",
    id: "x",
    applied: {},
    needs: [],
    changed_at: at(-60),
    ...entry,
  };
  const ledger: Ledger = {
    format: 1,
    stack: "acme",
    lineage: "line",
    serial: 1,
    accounts: { cloudflare: "acc" },
    salt: "salt",
    resources: { [`${kind}.x`]: whole },
  };
  const desired = {
    stack: "acme",
    policy: { prune: "owned" as const, exclusive: [], max_deletes: 0, adopt: false },
    resources: [],
    scopes: [],
    removed: [],
    moved: [],
  };
  const config = { desired, providers: {}, locate: () => undefined };
  const taken = await takeInventory({
    config,
    providers,
    backend: { describe: () => "a ledger", read: async () => ledger },
    now: NOW,
  });
  return taken.inventory?.resources[0];
}

test("a gateway has the URLs of its account and id", async () => {
  expect((await shown("cloudflare.gateway", {}))?.urls).toEqual({
    universal: "https://gateway.ai.cloudflare.com/v1/acc/x",
    chat_completions: "https://gateway.ai.cloudflare.com/v1/acc/x/compat/chat/completions",
  });
});

test("what is not there has no URL", async () => {
  expect((await shown("cloudflare.gateway", { status: "deleted" }))?.urls).toEqual({});
});

test.each(["..", "half \ud800"])("a gateway whose id is %j in a changed ledger has no URL", async (id) => {
  expect((await shown("cloudflare.gateway", { id }))?.urls).toEqual({});
});

test("the id of what a replacement has deleted is not shown as its id", async () => {
  expect((await shown("cloudflare.gateway", { status: "deleted" }))?.id).toBeNull();
});

test("only a kind with a one-time value says where it went", async () => {
  expect(await shown("vercel.rule", {})).not.toHaveProperty("delivered");
  expect((await shown("vercel.key", {}))?.delivered).toEqual([]);
});

test("settling is told until its time is over", async () => {
  const settling = (seconds: number) => ({ settling: { until: at(seconds), before: {} } });
  expect((await shown("vercel.rule", settling(5)))?.settling_until).toBe(at(5));
  expect(await shown("vercel.rule", settling(-5))).not.toHaveProperty("settling_until");
});
