// What a plan says of requests before and after: over the real kinds of Vercel, and plans of the engine itself.

import { describe, expect, test } from "vitest";
import { behaviourOfPlan } from "../../../src/app/behaviour.ts";
import type { JsonObject } from "../../../src/base/json.ts";
import { makePlan } from "../../../src/engine/plan.ts";
import type { PlanBehaviour } from "../../../src/model/behaviour.ts";
import type { Desired, Policy } from "../../../src/model/desired.ts";
import type { LiveResource, LiveState } from "../../../src/model/live.ts";
import { vercel } from "../../../src/providers/vercel/index.ts";
import { declare, entry, ledgerOf, NOW } from "../engine/kit.ts";

const RULE = "vercel.rule";
const VIRTUAL_MODEL = "vercel.virtual_model";
const rules = new Map(vercel.kinds.map((kind) => [kind.rules.kind, kind.rules]));

const liveRule = (id: string, fields: JsonObject): LiveResource => ({
  kind: RULE,
  id,
  name: id,
  fields: { reason: null, description: null, enabled: true, destination: null, ...fields },
});
const rewrite = (source: string, destination: string): JsonObject => ({
  type: "rewrite",
  source,
  destination,
});
const deny = (source: string): JsonObject => ({ type: "deny", source });

interface Setting {
  /** Key → fields. */
  readonly declared: Readonly<Record<string, JsonObject>>;
  /** Id → fields. */
  readonly live: Readonly<Record<string, JsonObject>>;
  /** Slug → fields, live. */
  readonly virtual?: Readonly<Record<string, JsonObject>>;
  /** Slug → fields of some of them, which are owned. */
  readonly declaredVirtual?: Readonly<Record<string, JsonObject>>;
  /** Key → id. */
  readonly owned?: Readonly<Record<string, string>>;
  readonly readings?: LiveState["readings"];
  readonly policy?: Partial<Policy>;
}

function behaviour(setting: Setting): PlanBehaviour | undefined {
  const { declared, owned = {}, virtual = {}, declaredVirtual = {} } = setting;
  const desired: Desired = {
    stack: "unit",
    policy: { prune: "owned", exclusive: [], max_deletes: 9, adopt: false, ...setting.policy },
    resources: [
      ...Object.entries(declared).map(([key, fields]) => declare(`${RULE}.${key}`, fields)),
      ...Object.entries(declaredVirtual).map(([slug, fields]) =>
        declare(`${VIRTUAL_MODEL}.${slug}`, { slug, ...fields }),
      ),
    ],
    scopes: [{ kind: RULE }, { kind: VIRTUAL_MODEL }],
    removed: [],
    moved: [],
  };
  const live: LiveState = {
    accounts: { vercel: "team_1" },
    actors: {},
    absent: [],
    resources: [
      ...Object.entries(setting.live).map(([id, fields]) => liveRule(id, fields)),
      ...Object.entries(virtual).map(([slug, fields]) => ({
        kind: VIRTUAL_MODEL,
        id: slug,
        name: slug,
        fields: { slug, status: "active", ...fields },
      })),
    ],
    readings: setting.readings ?? [RULE, VIRTUAL_MODEL].map((kind) => ({ kind, complete: true })),
  };
  const ledger = ledgerOf({
    ...Object.fromEntries(
      Object.entries(owned).map(([key, id]) => [`${RULE}.${key}`, entry(RULE, id, setting.live[id] ?? {})]),
    ),
    ...Object.fromEntries(
      Object.keys(declaredVirtual).map((slug) => [
        `${VIRTUAL_MODEL}.${slug}`,
        entry(VIRTUAL_MODEL, slug, { slug, ...virtual[slug] }),
      ]),
    ),
  });
  const options = { now: NOW, adopt: false, allow_deletes: 9, destroy: false };
  const plan = makePlan({ desired, live, ledger, rules, options });
  return behaviourOfPlan({ providers: [vercel], rules, desired, live, ledger }, plan);
}

/** `x/a: x/b → x/c`; a verdict where nothing serves. */
const changes = (setting: Setting): readonly string[] | undefined =>
  behaviour(setting)?.changes.map(({ subject, before, after }) => {
    const [from, to] = [before, after].map((it) =>
      it.verdict === "served" ? it.served_by.join() : it.verdict,
    );
    return `${subject}: ${from} → ${to}`;
  });

const CHAIN = { r1: rewrite("x/a", "x/b"), r2: rewrite("x/b", "x/c"), r3: rewrite("x/c", "x/d") };
const OWNED = { a: "r1", b: "r2", c: "r3" };
const DECLARED = { a: CHAIN.r1, b: CHAIN.r2, c: CHAIN.r3 };

