// What must never follow from half a reading, a lost ledger, a take-over or a destroy: a delete nobody asked for.

import { describe, expect, test } from "vitest";
import { adoptedEntry } from "../../../src/engine/entry.ts";
import { makePlan, type PlanOptions } from "../../../src/engine/plan.ts";
import type { Desired, DesiredResource } from "../../../src/model/desired.ts";
import type { Fields, KindRules } from "../../../src/model/kind-rules.ts";
import type { Ledger, LedgerEntry } from "../../../src/model/ledger.ts";
import type { LiveResource, LiveState } from "../../../src/model/live.ts";
import type { Plan } from "../../../src/model/plan.ts";

const common: Omit<KindRules, "kind" | "noun" | "identity" | "section"> = {
  fields: {},
  ownership: "owned",
  identity_fields: ["id"],
  key_is_id: false,
  has_children: false,
  can_update: true,
  can_delete: true,
  one_time_value: false,
  can_renew: false,
  exclusive: "allowed",
  settles_within: 0,
};
const gate: KindRules = {
  ...common,
  kind: "t.gate",
  noun: "gate",
  section: "t.gates",
  key_is_id: true,
  identity: (fields) => String(fields.id),
};
const conf: KindRules = {
  ...common,
  kind: "t.conf",
  noun: "conf",
  section: "t.confs",
  parent: "t.gate",
  identity: (fields) => String(fields.id),
};
const key: KindRules = {
  ...common,
  kind: "t.key",
  noun: "key",
  section: "t.keys",
  one_time_value: true,
  identity_fields: [],
  identity: () => null,
};
const rules = new Map([gate, conf, key].map((item) => [item.kind, item]));
const NOW = Date.parse("2026-11-20T12:00:00Z");

interface Scene {
  readonly desired?: Partial<Desired>;
  readonly live?: Partial<LiveState>;
  readonly resources?: Readonly<Record<string, LedgerEntry>>;
  readonly ledger?: Partial<Ledger>;
  readonly options?: Partial<PlanOptions>;
}

function planOf({ desired, live, resources = {}, ledger, options }: Scene): Plan {
  return makePlan({
    desired: {
      stack: "s",
      policy: { prune: "owned", exclusive: [], max_deletes: 9, adopt: false },
      resources: [],
      scopes: [{ kind: "t.gate" }, { kind: "t.key" }],
      removed: [],
      moved: [],
      ...desired,
    },
    live: {
      accounts: {},
      resources: [],
      readings: [
        { kind: "t.gate", complete: true },
        { kind: "t.key", complete: true },
      ],
      absent: [],
      actors: {},
      ...live,
    },
    ledger: { format: 1, stack: "s", lineage: "l", serial: 4, accounts: {}, salt: "", resources, ...ledger },
    rules,
    options: { now: NOW, adopt: false, allow_deletes: 0, destroy: false, ...options },
  });
}

const policy = (exclusive: string): Desired["policy"] => ({
  prune: "owned",
  exclusive: [exclusive],
  max_deletes: 9,
  adopt: false,
});

function liveOf(kind: string, id: string, more: Partial<LiveResource> = {}): LiveResource {
  return { kind, id, name: id, fields: kind === "t.key" ? { name: id } : { id }, ...more };
}

function entryOf(kind: string, id: string | null, more: Partial<LedgerEntry> = {}): LedgerEntry {
  return { kind, status: "ready", id, applied: {}, needs: [], changed_at: "", ...more };
}

function declared(kind: string, address: string, fields: Fields, more: Partial<DesiredResource> = {}) {
  return { kind, address, fields, lifecycle: {}, needs: [], ...more };
}

const ids = (plan: Plan): string[] => plan.steps.map((step) => step.id);
const codes = (plan: Plan): string[] => plan.refused.map((item) => `${item.code} ${item.address}`);

describe("an entry that is no longer declared", () => {
  const intent = {
    identity: "t.key /name ci",
    known_ids: [],
    not_before: NOW - 60_000,
    not_after: NOW,
    creator: null,
  };
  const cut = { readings: [{ kind: "t.key", complete: false, error: "cut" }] };

  test("keeps its intent while the list that would show what it made is not complete", () => {
    const plan = planOf({
      resources: { "t.key.ci": entryOf("t.key", null, { status: "creating", intent }) },
      live: cut,
    });
    expect(ids(plan)).toEqual([]);
    expect(codes(plan)).toEqual(["READ_INCOMPLETE t.key.ci"]);
  });

  test("is not forgotten while something may be live that only it knows to be undelivered", () => {
    const retiring = [{ id: "k2", due: "2026-11-20T11:00:00Z" }];
    const plan = planOf({
      resources: { "t.key.ci": entryOf("t.key", "k1", { retiring }) },
      live: { ...cut, absent: ["t.key /k1"] },
    });
    expect(ids(plan)).toEqual([]);
    expect(codes(plan)).toEqual(["READ_INCOMPLETE t.key.ci"]);
  });
});

