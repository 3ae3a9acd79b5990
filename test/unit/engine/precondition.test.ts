// The preconditions of a plan's steps, row by row: the plan is made from one setting and looked at in another.

import { describe, expect, test } from "vitest";
import { checkPreconditions } from "../../../src/engine/precondition.ts";
import type { Plan } from "../../../src/model/plan.ts";
import type { Standing } from "../../../src/model/standing.ts";
import { declare, entry, inputOf, inSeconds, live, NOW, planOf, type Setting } from "./kit.ts";

interface Row {
  readonly case: string;
  /** What the plan is made from. */
  readonly planned: Setting;
  /** What has changed since. */
  readonly now: Partial<Setting>;
  readonly step: string;
  readonly state: Standing["state"];
  readonly code?: string;
  readonly paths?: readonly string[];
}

/** Looks again at a plan that was made from `planned`, with what `now` says in place of it. */
function check(planned: Setting, now: Partial<Setting>, plan: Plan = planOf(planned)) {
  const input = inputOf({ ...planned, ...now });
  return checkPreconditions({ ...input, plan });
}

const key = (body: object = {}) =>
  declare("m.key.k", { name: "k", ...body }, { deliver: [{ file: { path: "k.txt", format: "raw" } }] });
const liveKey = (id: string, fields: object = {}) =>
  live("m.key", id, { name: "k", budget: null, project: "p1", ...fields });
const ownKey = entry("m.key", "key_1", { name: "k", project: "p1" });
const gate = (fields: object = {}, lifecycle = {}) =>
  declare("m.gate.a", { id: "a", ...fields }, { lifecycle });
const liveGate = (fields: object = {}, more: object = {}) =>
  live(
    "m.gate",
    "a",
    { id: "a", limit: 5, note: "n", tags: ["x"], hits: 3, ...fields },
    { mark: "t1", children: [], ...more },
  );
const ownGate = (applied: object = {}, more: object = {}) =>
  entry("m.gate", "a", { id: "a", limit: 5, ...applied }, { mark: "t1", ...more });
const gateChange = {
  declared: [gate({ limit: 9, note: "new" })],
  live: [liveGate()],
  ledger: { "m.gate.a": ownGate() },
};
const gateDelete = { live: [liveGate()], ledger: { "m.gate.a": ownGate() } };
const ruleCreate = { declared: [declare("m.rule.r", { source: "x", dest: 1 })], ledger: {} };
const liveRule = (fields: object = {}) =>
  live("m.rule", "rule_1", { source: "x", dest: 1, target: null, ...fields });
const ownRule = entry("m.rule", "rule_1", { source: "x", dest: 1 });
const slow = {
  declared: [declare("m.slow.w", { name: "w", v: 3 })],
  live: [live("m.slow", "slow_1", { name: "w", v: 1 })],
};
const ownSlow = (applied: number, before: number) =>
  entry(
    "m.slow",
    "slow_1",
    { name: "w", v: applied },
    { settling: { until: inSeconds(60), before: { v: before } } },
  );

const UPDATE = "update m.gate.a";
const DELETE = "delete m.gate.a";
const CREATE = "create m.rule.r";

