// A delivery that fails: what is revoked, what is kept, and what the ledger says then.

import { describe, expect, test } from "vitest";
import { createResource } from "../../../src/app/create-resource.ts";
import type { Execution } from "../../../src/app/execution.ts";
import { runStep } from "../../../src/app/run-step.ts";
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
const failing: SinkDriver = {
  try: async () => undefined,
  deliver: broken,
  undo: async () => undefined,
  restores: true,
};
const taking: SinkDriver = {
  try: async () => undefined,
  deliver: async () => written,
  undo: async () => undefined,
};
const stuck: SinkDriver = { try: async () => undefined, deliver: async () => written, undo: broken };

function scene(step: Step, sinks: readonly SinkDriver[], before = entry, more: object = {}) {
  const deleted: string[] = [];
  const hidden: Secret[] = [];
  const hide = (secret: Secret) => void hidden.push(secret);
  const ledger = openLedgerWriter(
    { write: async () => undefined },
    { ...emptyLedger("s", {}), resources: { [address]: before } },
  );
  const live = { kind: "vercel.key", id: "key_new", name: "ci", fields: { name: "ci" } };
  const api = {
    ...key.api,
    create: async () => ({ live, once: new Secret("vck_0123456789") }),
    renewValue: async () => new Secret("vck_9876543210"),
    delete: async (_: unknown, { id }: { readonly id: string }) => void deleted.push(id),
    ...more,
  };
  const x: Execution = {
    plan: { steps: [step] } as unknown as Execution["plan"], // nothing else of it is read here
    kinds: new Map([["vercel.key", { ...key, api }]]),
    sessions: new Map([
      ["vercel", { api: {}, account: "t", actor: null, now: () => 0, hide, close: async () => undefined }],
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
  return { x, deleted, hidden, ledger };
}

test("what the vendor says of a key after its making is searched for its value", async () => {
  const { x, hidden } = scene(create, [failing]);
  await expect(createResource(x, create)).rejects.toMatchObject({ code: "DELIVERY_FAILED" });
  expect(hidden.map((secret) => secret.reveal())).toEqual(["vck_0123456789"]);
});

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

test("a value goes to sinks that can be undone first, and to the others when those have it", async () => {
  const order: string[] = [];
  const sink = (name: string, keeps: boolean): SinkDriver => ({
    try: async () => undefined,
    keeps: () => keeps,
    deliver: async () => {
      order.push(name);
      return { sink: name, target: "", at: "" };
    },
    confirm: async () => void order.push(`${name} confirmed`),
    undo: async () => undefined,
  });
  const { x, ledger } = scene(create, [sink("kept", true), sink("a", false), sink("b", false)]);
  await createResource(x, create);
  expect(order).toEqual(["a", "b", "a confirmed", "b confirmed", "kept", "kept confirmed"]);
  expect(ledger.entry(address)?.delivered?.map((item) => item.sink)).toEqual(["kept", "a", "b"]);
});

test("a replacement whose value stays in a sink is not revoked: the ledger has both keys", async () => {
  const step: Step = { ...create, reason: "replaced", replacement: "create-first" };
  const { x, deleted, ledger } = scene(step, [stuck, failing]);
  await expect(createResource(x, step)).rejects.toThrow("key_new stays live beside the old one");
  expect(deleted).toEqual([]);
  expect(ledger.entry(address)).toMatchObject({ id: "key_old", retiring: [{ id: "key_new" }] });
});

const replacing: Step = { ...create, reason: "replaced", replacement: "create-first" };

test("a value that takes the place of another stays in the sinks that took it, and its key stays live", async () => {
  const undone: string[] = [];
  const noted: SinkDriver = { ...taking, undo: async () => void undone.push("taken back"), restores: true };
  const { x, deleted, ledger } = scene(replacing, [noted, failing]);
  await expect(createResource(x, replacing)).rejects.toThrow(
    "the sink is broken; file a has its value, so key_new stays live beside the old one",
  );
  expect([deleted, undone]).toEqual([[], []]);
  expect(ledger.entry(address)).toMatchObject({
    id: "key_old",
    retiring: [{ id: "key_new", delivering: true }],
  });
});

test("a sink that fails with another value in it is not emptied where its undo may do so", async () => {
  const undone: string[] = [];
  const emptied: SinkDriver = { ...taking, deliver: broken, undo: async () => void undone.push("emptied") };
  const { x, deleted } = scene(replacing, [emptied]);
  await expect(createResource(x, replacing)).rejects.toThrow("may have its value, so key_new stays live");
  expect([deleted, undone]).toEqual([[], []]);
});

test("a rotation whose value no sink has and whose key cannot be revoked is over: the key just goes", async () => {
  const step: Step = { ...replacing, reason: "rotate", retires: { id: "key_old", grace: "24h" } };
  const { x, ledger } = scene(step, [failing], entry, { delete: broken });
  await expect(createResource(x, step)).rejects.toThrow("it could not be revoked now");
  expect(ledger.entry(address)).toMatchObject({
    id: "key_old",
    retiring: [{ id: "key_new", due: expect.any(String) }],
  });
  expect(ledger.entry(address)).not.toHaveProperty("rotating");
  expect(ledger.entry(address)?.retiring?.[0]).not.toHaveProperty("delivering");
});

describe("a value that is made anew", () => {
  const creating: LedgerEntry = {
    ...entry,
    status: "creating",
    id: null,
    intent: { identity: "vercel.key /name ci", known_ids: [], not_before: 0, not_after: 1, creator: null },
  };
  const renew: Step = {
    ...create,
    id: `update ${address}`,
    action: "update",
    vendor_id: "key_new",
    expects: { state: "present", id: "key_new", fields: { name: "ci" }, ledger: "owned" },
    reason: "undelivered",
  };

  test("and that no sink keeps leaves the key and its entry as they were: the next run finds it undelivered", async () => {
    const { x, deleted, ledger } = scene(renew, [failing], creating);
    await expect(runStep(x, renew)).rejects.toMatchObject({ code: "DELIVERY_FAILED" });
    expect(deleted).toEqual([]);
    expect(ledger.entry(address)).toEqual(creating);
  });

  test("and that stays in a sink leaves the key alive, to go when another one is delivered", async () => {
    const { x, deleted, ledger } = scene(renew, [stuck, failing], creating);
    await expect(runStep(x, renew)).rejects.toThrow("key_new stays live");
    expect(deleted).toEqual([]);
    expect(ledger.entry(address)).toMatchObject({ status: "creating", retiring: [{ id: "key_new" }] });
  });

  test("and delivered makes the key this stack's, with nothing left to clean up", async () => {
    const { x, ledger } = scene(renew, [taking], creating);
    await runStep(x, renew);
    const { status, id, delivered, intent, retiring } = ledger.entry(address) ?? {};
    expect({ status, id, delivered, intent, retiring }).toEqual({
      status: "ready",
      id: "key_new",
      delivered: [written],
      intent: undefined,
      retiring: undefined,
    });
  });
});