describe("the behaviour of a plan", () => {
  test("names every model that ends elsewhere, also those whose own rule stays as it is", () => {
    const setting = { declared: { ...DECLARED, b: rewrite("x/b", "x/z") }, live: CHAIN, owned: OWNED };
    expect(changes(setting)).toEqual(["x/a: x/d → x/z", "x/b: x/d → x/z"]);
    expect(behaviour(setting)?.changes[0]?.after.through).toEqual([`${RULE}.a`, `${RULE}.b`]);
  });

  test("has no change where the plan changes nothing that requests notice", () => {
    const same = { declared: DECLARED, live: CHAIN, owned: OWNED };
    expect(behaviour(same)).toEqual({ format: 1, changes: [] });
    expect(changes({ ...same, declared: { ...DECLARED, a: { ...CHAIN.r1, reason: "cost" } } })).toEqual([]);
    expect(changes({ ...same, declared: { ...DECLARED, a: rewrite("x/a", "x/c") } })).toEqual([]);
  });

  test("counts creates, deletes and rules that are switched off", () => {
    const { b, c } = DECLARED;
    expect(changes({ declared: { b, c }, live: CHAIN, owned: OWNED })).toEqual(["x/a: x/d → x/a"]);
    const off = { declared: { ...DECLARED, c: { ...c, enabled: false } }, live: CHAIN, owned: OWNED };
    expect(changes(off)).toEqual(["x/a: x/d → x/c", "x/b: x/d → x/c", "x/c: x/d → x/c"]);
    expect(changes({ declared: { no: deny("x/d") }, live: { ...CHAIN } })).toEqual([
      "x/a: x/d → denied",
      "x/b: x/d → denied",
      "x/c: x/d → denied",
      "x/d: x/d → denied",
    ]);
  });

  test("names a virtual model that no rule names, and one of whose models a rule denies now", () => {
    const virtual = { fast: { kind: "alias", model: "x/a" }, slow: { kind: "alias", model: "x/b" } };
    expect(changes({ declared: { no: deny("x/a") }, live: {}, virtual })).toEqual([
      "vmc/fast: x/a → denied",
      "x/a: x/a → denied",
    ]);
  });

  test("counts a relay that passes its requests on to another address", () => {
    const relay = (base_url: string): JsonObject => ({ kind: "relay", model: "x/m", base_url });
    const rule = rewrite("x/a", "vmc/fast");
    const found = behaviour({
      declared: { a: rule },
      live: { r1: rule },
      owned: { a: "r1" },
      virtual: { fast: relay("https://one.example/v1") },
      declaredVirtual: { fast: relay("https://two.example/v1") },
    });
    expect(found?.changes).toMatchObject(
      ["vmc/fast", "x/a"].map((subject) => ({
        subject,
        before: { served_by: ["x/m"], relay: "https://one.example/v1" },
        after: { served_by: ["x/m"], relay: "https://two.example/v1" },
      })),
    );
  });

  test("counts a rule whose type is replaced, which is gone for a moment, as what it becomes", () => {
    const setting = { declared: { a: deny("x/a") }, live: { r1: CHAIN.r1 }, owned: { a: "r1" } };
    expect(changes(setting)).toEqual(["x/a: x/b → denied"]);
  });

  test("leaves unmanaged and refused rules where they are", () => {
    const other = { declared: { n: rewrite("x/n", "x/b") }, live: { r2: CHAIN.r2, r3: CHAIN.r3 } };
    expect(changes(other)).toEqual(["x/n: x/n → x/d"]);
    expect(behaviour(other)?.changes[0]?.after.through).toEqual([
      `${RULE}.n`,
      "live rule r2",
      "live rule r3",
    ]);
    const refused = { declared: { a: rewrite("x/a", "x/z") }, live: { r1: CHAIN.r1 } };
    expect(changes(refused)).toEqual([]);
    expect(changes({ ...refused, policy: { adopt: true } })).toEqual(["x/a: x/b → x/z"]);
  });

  test("is not told where the rules were not read to the end, or not at all", () => {
    const setting = { declared: { n: rewrite("x/n", "x/b") }, live: {} };
    expect(behaviour(setting)).toBeDefined();
    expect(behaviour({ ...setting, readings: [{ kind: RULE, complete: false }] })).toBeUndefined();
    expect(behaviour({ ...setting, readings: [] })).toBeUndefined();
  });
});
