// Reading a saved plan that somebody has damaged, edited or made up.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planDigest } from "../../../src/engine/plan-digest.ts";
import { summarise } from "../../../src/engine/summary.ts";
import { parsePlan } from "../../../src/ledger/documents.ts";
import type { Plan, Step } from "../../../src/model/plan.ts";
import { renderPlanJson } from "../../../src/render/plan-json.ts";

const update: Step = {
  id: "update vercel.rule.a",
  action: "update",
  address: "vercel.rule.a",
  kind: "vercel.rule",
  vendor_id: "rule_1",
  changes: [{ path: "reason", before: "a", after: "b", moved: "config" }],
  needs: [],
  expects: { state: "present", id: "rule_1", fields: { reason: "a" }, ledger: "owned" },
  reason: "changed",
  risks: [],
  body: { fields: { reason: "b" }, defaults: {}, lifecycle: {}, needs: [] },
};
const create: Step = {
  ...update,
  id: "create vercel.key.k",
  action: "create",
  address: "vercel.key.k",
  kind: "vercel.key",
  vendor_id: null,
  changes: [{ path: "reason", before: null, after: "b", moved: "config" }],
  needs: ["update vercel.rule.a"],
  expects: { state: "absent" },
  reason: "new",
};
const { body: _, ...bare } = update;
const remove: Step = {
  ...bare,
  id: "delete vercel.rule.b",
  action: "delete",
  address: "vercel.rule.b",
  reason: "removed",
};

const record: Step = {
  ...update,
  id: "record vercel.rule.a",
  action: "record",
  expects: { state: "any" },
  reason: "moved",
};

function planWith(steps: readonly Step[], more: Partial<Plan> = {}): Plan {
  return {
    format: 1,
    stack: "acme",
    lineage: "line",
    serial: 3,
    accounts: { vercel: "team_1" },
    created_at: "2026-10-05T09:30:00.000Z",
    steps,
    unchanged: [],
    kept: [],
    settling: [],
    unmanaged: [],
    refused: [],
    allowed_deletes: 1,
    summary: summarise(steps, { unchanged: 0, unmanaged: 0, refused: 0 }),
    diagnostics: [],
    ...more,
  };
}

const plan = planWith([update, create, remove]);
const text = renderPlanJson(plan);

function problemOf(edited: string): { readonly code: string; readonly message: string } {
  const read = parsePlan(edited, "plan.json");
  if (!("problem" in read)) throw new Error("the plan was read");
  return read.problem;
}

/** The plan with its parts changed by hand: its summary is what it was. */
const withSteps = (...steps: readonly object[]): string =>
  JSON.stringify({ ...plan, steps: steps.length === 0 ? plan.steps : steps });