const rows: readonly Row[] = [
  {
    case: "an update of what is as it was is ready",
    planned: gateChange,
    now: {},
    step: UPDATE,
    state: "ready",
  },
  {
    case: "what the server measures and the order of a set do not count",
    planned: { ...gateChange, live: [liveGate({ tags: ["x", "y"] })] },
    now: { live: [liveGate({ tags: ["y", "x"], hits: 900 })] },
    step: UPDATE,
    state: "ready",
  },
  {
    case: "an update of which a part is there is ready for the rest",
    planned: gateChange,
    now: { live: [liveGate({ limit: 9 })] },
    step: UPDATE,
    state: "ready",
  },
  {
    case: "an update of which all is there is already done",
    planned: gateChange,
    now: { live: [liveGate({ limit: 9, note: "new" })] },
    step: UPDATE,
    state: "already",
  },
  {
    case: "a third value in a planned field is shown and refused",
    planned: gateChange,
    now: { live: [liveGate({ limit: 7 })] },
    step: UPDATE,
    state: "refused",
    code: "MOVED",
    paths: ["limit"],
  },
  {
    case: "a change of an undeclared field is refused, beside a planned change that is there",
    planned: gateChange,
    now: { live: [liveGate({ limit: 9, tags: ["z"] })] },
    step: UPDATE,
    state: "refused",
    code: "MOVED",
    paths: ["tags"],
  },
  {
    case: "members of a merged object are told apart",
    planned: { ...gateChange, live: [liveGate({ opts: { p: 1, q: 1 } })] },
    now: { live: [liveGate({ opts: { p: 1, q: 2 } })] },
    step: UPDATE,
    state: "refused",
    code: "MOVED",
    paths: ["opts.q"],
  },
  {
    case: "another incarnation of a user-chosen id is refused although it is equal",
    planned: gateChange,
    now: { live: [liveGate({}, { mark: "t2" })] },
    step: UPDATE,
    state: "refused",
    code: "MOVED",
  },
  {
    case: "what the ledger has let go of is refused",
    planned: gateChange,
    now: { ledger: {} },
    step: UPDATE,
    state: "refused",
    code: "MOVED",
  },
  {
    case: "what is known to be gone is refused",
    planned: gateChange,
    now: { live: [], absent: ["m.gate /a"] },
    step: UPDATE,
    state: "refused",
    code: "MOVED",
  },
  {
    case: "what is only not listed is not believed to be gone",
    planned: gateChange,
    now: { live: [] },
    step: UPDATE,
    state: "refused",
    code: "UNKNOWN",
  },
  {
    case: "what half a list does not show is not believed to be gone",
    planned: gateChange,
    now: { live: [], unread: ["m.gate"] },
    step: UPDATE,
    state: "refused",
    code: "READ_INCOMPLETE",
  },
  {
    case: "an old value that another run of ours has just replaced is not taken for the live one",
    planned: { ...slow, ledger: { "m.slow.w": entry("m.slow", "slow_1", { name: "w", v: 1 }) } },
    now: { ledger: { "m.slow.w": ownSlow(2, 1) } },
    step: "update m.slow.w",
    state: "refused",
    code: "MOVED",
    paths: ["v"],
  },
  {
    case: "an old value that this plan's own run has just replaced is already done",
    planned: { ...slow, ledger: { "m.slow.w": entry("m.slow", "slow_1", { name: "w", v: 1 }) } },
    now: { ledger: { "m.slow.w": ownSlow(3, 1) } },
    step: "update m.slow.w",
    state: "already",
  },
  {
    case: "an adoption of what is as it was is ready",
    planned: { ...ruleCreate, live: [liveRule()], options: { adopt: true } },
    now: {},
    step: "adopt m.rule.r",
    state: "ready",
  },
  {
    case: "an adoption that was made is already done, whatever else has changed",
    planned: { ...ruleCreate, live: [liveRule()], options: { adopt: true } },
    now: { live: [liveRule({ target: "t" })], ledger: { "m.rule.r": ownRule } },
    step: "adopt m.rule.r",
    state: "already",
  },
  {
    case: "an adoption of what another address has by now is refused",
    planned: { ...ruleCreate, live: [liveRule()], options: { adopt: true } },
    now: { ledger: { "m.rule.other": ownRule } },
    step: "adopt m.rule.r",
    state: "refused",
    code: "MOVED",
  },
  {
    case: "a delete of what is as it was is ready",
    planned: gateDelete,
    now: {},
    step: DELETE,
    state: "ready",
  },
  {
    case: "a delete of what is gone is already done",
    planned: gateDelete,
    now: { live: [], absent: ["m.gate /a"] },
    step: DELETE,
    state: "already",
  },
  {
    case: "a delete of what is only not listed is refused",
    planned: gateDelete,
    now: { live: [] },
    step: DELETE,
    state: "refused",
    code: "UNKNOWN",
  },
  {
    case: "a delete of what somebody has changed is refused",
    planned: gateDelete,
    now: { live: [liveGate({ note: "in use" })] },
    step: DELETE,
    state: "refused",
    code: "MOVED",
    paths: ["note"],
  },
  {
    case: "a delete of what holds something new is refused",
    planned: gateDelete,
    now: { live: [liveGate({}, { children: [{ noun: "chair", id: "c", name: "c" }] })] },
    step: DELETE,
    state: "refused",
    code: "MOVED",
  },
  {
    case: "a delete of what holds something new of a managed kind is refused",
    planned: gateDelete,
    now: {
      live: [
        liveGate(),
        live("m.conf", "conf_1", { slug: "s", alias: "default", label: "" }, { parent_id: "a" }),
      ],
    },
    step: DELETE,
    state: "refused",
    code: "MOVED",
  },
  {
    case: "a delete is refused where what lives inside cannot be read",
    planned: gateDelete,
    now: { unread: ["m.conf"] },
    step: DELETE,
    state: "refused",
    code: "READ_INCOMPLETE",
  },
  {
    case: "a delete of what was let go of is refused",
    planned: gateDelete,
    now: { ledger: {} },
    step: DELETE,
    state: "refused",
    code: "MOVED",
  },
  {
    case: "a delete of what was protected since is refused",
    planned: gateDelete,
    now: { ledger: { "m.gate.a": ownGate({}, { prevent_destroy: true }) } },
    step: DELETE,
    state: "refused",
    code: "PREVENT_DESTROY",
  },
  {
    case: "a delete of what is to be retained since is refused",
    planned: gateDelete,
    now: { ledger: { "m.gate.a": ownGate({}, { on_remove: "retain" }) } },
    step: DELETE,
    state: "refused",
    code: "PREVENT_DESTROY",
  },
  {
    case: "a create with nothing in its place is ready",
    planned: ruleCreate,
    now: {},
    step: CREATE,
    state: "ready",
  },
  {
    case: "a create whose place somebody has taken is refused",
    planned: ruleCreate,
    now: { live: [liveRule()] },
    step: CREATE,
    state: "refused",
    code: "NOT_OWNED",
  },
  {
    case: "a create whose place another address has taken is refused",
    planned: ruleCreate,
    now: { live: [liveRule()], ledger: { "m.rule.other": ownRule } },
    step: CREATE,
    state: "refused",
    code: "MOVED",
  },
  {
    case: "a create that was made is already done",
    planned: ruleCreate,
    now: { live: [liveRule()], ledger: { "m.rule.r": ownRule } },
    step: CREATE,
    state: "already",
  },
  {
    case: "a create that was made and changed since is refused",
    planned: ruleCreate,
    now: { live: [liveRule({ dest: 2 })], ledger: { "m.rule.r": ownRule } },
    step: CREATE,
    state: "refused",
    code: "MOVED",
    paths: ["dest"],
  },
  {
    case: "a create that was just made is already done before any list shows it",
    planned: ruleCreate,
    now: {
      ledger: {
        "m.rule.r": { ...ownRule, settling: { until: inSeconds(60), before: {}, created: true } },
      },
    },
    step: CREATE,
    state: "already",
  },
  {
    case: "a create is refused where half a list may hide somebody's",
    planned: ruleCreate,
    now: { unread: ["m.rule"] },
    step: CREATE,
    state: "refused",
    code: "READ_INCOMPLETE",
  },
  {
    case: "a key of the same name that another address has is no obstacle",
    planned: { declared: [key()], ledger: {} },
    now: { live: [liveKey("key_9")], ledger: { "m.key.other": entry("m.key", "key_9", { name: "k" }) } },
    step: "create m.key.k",
    state: "ready",
  },
  {
    case: "a key of the same name that nobody owns is one",
    planned: { declared: [key()], ledger: {} },
    now: { live: [liveKey("key_9")] },
    step: "create m.key.k",
    state: "refused",
    code: "NOT_OWNED",
  },
  {
    case: "a resource is not made in a parent that is another one by now",
    planned: {
      declared: [gate(), declare("m.conf.a/x", { slug: "x", alias: "default" }, { parent: "m.gate.a" })],
      live: [liveGate()],
      ledger: { "m.gate.a": ownGate({}, {}) },
    },
    now: { live: [liveGate({}, { mark: "t2" })] },
    step: "create m.conf.a/x",
    state: "refused",
    code: "MOVED",
  },
  {
    case: "a forget of an entry that is as it was is ready",
    planned: { ledger: { "m.rule.r": { ...ownRule, on_remove: "retain" } }, live: [liveRule()] },
    now: {},
    step: "forget m.rule.r",
    state: "ready",
  },
  {
    case: "a forget of an entry that is gone is already done",
    planned: { ledger: { "m.rule.r": { ...ownRule, on_remove: "retain" } }, live: [liveRule()] },
    now: { ledger: {} },
    step: "forget m.rule.r",
    state: "already",
  },
  {
    case: "a forget of an entry with another id is refused",
    planned: { ledger: { "m.rule.r": { ...ownRule, on_remove: "retain" } }, live: [liveRule()] },
    now: { ledger: { "m.rule.r": { ...ownRule, id: "rule_2" } } },
    step: "forget m.rule.r",
    state: "refused",
    code: "MOVED",
  },
  {
    case: "a forget of what was gone is refused when it is back",
    planned: { ledger: { "m.rule.r": ownRule }, absent: ["m.rule /rule_1"] },
    now: { live: [liveRule()], absent: [] },
    step: "forget m.rule.r",
    state: "refused",
    code: "MOVED",
  },
  {
    case: "a record that the ledger has is already done",
    planned: { ...gateDelete, declared: [gate({ limit: 5 }, { prevent_destroy: true })] },
    now: { ledger: { "m.gate.a": ownGate({}, { prevent_destroy: true }) } },
    step: "record m.gate.a",
    state: "already",
  },
  {
    case: "a renamed address is moved once",
    planned: {
      declared: [declare("m.rule.s", { source: "x", dest: 1 })],
      live: [liveRule()],
      ledger: { "m.rule.r": ownRule },
      moved: [{ from: "m.rule.r", to: "m.rule.s" }],
    },
    now: {},
    step: "record m.rule.s",
    state: "ready",
  },
  {
    case: "a renamed address that was moved is already done",
    planned: {
      declared: [declare("m.rule.s", { source: "x", dest: 1 })],
      live: [liveRule()],
      ledger: { "m.rule.r": ownRule },
      moved: [{ from: "m.rule.r", to: "m.rule.s" }],
    },
    now: { ledger: { "m.rule.s": ownRule } },
    step: "record m.rule.s",
    state: "already",
  },
];

