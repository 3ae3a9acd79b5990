// What the vendor shows of a stored secret, against what it showed after our last write.

import { describe, expect, test } from "vitest";
import { compareValues } from "../../../src/engine/compare.ts";
import { doubtOf, imprintedEntry } from "../../../src/engine/entry-secrets.ts";
import { type Held, heldOf, heldSecret } from "../../../src/engine/held.ts";
import type { LedgerEntry } from "../../../src/model/ledger.ts";
import type { Imprint } from "../../../src/model/live.ts";

const OURS: Imprint = { at: 1_000, preview: "k1:aa", rest: "sha256:one" };

test.each<[string, Imprint | undefined, Imprint | undefined, Held]>([
  ["the same", OURS, OURS, "written"],
  ["nothing now", OURS, undefined, "written"],
  ["nothing then", undefined, OURS, "written"],
  ["a later time", OURS, { ...OURS, at: 1_001 }, "overwritten"],
  [
    "an earlier time, of a read that lags, with the piece from before",
    OURS,
    { ...OURS, at: 999, preview: "k1:bb" },
    "written",
  ],
  ["another piece at the same time", OURS, { ...OURS, preview: "k1:bb" }, "overwritten"],
  ["a piece that another key has made", OURS, { ...OURS, preview: "k2:bb" }, "written"],
  ["a later time and another field", OURS, { ...OURS, at: 1_001, rest: "sha256:two" }, "touched"],
  [
    "a later time, another field and another piece",
    OURS,
    { at: 1_001, preview: "k1:bb", rest: "sha256:two" },
    "overwritten",
  ],
])("a vendor that shows %s", (_, known, now, held) => {
  expect(
    heldOf(known === undefined ? {} : { imprint: known }, now === undefined ? {} : { imprint: now }),
  ).toBe(held);
});

describe("a secret in the ledger", () => {
  const known = { $secret: { fingerprint: "k1:00" } };
  const same = { $secret: { source: { env: "A" }, fingerprint: "k1:00" } };
  const other = { $secret: { source: { env: "A" }, fingerprint: "k1:01" } };
  const foreign = { $secret: { source: { env: "A" }, fingerprint: "k2:00" } };

  test.each<[Held, string, string, string]>([
    ["written", "same", "different", "not-comparable"],
    ["overwritten", "different", "different", "different"],
    ["touched", "not-comparable", "different", "not-comparable"],
  ])("that is %s equals what is declared as far as can be told", (held, ...expected) => {
    const now = heldSecret(known, held);
    expect([same, other, foreign].map((declared) => compareValues(declared, now))).toEqual(expected);
  });

  test.each<[Held, string]>([
    ["written", "same"],
    ["overwritten", "not-comparable"],
    ["touched", "not-comparable"],
  ])("that was never verified and is %s is written for another declared value alone", (held, expected) => {
    const now = heldSecret({ $secret: { fingerprint: "k1:00", unverified: true } }, held);
    expect([same, other].map((declared) => compareValues(declared, now))).toEqual([expected, "different"]);
  });

  test("whose write was cut off says nothing of somebody else", () => {
    const doubt = { $secret: { fingerprint: doubtOf("k1:00") } };
    for (const held of ["written", "overwritten", "touched"] as const)
      expect(heldSecret(doubt, held)).toEqual(doubt);
  });

  test("without a fingerprint has no piece of it kept, either", () => {
    const entry = (applied: LedgerEntry["applied"]): LedgerEntry => ({
      kind: "a.b",
      status: "ready",
      id: "1",
      applied,
      needs: [],
      changed_at: "2026-11-21T00:00:00Z",
    });
    const { preview: _, ...rest } = OURS;
    expect(imprintedEntry(entry({ secret: known }), OURS).imprint).toEqual(OURS);
    expect(imprintedEntry(entry({ secret: { $secret: {} } }), OURS).imprint).toEqual(rest);
    expect(imprintedEntry(entry({}), OURS).imprint).toEqual(rest);
  });
});
