// A delivery that fails: what is revoked, what is kept, and what the ledger says then.

import { expect, test } from "vitest";
import { createResource } from "../../../src/app/create-resource.ts";
import type { Execution } from "../../../src/app/execution.ts";
import type { SinkDriver } from "../../../src/app/sinks/sink.ts";
import { emptyLedger } from "../../../src/ledger/documents.ts";
import { openLedgerWriter } from "../../../src/ledger/ledger-writer.ts";
import type { LedgerEntry } from "../../../src/model/ledger.ts";
import type { Step } from "../../../src/model/plan.ts";
import { Secret } from "../../../src/provider/secret.ts";
import { key } from "../../../src/providers/vercel/kinds/key.ts";

const address = "vercel.key.ci";

const entry: LedgerEntry = {
  kind: "vercel.key",
  status: "ready",
  id: "key_old",
  applied: { name: "ci" },
  prevent_destroy: true,
  needs: [],
  changed_at: "2026-11-20T12:00:00Z",
};

const create: Step = {
  id: `create ${address}`,
  action: "create",
  address,
  kind: "vercel.key",
  vendor_id: null,
  changes: [],
  needs: [],
  expects: { state: "absent" },
  reason: "vanished",
  risks: [],
  body: { fields: { name: "ci" }, defaults: {}, lifecycle: {}, needs: [] },
};

const broken = () => Promise.reject(new Error("the sink is broken"));
const written = { sink: "file", target: "a", at: "" };
const failing: SinkDriver = { try: async () => undefined, deliver: broken, undo: async () => undefined };
const stuck: SinkDriver = { try: async () => undefined, deliver: async () => written, undo: broken };

function scene(step: Step, sinks: readonly SinkDriver[]) {
  const deleted: string[] = [];
  const ledger = openLedgerWriter(
    { write: async () => undefined },
    { ...emptyLedger("s", {}), resources: { [address]: entry } },
  );
  const live = { kind: "vercel.key", id: "key_new", name: "ci", fields: { name: "ci" } };
  const api = {
    ...key.api,
    create: async () => ({ live, once: new Secret("vck_0123456789") }),
    delete: async (_: unknown, { id }: { readonly id: string }) => void deleted.push(id),
  };
  const x: Execution = {
    plan: { steps: [step] } as unknown as Execution["plan"], // nothing else of it is read here
    kinds: new Map([["vercel.key", { ...key, api }]]),
    sessions: new Map([
      ["vercel", { api: {}, account: "t", actor: null, now: () => 0, close: async () => undefined }],
    ]),
    ledger,
    secrets: new Map(),
    fingerprint: () => undefined,
    sinks: new Map([[step.id, sinks]]),
    parallelism: 1,
    on: () => undefined,
    now: () => 0,
    run: { command: "apply", by: "somebody" },
    pause: async () => undefined,
    ids: new Map(),
  };
  return { x, deleted, ledger };
}

test("a first delivery that fails revokes the key and leaves the entry as it was, protection included", async () => {
  const { x, deleted, ledger } = scene(create, [failing]);
  await expect(createResource(x, create)).rejects.toMatchObject({ code: "DELIVERY_FAILED" });
  expect(deleted).toEqual(["key_new"]);
  expect(ledger.entry(address)).toEqual(entry);
});

test("a replacement that fails is revoked while no sink holds its value", async () => {
  const step: Step = { ...create, reason: "replaced", replacement: "create-first" };
  const { x, deleted, ledger } = scene(step, [failing]);
  await expect(createResource(x, step)).rejects.toMatchObject({ code: "DELIVERY_FAILED" });
  expect(deleted).toEqual(["key_new"]);
  expect(ledger.entry(address)).toEqual(entry);
});

test("a replacement whose value stays in a sink is not revoked: the ledger has both keys", async () => {
  const step: Step = { ...create, reason: "replaced", replacement: "create-first" };
  const { x, deleted, ledger } = scene(step, [stuck, failing]);
  await expect(createResource(x, step)).rejects.toThrow("key_new stays live beside the old one");
  expect(deleted).toEqual([]);
  expect(ledger.entry(address)).toMatchObject({ id: "key_old", retiring: [{ id: "key_new" }] });
});
