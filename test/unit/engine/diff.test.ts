// The one diff: which fields differ, who moved them, what is released, claimed, settling or not to be told.

import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/base/json.ts";
import { type Difference, type DiffInput, diffFields } from "../../../src/engine/diff.ts";
import type { FieldPolicy, KindRules } from "../../../src/model/kind-rules.ts";
import { rulesFor } from "../../laws/kinds.ts";
import { inSeconds, NOW } from "./kit.ts";

type Values = Readonly<Record<string, JsonValue>>;

function diff(
  declared: Values,
  live: Values,
  applied: Values | undefined = {},
  more: Partial<DiffInput> = {},
): Difference {
  return diffFields({ rules: rulesFor("m.gate"), declared, live, applied, lifecycle: {}, now: NOW, ...more });
}

/** Rules of a kind with one field. */
function ruling(field: string, policy: FieldPolicy, more: Partial<KindRules> = {}): Partial<DiffInput> {
  return { rules: { ...rulesFor("m.rule"), fields: { [field]: policy }, ...more } };
}

const paths = (difference: Difference) => difference.changes.map((change) => change.path);
const secret = (fingerprint?: string): JsonValue => ({
  $secret: fingerprint === undefined ? {} : { fingerprint },
});

describe("who moved a field", () => {
  test.each([
    ["the file", "new", "old", "old", "config"],
    ["the world", "old", "drifted", "old", "world"],
    ["both, to different values", "new", "drifted", "old", "both"],
    ["the file, where the ledger does not know the field", "new", "old", undefined, "config"],
  ] as const)("%s", (_, declared, live, applied, moved) => {
    const found = diff({ note: declared }, { note: live }, applied === undefined ? {} : { note: applied });
    expect(found.changes).toEqual([{ path: "note", before: live, after: declared, moved }]);
  });

  test("is not known where nothing was ever applied", () => {
    expect(diff({ note: "a" }, { note: "b" }, undefined, {}).changes[0]?.moved).toBe("config");
    const adopted = diffFields({
      rules: rulesFor("m.gate"),
      declared: { note: "a" },
      live: { note: "b" },
      applied: undefined,
      lifecycle: {},
      now: NOW,
    });
    expect(adopted.changes[0]?.moved).toBe("unknown");
  });

  test("is nobody where both went to the same value, which is recorded", () => {
    const found = diff({ note: "new" }, { note: "new" }, { note: "old" });
    expect(found.changes).toEqual([]);
    expect(found.claimed).toEqual(["note"]);
  });
});

describe("ownership of fields", () => {
  test("leaves undeclared fields alone, whatever their values", () => {
    const found = diff({ note: "a" }, { note: "a", limit: 9, origin: "x", surprise: true }, { note: "a" });
    expect(found).toEqual({ changes: [], unchecked: [], risks: [], released: [], claimed: [], settling: [] });
  });

  test("claims a newly declared field that has the declared value already", () => {
    expect(diff({ note: "a" }, { note: "a" }, {}).claimed).toEqual(["note"]);
  });

  test("releases a field that is no longer declared, and does not change it", () => {
    const found = diff({ note: "a" }, { note: "a", limit: 5 }, { note: "a", limit: 5 });
    expect(found.released).toEqual(["limit"]);
    expect(found.changes).toEqual([]);
  });

  test("releases single members of a merged object", () => {
    expect(diff({ opts: { p: 1 } }, { opts: { p: 1, q: 2 } }, { "opts.p": 1, "opts.q": 2 }).released).toEqual(
      ["opts.q"],
    );
  });

  test("resets by an explicit null", () => {
    expect(diff({ limit: null }, { limit: 5 }, { limit: 5 }).changes).toMatchObject([
      { path: "limit", after: null },
    ]);
  });
});

