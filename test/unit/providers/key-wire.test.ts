// A key's codec: the file's form to the API's and back, and the canonical forms.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type JsonValue, jsonEqual } from "../../../src/base/json.ts";
import { canonicalValue } from "../../../src/engine/normalise.ts";
import { policyOf } from "../../../src/model/kind-rules.ts";
import { budgetToWire } from "../../../src/providers/vercel/kinds/budget-fields.ts";
import { key } from "../../../src/providers/vercel/kinds/key.ts";
import {
  budgetFromWire,
  keyFromWire,
  type Quota,
  type WireKey,
} from "../../../src/providers/vercel/kinds/key-wire.ts";

const canonical = (field: string, value: JsonValue) => canonicalValue(policyOf(key.rules, field), value);

const budget = fc.record({
  limit: fc.double({ min: 1, max: 1e6, noNaN: true }),
  refresh_period: fc.constantFrom("daily", "weekly", "monthly", "none"),
  include_byok: fc.boolean(),
  alert_thresholds: fc.subarray([50, 75, 100]),
});

test("a budget comes back from the wire as it went there", () => {
  fc.assert(
    fc.property(budget, (value) => {
      // What was sent is a valid quota; the server adds members that are not read.
      expect(budgetFromWire(budgetToWire(value) as Quota)).toEqual(value);
    }),
  );
});

test("only declared members of a budget go to the wire", () => {
  fc.assert(
    fc.property(fc.subarray(["limit", "refresh_period", "include_byok"] as const), (names) => {
      const whole = { limit: 1, refresh_period: "daily", include_byok: true };
      const part = Object.fromEntries(names.map((name) => [name, whole[name]]));
      expect(Object.keys(budgetToWire(part))).toHaveLength(names.length);
    }),
  );
});

test.each([
  ["archived", { limitAmount: 5, archived: true }],
  ["switched off", { limitAmount: 5, active: false }],
  ["null", null],
  ["absent", undefined],
])("a quota that is %s is no budget", (_, quota) => {
  expect(budgetFromWire(quota)).toBeNull();
});

test("a time comes back from the wire as the same moment in canonical form", () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date("2020-01-01"), max: new Date("2099-01-01"), noInvalidDate: true }),
      (date) => {
        const { fields } = keyFromWire({ id: "k", name: "n", expiresAt: date.getTime() }, null);
        expect(fields.expires_at).toBe(canonical("expires_at", date.toISOString()));
      },
    ),
  );
});

describe("equal values have one form:", () => {
  test.each<[string, JsonValue, JsonValue]>([
    ["expires_at", "2027-06-30T02:00:00+02:00", "2027-06-30T00:00:00.000Z"],
    ["budget", { limit: 5, alert_thresholds: [100, 50, 50] }, { limit: 5, alert_thresholds: [50, 100] }],
  ])("%s: %j and %j", (field, one, other) => {
    expect(canonical(field, one)).toEqual(canonical(field, other));
  });

  test("and it is the canonical form of itself", () => {
    fc.assert(
      fc.property(fc.option(budget, { nil: null }), (value) => {
        const once = canonical("budget", value);
        return jsonEqual(canonical("budget", once), once);
      }),
    );
  });
});

test("taking a budget away is a risk, changing it is none", () => {
  const risk = policyOf(key.rules, "budget").risk;
  expect(risk?.when({ limit: 5 }, null)).toBe(true);
  expect(risk?.when(null, { limit: 5 })).toBe(false);
  expect(risk?.when({ limit: 5 }, { limit: 9 })).toBe(false);
});

describe("a key's state", () => {
  const NOW = Date.UTC(2026, 10, 1);
  const state = (more: Partial<WireKey>) =>
    key.rules.state?.(keyFromWire({ id: "k", name: "n", ...more }, null).fields, NOW);

  test.each([{}, { expiresAt: null, leakedAt: null }, { expiresAt: NOW + 1 }])("of %j is good", (wire) => {
    expect(state(wire)).toBeUndefined();
  });

  test.each([
    [{ expiresAt: NOW }, "has expired at 2026-11-01T00:00:00Z", "another `expires_at`"],
    [{ leakedAt: NOW - 1000 }, "was found in public at 2026-10-31T23:59:59Z", "`gateform rotate`"],
    [{ leakedAt: NOW - 1000, expiresAt: NOW - 500 }, "was found in public", "another `expires_at`"],
  ])("of %j says that requests are refused, and what makes a new one", (wire, text, hint) => {
    expect(state(wire)).toMatchObject({
      failed: true,
      text: expect.stringContaining(text),
      hint: expect.stringContaining(hint),
    });
  });
});