describe("policy.exclusive", () => {
  const exclusive = { policy: policy("t.keys") };
  const live = { resources: [liveOf("t.key", "k1")] };

  test("deletes what nobody declares", () => {
    expect(ids(planOf({ desired: exclusive, live }))).toEqual(["delete t.key.k1"]);
  });

  test("deletes nothing in a destroy, which is about what the ledger has", () => {
    expect(ids(planOf({ desired: exclusive, live, options: { destroy: true } }))).toEqual([]);
  });

  test("deletes nothing on a ledger that was begun in this run", () => {
    expect(ids(planOf({ desired: exclusive, live, ledger: { serial: 0 } }))).toEqual([]);
  });

  test("deletes nothing inside of what is not ours", () => {
    const plan = planOf({
      desired: {
        policy: policy("t.confs"),
        resources: [declared("t.gate", "t.gate.a", { id: "a" })],
        scopes: [{ kind: "t.gate" }, { kind: "t.conf", parent: "t.gate.a" }],
      },
      resources: { "t.gate.a": entryOf("t.gate", "a", { mark: "2025" }) },
      live: {
        resources: [liveOf("t.gate", "a", { mark: "2026" }), liveOf("t.conf", "c", { parent_id: "a" })],
        readings: [
          { kind: "t.gate", complete: true },
          { kind: "t.conf", parent_id: "a", complete: true },
        ],
      },
    });
    expect(ids(plan)).toEqual([]);
    expect(codes(plan)).toEqual(["NOT_OWNED t.gate.a"]);
  });
});

describe("removed", () => {
  const entries = {
    "t.gate.a": entryOf("t.gate", "a"),
    "t.conf.a/c": entryOf("t.conf", "c", { parent: "t.gate.a", parent_id: "a", needs: ["t.gate.a"] }),
  };
  const live = {
    resources: [liveOf("t.gate", "a"), liveOf("t.conf", "c", { parent_id: "a" })],
    readings: [
      { kind: "t.gate", complete: true },
      { kind: "t.conf", parent_id: "a", complete: true },
    ],
  };
  const removed = ["t.gate.a"];

  test("exempts from the brake what lives in a resource that goes", () => {
    const plan = planOf({ desired: { removed }, resources: entries, live });
    expect(ids(plan)).toEqual(["delete t.conf.a/c", "delete t.gate.a"]);
    expect(plan.summary.counted_deletes).toBe(0);
  });

  test("exempts nothing that lives in a resource that stays", () => {
    const plan = planOf({
      desired: {
        removed,
        resources: [declared("t.gate", "t.gate.a", { id: "a" })],
        scopes: [{ kind: "t.gate" }, { kind: "t.conf", parent: "t.gate.a" }],
      },
      resources: entries,
      live,
    });
    expect(ids(plan)).toContain("delete t.conf.a/c");
    expect(plan.summary.counted_deletes).toBe(1);
  });
});

test("a protection that goes together with another change is in the plan", () => {
  const plan = planOf({
    desired: {
      resources: [
        declared("t.gate", "t.gate.a", { id: "a", ttl: 9 }, { lifecycle: { prevent_destroy: false } }),
      ],
    },
    resources: {
      "t.gate.a": entryOf("t.gate", "a", { applied: { id: "a", ttl: 5 }, prevent_destroy: true }),
    },
    live: { resources: [liveOf("t.gate", "a", { fields: { id: "a", ttl: 5 } })] },
  });
  const [step] = plan.steps;
  expect(step?.id).toBe("update t.gate.a");
  expect(step?.changes).toContainEqual({
    path: "lifecycle.prevent_destroy",
    before: true,
    after: false,
    moved: "config",
  });
});

test("taking another id over lets go of the earlier one: nothing of it is due to be deleted", () => {
  const before = entryOf("t.key", "k1");
  const plan = planOf({
    desired: { resources: [declared("t.key", "t.key.ci", { name: "ci" })] },
    resources: { "t.key.ci": before },
    live: {
      resources: [liveOf("t.key", "k2", { name: "ci", fields: { name: "ci" } })],
      absent: ["t.key /k1"],
    },
    options: { adopt_ids: { "t.key.ci": "k2" } },
  });
  const [step] = plan.steps;
  expect(step?.id).toBe("adopt t.key.ci");
  if (step === undefined) return;
  const entry = adoptedEntry({
    rules: key,
    before,
    step,
    parent_id: undefined,
    live: { id: "k2" },
    fields: { name: "ci" },
    now: NOW,
  });
  expect(entry).toMatchObject({ id: "k2" });
  expect(entry.retiring).toBeUndefined();
});