describe("one form of a value", () => {
  test("0 and null are both off", () => {
    expect(paths(diff({ limit: 0 }, { limit: null }))).toEqual([]);
    expect(paths(diff({ limit: null }, { limit: 0 }))).toEqual([]);
    expect(paths(diff({ limit: 0 }, {}))).toEqual([]);
    expect(paths(diff({ limit: 0 }, { limit: 5 }))).toEqual(["limit"]);
  });

  test("a set has neither order nor doubles", () => {
    expect(paths(diff({ tags: ["a", "b", "a"] }, { tags: ["b", "a"] }))).toEqual([]);
    expect(paths(diff({ tags: ["a"] }, { tags: ["a", "b"] }))).toEqual(["tags"]);
  });

  test("a list has an order", () => {
    const rules = ruling("elements", {});
    expect(paths(diff({ elements: [1, 2] }, { elements: [2, 1] }, {}, rules))).toEqual(["elements"]);
  });

  test("a keyed list has keys and no order", () => {
    const rules = ruling("limits", { collection: { keyed: "name" } });
    const [a, b] = [
      { name: "a", n: 1 },
      { name: "b", n: 2 },
    ];
    expect(paths(diff({ limits: [a, b] }, { limits: [b, a] }, {}, rules))).toEqual([]);
    expect(paths(diff({ limits: [a, b] }, { limits: [b, { ...a, n: 3 }] }, {}, rules))).toEqual(["limits"]);
  });

  test("an object is owned whole, whatever the order of its keys", () => {
    const rules = ruling("budget", {});
    expect(paths(diff({ budget: { a: 1, b: 2 } }, { budget: { b: 2, a: 1 } }, {}, rules))).toEqual([]);
    expect(paths(diff({ budget: { a: 1 } }, { budget: { a: 1, b: 2 } }, {}, rules))).toEqual(["budget"]);
  });

  test("a merged object is owned member by member", () => {
    const found = diff({ opts: { p: 1, q: 2 } }, { opts: { p: 1, q: 9, r: 7 } });
    expect(found.changes).toMatchObject([{ path: "opts.q", before: 9, after: 2 }]);
  });

  test("parts that the server assigns are filled in from what is live", () => {
    const complete = (declared: JsonValue, live: JsonValue): JsonValue =>
      ({ ...(declared as object), id: (live as { id?: JsonValue } | null)?.id ?? null }) as JsonValue;
    const rules = ruling("limit", { complete });
    expect(
      paths(diff({ limit: { n: 1 } }, { limit: { n: 1, id: "x" } }, { limit: { n: 1 } }, rules)),
    ).toEqual([]);
    expect(
      diff({ limit: { n: 2 } }, { limit: { n: 1, id: "x" } }, { limit: { n: 1 } }, rules).changes,
    ).toMatchObject([{ after: { n: 2, id: "x" }, moved: "config" }]);
  });

  test("a measured field is never compared", () => {
    expect(diff({}, { hits: 7 }, {})).toMatchObject({ changes: [], released: [] });
  });

  test("changes come sorted by path", () => {
    expect(paths(diff({ tags: ["x"], note: "x", limit: 7 }, {}))).toEqual(["limit", "note", "tags"]);
  });
});

describe("ignore_changes", () => {
  const ignoring = (...list: string[]): Partial<DiffInput> => ({ lifecycle: { ignore_changes: list } });

  test("hides a field", () => {
    expect(paths(diff({ note: "a", limit: 5 }, { note: "b", limit: 6 }, {}, ignoring("note")))).toEqual([
      "limit",
    ]);
  });

  test("hides one member of an object, and not its neighbour with a longer name", () => {
    const live = { opts: { p: 9, pq: 9 } };
    expect(paths(diff({ opts: { p: 1, pq: 1 } }, live, {}, ignoring("opts.p")))).toEqual(["opts.pq"]);
  });

  test("hides all members by the object's name", () => {
    expect(paths(diff({ opts: { p: 1, q: 1 } }, { opts: { p: 2, q: 2 } }, {}, ignoring("opts")))).toEqual([]);
  });
});

describe("replacement", () => {
  test("is forced by an immutable field", () => {
    expect(diff({ id: "b", note: "n" }, { id: "a", note: "m" }).changes).toMatchObject([
      { path: "id", forces_replacement: true },
      { path: "note" },
    ]);
    expect(
      diff({ id: "b", note: "n" }, { id: "a", note: "m" }).changes[1]?.forces_replacement,
    ).toBeUndefined();
  });

  test("is forced by any field of a kind without an update", () => {
    const rules = ruling("size", {}, { can_update: false });
    expect(diff({ size: 2 }, { size: 1 }, {}, rules).changes[0]?.forces_replacement).toBe(true);
  });
});

describe("risks", () => {
  test("are named where a protection is taken away, and not where it is put up", () => {
    expect(diff({ req: false }, { req: true }).risks).toEqual([
      { code: "req-off", path: "req", message: "the gate no longer asks." },
    ]);
    expect(diff({ req: true }, { req: false }).risks).toEqual([]);
  });
});