describe("a saved plan", () => {
  test("reads back as it was, with its digest", () => {
    const read = parsePlan(text, "plan.json");
    expect(read).toEqual({ plan });
    expect("plan" in read && planDigest(read.plan)).toBe(planDigest(plan));
  });

  test("of a newer format is PLAN_NEWER and a damaged one PLAN_UNREADABLE, naming the command to make it again", () => {
    expect(problemOf('{"format": 2}').code).toBe("PLAN_NEWER");
    for (const damaged of ["", "{", "[]", "null", '{"format": 0}', text.slice(0, -20)])
      expect(problemOf(damaged)).toMatchObject({
        code: "PLAN_UNREADABLE",
        hint: expect.stringContaining("plan --out plan.json"),
      });
  });

  test.each<readonly [string, string, string]>([
    ["two steps of one id", withSteps(update, update, create, remove), "two steps"],
    ["a step before the one it needs", withSteps(create, update, remove), "no step before it"],
    [
      "a step that needs itself",
      withSteps({ ...update, needs: [update.id] }, create, remove),
      "no step before it",
    ],
    [
      "a step that needs one that is not there",
      withSteps({ ...update, needs: ["x"] }, create, remove),
      "no step",
    ],
    ["a step of another name", withSteps({ ...update, id: "update x" }, create, remove), "is not called"],
    ["a step of another kind", withSteps({ ...update, kind: "vercel.key" }, create, remove), "of kind"],
    ["an update without a body", withSteps({ ...bare, id: update.id }, create, remove), "has no body"],
    [
      "an update that expects nothing",
      withSteps({ ...update, expects: { state: "any" } }, create, remove),
      "expects",
    ],
    [
      "a record that renames an entry of another kind",
      withSteps({ ...record, from: "cloudflare.gateway.support" }),
      "of another kind",
    ],
    ["a delete with a body", withSteps(update, create, { ...remove, body: update.body }), "has a body"],
    [
      "a delete of another id than it expects",
      withSteps(update, create, { ...remove, vendor_id: "r" }),
      "expects",
    ],
    [
      "a create that has an id",
      withSteps(update, { ...create, vendor_id: "x" }, remove),
      "has an id already",
    ],
    [
      "a new value that goes nowhere",
      withSteps({ ...update, reason: "undelivered" }, create, remove),
      "delivers it nowhere",
    ],
    [
      "a delete more than it counts",
      withSteps(update, create, remove, { ...remove, id: `${remove.id}#x` }),
      "delete",
    ],
    ["a delete less than it counts", withSteps(update, create), "delete"],
    [
      "a delete that is not counted",
      withSteps(update, create, { ...remove, reviewed: true }),
      "counted_deletes",
    ],
    [
      "a brake that counts less",
      text.replace('"counted_deletes": 1', '"counted_deletes": 0'),
      "counted_deletes",
    ],
    [
      "a create that sends more than it shows",
      withSteps(update, { ...create, body: { ...create.body, fields: { reason: "b", x: 1 } } }, remove),
      "sends another x",
    ],
    [
      "a create that sends another value than it shows",
      withSteps(update, { ...create, body: { ...create.body, fields: { reason: "c" } } }, remove),
      "sends another reason",
    ],
    [
      "an update of what is not in the ledger and that nothing takes over",
      withSteps({ ...update, expects: { ...update.expects, ledger: undefined } }, create, remove),
      "not in the ledger",
    ],
    ["a member that no plan has", text.replace('"format": 1', '"format": 1, "extra": 1'), "extra"],
    ["a number beyond all bounds", text.replace('"after": "b"', '"after": 1e999'), "number"],
    ["a prototype", text.replace('"reason": "b"', '"__proto__": {"admin": true}'), "__proto__"],
    [
      "a secret with a value",
      withSteps(
        { ...update, body: { ...update.body, fields: { s: { $secret: { value: "x" } } } } },
        create,
        remove,
      ),
      "secret",
    ],
    [
      "a secret from nowhere",
      withSteps(
        { ...update, body: { ...update.body, fields: { s: { $secret: { source: { env: 1 } } } } } },
        create,
        remove,
      ),
      "secret",
    ],
    [
      "a secret that is sent and comes from nothing",
      withSteps(
        { ...update, body: { ...update.body, fields: { s: [{ $secret: { fingerprint: "k:1" } }] } } },
        create,
        remove,
      ),
      "does not say where it comes from",
    ],
    [
      "a secret from an empty command",
      withSteps(
        { ...update, body: { ...update.body, fields: { s: [{ $secret: { source: { command: [] } } }] } } },
        create,
        remove,
      ),
      "secret",
    ],
  ])("with %s is refused", (_what, edited, word) => {
    const { code, message } = problemOf(edited);
    expect([code, message]).toEqual(["PLAN_UNREADABLE", expect.stringContaining(word)]);
  });

  test("that is nested beyond reason is refused, and not recursed into", () => {
    const deep = `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`;
    expect(problemOf(text.replace('"after": "b"', `"after": ${deep}`)).message).toContain("nested");
  });

  test("puts no control characters of a hostile file into a message", () => {
    const { message } = problemOf(withSteps({ ...update, needs: ["\u001b[2J\u202eevil"] }, create, remove));
    expect(message).toContain("evil");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(message).not.toMatch(/[\u0000-\u001f\u202e]/);
  });

  test("with any one value replaced is refused, or has another digest", () => {
    const places = placesIn(JSON.parse(text));
    const junk = fc.constantFrom<unknown>(null, true, -1, 0.5, 7, "", "x", [], {}, ["update vercel.rule.a"], {
      $secret: {},
    });
    fc.assert(
      fc.property(fc.nat(places.length - 1), junk, (index, value) => {
        const edited = JSON.parse(text) as unknown;
        const path = places[index] ?? [];
        const before = put(edited, path, value);
        const read = parsePlan(JSON.stringify(edited), "plan.json");
        if ("problem" in read) return true;
        return JSON.stringify(before) === JSON.stringify(value) || planDigest(read.plan) !== planDigest(plan);
      }),
      { numRuns: 400 },
    );
  });
});

/** Paths of all values in a document. */
function placesIn(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, item]) => placesIn(item, [...path, key]));
  return path.length === 0 ? inner : [path, ...inner];
}

/** Replaces a value and gives back what was there. */
function put(document: unknown, path: readonly (string | number)[], value: unknown): unknown {
  let at = document as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  const last = path.at(-1) ?? "";
  const before = at[last];
  at[last] = value;
  return before;
}