describe("the precondition of a step", () => {
  test.each(rows)("$case", ({ planned, now, step, state, code, paths }) => {
    const { standings } = check(planned, now);
    const found = standings.get(step);
    expect(found?.state, JSON.stringify(found ?? [...standings.keys()])).toBe(state);
    const refused = found?.state === "refused" ? found : undefined;
    expect(refused?.code).toBe(code);
    if (paths !== undefined) expect(refused?.deviations?.map(({ path }) => path)).toEqual(paths);
  });

  test("narrows an update to what is left of it", () => {
    const { steps } = check(gateChange, { live: [liveGate({ limit: 9 })] });
    expect(steps.map(({ changes }) => changes.map(({ path }) => path))).toEqual([["note"]]);
  });

  test("does not write what the body of a plan has and its changes do not show", () => {
    const plan = planOf({ ...gateChange, declared: [gate({ limit: 9 })] });
    const steps = plan.steps.map((step) => ({
      ...step,
      ...(step.body === undefined
        ? {}
        : { body: { ...step.body, fields: { ...step.body.fields, note: "x" } } }),
    }));
    const setting = { ...gateChange, declared: [gate({ limit: 9 })] };
    expect(check(setting, {}, plan).standings.get(UPDATE)?.state).toBe("ready");
    expect(check(setting, {}, { ...plan, steps }).standings.get(UPDATE)).toMatchObject({
      state: "refused",
      code: "MOVED",
      deviations: [{ path: "note", expected: "n", found: "x" }],
    });
  });

  test("does not take a protection away that has come since the plan was made", () => {
    const setting = { ...gateChange, declared: [gate({ limit: 9 }, { prevent_destroy: false })] };
    const guarded = { "m.gate.a": ownGate({}, { prevent_destroy: true }) };
    const { standings } = check(setting, { ledger: guarded }, planOf(setting));
    expect(standings.get(UPDATE)).toMatchObject({
      state: "refused",
      code: "MOVED",
      deviations: [{ path: "lifecycle.prevent_destroy", expected: true, found: false }],
    });
    // Where the plan shows it, it is wanted.
    const shown = planOf({ ...setting, ledger: guarded });
    expect(check({ ...setting, ledger: guarded }, {}, shown).standings.get(UPDATE)?.state).toBe("ready");
  });

  test("names the id and the command where a create's place is taken", () => {
    const { standings } = check(ruleCreate, { live: [liveRule()] });
    expect(standings.get(CREATE)).toMatchObject({
      message: expect.stringContaining("rule_1"),
      hint: expect.stringContaining("gateform adopt m.rule.r=rule_1"),
    });
  });

  test("shows that a secret changed, and neither its values nor their fingerprints", () => {
    const header = (print: string) => ({ header: { $secret: { fingerprint: `k:${print}` } } });
    const { standings } = check(
      { ...gateChange, live: [liveGate(header("old"))] },
      { live: [liveGate(header("new"))] },
    );
    expect(standings.get(UPDATE)).toMatchObject({
      deviations: [{ path: "header", expected: { $secret: {} }, found: { $secret: {} }, sensitive: true }],
    });
  });

  test("does not take a secret for changed where its fingerprints cannot be compared", () => {
    const header = (print: string) => ({ header: { $secret: { fingerprint: print } } });
    const { standings } = check(
      { ...gateChange, live: [liveGate(header("k1:old"))] },
      { live: [liveGate(header("k2:new"))] },
    );
    expect(standings.get(UPDATE)?.state).toBe("ready");
  });
});