describe("secrets that nobody can read", () => {
  const rules = { rules: rulesFor("m.conf") };

  test("differ by fingerprint from what was last written", () => {
    const found = diff({ secret: secret("k:2") }, {}, { secret: secret("k:1") }, rules);
    expect(found.changes).toEqual([
      { path: "secret", before: secret("k:1"), after: secret("k:2"), moved: "config", sensitive: true },
    ]);
  });

  test("are unchanged where the fingerprints agree", () => {
    expect(diff({ secret: secret("k:1") }, {}, { secret: secret("k:1") }, rules)).toMatchObject({
      changes: [],
      unchecked: [],
    });
  });

  test.each([
    ["made with another key", secret("j:1"), secret("k:1")],
    ["not kept by the ledger", secret("k:1"), secret()],
    ["not at hand", secret(), secret("k:1")],
  ])("are looked at at apply, not changed, where a fingerprint is %s", (_, declared, applied) => {
    const found = diff({ secret: declared }, {}, { secret: applied }, rules);
    expect(found.changes).toEqual([]);
    expect(found.unchecked.map((change) => change.path)).toEqual(["secret"]);
  });

  test("are looked at where the ledger knows none", () => {
    expect(diff({ secret: secret("k:1") }, {}, {}, rules).unchecked).toHaveLength(1);
  });

  test("are written again where a write of them was cut off", () => {
    expect(paths(diff({ secret: secret("k:1") }, {}, { secret: secret("k:in-doubt") }, rules))).toEqual([
      "secret",
    ]);
  });
});

describe("a map of secrets that nobody can read", () => {
  const rules = ruling("secret", { write_only: true });
  const both = { a: secret("k:1"), b: secret("k:2") };

  test.each([
    ["one value", { a: secret("k:1"), b: secret("k:9") }],
    ["one more name", { ...both, c: secret("k:3") }],
    ["one name less", { a: secret("k:1") }],
  ])("that differs in %s is one change of the whole", (_, declared) => {
    const found = diff({ secret: declared }, {}, { secret: both }, rules);
    expect(paths(found)).toEqual(["secret"]);
    expect(found.unchecked).toEqual([]);
  });

  test("that no ledger has is left to apply, and no change is claimed to be known", () => {
    const found = diff({ secret: both }, {}, {}, rules);
    expect(found.changes).toEqual([]);
    expect(found.unchecked).toMatchObject([{ path: "secret", before: { a: secret(), b: secret() } }]);
  });

  test("of which one value is not at hand is left to apply, unless another one differs", () => {
    const known = { secret: both };
    const hidden = { a: secret(), b: secret("k:2") };
    expect(diff({ secret: hidden }, {}, known, rules).unchecked).toHaveLength(1);
    expect(paths(diff({ secret: { ...hidden, b: secret("k:9") } }, {}, known, rules))).toEqual(["secret"]);
  });
});

describe("secrets that the vendor returns", () => {
  test("compare by fingerprint with what is live, so that drift is seen", () => {
    const found = diff({ header: secret("k:1") }, { header: secret("k:9") }, { header: secret("k:1") });
    expect(found.changes).toMatchObject([{ path: "header", moved: "world", sensitive: true }]);
  });

  test("are set where there is none", () => {
    expect(paths(diff({ header: secret("k:1") }, {}))).toEqual(["header"]);
  });
});

describe("references", () => {
  test("to what has no id yet differ from every live value", () => {
    const rules = { rules: rulesFor("m.rule") };
    expect(paths(diff({ target: { $ref: "m.solid.f" } }, { target: "solid_1" }, {}, rules))).toEqual([
      "target",
    ]);
  });
});

describe("settling values", () => {
  const settling = (seconds: number, before: Values = {}, created?: true): Partial<DiffInput> => ({
    settling: { until: inSeconds(seconds), before, ...(created === undefined ? {} : { created }) },
  });

  test("that still show what was before the write are not rewritten", () => {
    const found = diff({ limit: 9 }, { limit: 5 }, { limit: 9 }, settling(30, { limit: 5 }));
    expect(found.changes).toEqual([]);
    expect(found.settling).toEqual(["limit"]);
  });

  test("that show a third value are changes", () => {
    expect(paths(diff({ limit: 9 }, { limit: 7 }, { limit: 9 }, settling(30, { limit: 5 })))).toEqual([
      "limit",
    ]);
  });

  test("that are over their time are changes", () => {
    expect(paths(diff({ limit: 9 }, { limit: 5 }, { limit: 9 }, settling(0, { limit: 5 })))).toEqual([
      "limit",
    ]);
  });

  test("do not hide that the last write has to be taken back", () => {
    const found = diff({ limit: 5 }, { limit: 5 }, { limit: 9 }, settling(30, { limit: 5 }));
    expect(found.changes).toMatchObject([{ path: "limit", before: 9, after: 5, moved: "config" }]);
    expect(diff({ limit: 5 }, { limit: 5 }, { limit: 9 }, settling(0, { limit: 5 })).changes).toEqual([]);
  });

  test("may be absent after a create", () => {
    expect(diff({ limit: 9 }, {}, { limit: 9 }, settling(30, {}, true)).settling).toEqual(["limit"]);
    expect(paths(diff({ limit: 9 }, {}, { limit: 9 }, settling(30)))).toEqual(["limit"]);
  });
});
