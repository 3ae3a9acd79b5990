// Creates of one name that were cut off together: as many new ones as there were creates are theirs, one each. More than
// that, and nobody can tell.

import { describe, expect, test } from "vitest";
import type { LedgerEntry } from "../../../src/model/ledger.ts";
import type { LiveResource } from "../../../src/model/live.ts";
import { declare, entry, idsOf, live, NOW, planOf, refusalOf } from "./kit.ts";

const MADE = { created_at: NOW - 1_000, created_by: "me" };
const intent = {
  identity: "m.key /name k",
  known_ids: ["old_1", "old_2"],
  not_before: NOW - 2_000,
  not_after: NOW,
  creator: "me",
};
const creating: LedgerEntry = entry("m.key", null, {}, { status: "creating", intent });
const rotating = (id: string): LedgerEntry => entry("m.key", id, { name: "k" }, { intent, rotating: true });
const fresh = (...ids: readonly string[]): readonly LiveResource[] =>
  ids.map((id) => live("m.key", id, { name: "k" }, MADE));
const deliver = (path: string) => ({ deliver: [{ file: { path, format: "raw" } }] }) as const;
const declared = [
  declare("m.key.a", { name: "k" }, deliver("a")),
  declare("m.key.b", { name: "k" }, deliver("b")),
];

describe("two creates of one name that were cut off", () => {
  const ledger = { "m.key.a": creating, "m.key.b": creating };

  test.each([[["key_1"]], [["key_1", "key_2"]]])("have made %j between them: these go, each once", (ids) => {
    const plan = planOf({ declared, live: fresh(...ids), ledger });
    expect(plan.refused).toEqual([]);
    const deletes = plan.steps.filter(({ action }) => action === "delete");
    expect(deletes.map(({ vendor_id }) => vendor_id)).toEqual(ids);
    expect(plan.steps.filter(({ action }) => action === "create")).toHaveLength(2);
  });

  test("and three new ones are asked about, of which one is somebody's", () => {
    const plan = planOf({ declared, live: fresh("key_1", "key_2", "key_3"), ledger });
    expect(idsOf(plan)).toEqual([]);
    expect([refusalOf(plan, "m.key.a"), refusalOf(plan, "m.key.b")]).toEqual(["AMBIGUOUS", "AMBIGUOUS"]);
  });
});

describe("two rotations of one name that were cut off", () => {
  const ledger = { "m.key.a": rotating("old_1"), "m.key.b": rotating("old_2") };
  const old = [live("m.key", "old_1", { name: "k" }), live("m.key", "old_2", { name: "k" })];

  test("have made one each: both go before others are made, and the old ones stay", () => {
    const plan = planOf({ declared, live: [...old, ...fresh("key_1", "key_2")], ledger });
    const deletes = plan.steps.filter(({ action }) => action === "delete");
    expect(deletes.map(({ vendor_id }) => vendor_id)).toEqual(["key_1", "key_2"]);
    expect(plan.steps.filter(({ retires }) => retires !== undefined)).toHaveLength(2);
  });

  test("leave three that nobody can tell apart: no other is made until somebody has looked", () => {
    const plan = planOf({ declared, live: [...old, ...fresh("key_1", "key_2", "key_3")], ledger });
    expect(idsOf(plan)).toEqual([]);
    expect([refusalOf(plan, "m.key.a"), refusalOf(plan, "m.key.b")]).toEqual(["AMBIGUOUS", "AMBIGUOUS"]);
  });
});