describe("steps that belong together", () => {
  const replaced: Setting = {
    declared: [key({ project: "p2" })],
    live: [liveKey("key_1")],
    ledger: { "m.key.k": ownKey },
  };

  test("a successor is not made for something that may not go", () => {
    const { standings } = check(replaced, { live: [liveKey("key_1", { budget: 7 })] });
    expect(standings.get("delete m.key.k")?.state).toBe("refused");
    expect(standings.get("create m.key.k")).toMatchObject({ state: "blocked", because: "delete m.key.k" });
  });

  test("a successor that was made stays, and its predecessor goes", () => {
    const made = {
      ...entry("m.key", "key_2", { name: "k", project: "p2" }),
      retiring: [{ id: "key_1", due: inSeconds(-1) }],
    };
    const { standings } = check(replaced, {
      live: [liveKey("key_1"), liveKey("key_2", { project: "p2" })],
      ledger: { "m.key.k": made },
    });
    expect(standings.get("create m.key.k")?.state).toBe("already");
    expect(standings.get("delete m.key.k")?.state).toBe("ready");
  });

  test("what goes because its parent goes stays with it", () => {
    const conf = live("m.conf", "conf_1", { slug: "x", alias: "default", label: "" }, { parent_id: "a" });
    const ownConf = entry("m.conf", "conf_1", { slug: "x" }, { parent: "m.gate.a", parent_id: "a" });
    const then = { live: [liveGate(), conf], ledger: { "m.gate.a": ownGate(), "m.conf.a/x": ownConf } };
    const { standings } = check(then, { live: [liveGate({ note: "in use" }), conf] });
    expect(standings.get(DELETE)?.state).toBe("refused");
    expect(standings.get("delete m.conf.a/x")).toMatchObject({ state: "blocked", because: DELETE });
  });

  test("a reference to what the plan makes anew is still to be changed, although it shows the id that is gone", () => {
    const solid = { "m.solid.g": entry("m.solid", "solid_1", { code: "c" }) };
    const target = { $ref: "m.solid.g" };
    const { standings } = check(
      {
        declared: [
          declare("m.solid.g", { code: "c" }),
          declare("m.rule.r", { source: "x", target }, { needs: ["m.solid.g"] }),
        ],
        live: [liveRule({ target: "solid_1" })],
        ledger: { ...solid, "m.rule.r": ownRule },
        absent: ["m.solid /solid_1"],
      },
      {},
    );
    expect(standings.get("update m.rule.r")?.state).toBe("ready");
  });

  test("a key that an earlier run made and did not live to deliver goes before it is made again", () => {
    const intent = {
      identity: "m.key /name k",
      known_ids: [],
      not_before: NOW - 60_000,
      not_after: NOW,
      creator: "me",
    };
    const { steps, standings } = check(
      { declared: [key()], ledger: {} },
      {
        live: [{ ...liveKey("key_5"), created_at: NOW - 30_000, created_by: "me" }],
        ledger: { "m.key.k": entry("m.key", null, {}, { status: "creating", intent }) },
      },
    );
    expect(steps.map(({ id, needs }) => [id, needs])).toEqual([
      ["delete m.key.k#key_5", []],
      ["create m.key.k", ["delete m.key.k#key_5"]],
    ]);
    expect([...standings.values()].map(({ state }) => state)).toEqual(["ready", "ready"]);
  });

  test("a rule that an earlier run made and did not live to record is taken over", () => {
    const intent = {
      identity: "m.rule /identity x",
      known_ids: [],
      not_before: NOW - 60_000,
      not_after: NOW,
      creator: "me",
    };
    const { standings } = check(ruleCreate, {
      live: [{ ...liveRule(), created_at: NOW - 30_000, created_by: "me" }],
      ledger: { "m.rule.r": entry("m.rule", null, {}, { status: "creating", intent }) },
    });
    expect(standings.get(CREATE)).toMatchObject({ state: "already", live: { id: "rule_1" } });
  });
});
