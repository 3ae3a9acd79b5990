// Which values wait for the end of a delivery: those that a sink may have, and no others.

import { expect, test } from "vitest";
import { aheadOf, withHolders } from "../../../src/engine/holders.ts";
import type { LedgerEntry, Retiring } from "../../../src/model/ledger.ts";

const NOW = "2026-11-21T12:00:00.000Z";
const DUE = "2026-11-22T12:00:00.000Z";

function entryWith(...retiring: readonly Retiring[]): LedgerEntry {
  return {
    kind: "vercel.key",
    status: "ready",
    id: "old",
    applied: {},
    needs: [],
    rotating: true,
    retiring,
    changed_at: NOW,
  };
}

const begun = (id: string, sinks?: readonly string[]): Retiring => ({
  id,
  due: NOW,
  delivering: true,
  ...(sinks === undefined ? {} : { sinks }),
});

test("a value that every sink has exchanged for a newer one goes when the grace is over", () => {
  const entry = entryWith(begun("first", ["a"]), begun("second", ["b"]), begun("third"));
  const { retiring } = withHolders(entry, { id: "third", may: ["a"], surely: ["a"], due: DUE });
  expect(retiring).toEqual([{ id: "first", due: DUE }, begun("second", ["b"]), begun("third", ["a"])]);
});

test("a value stays for the sink that may have it still, and one of which nobody knows where it is stays", () => {
  const entry = entryWith(begun("first", ["a", "b"]), begun("unknown"), begun("third"));
  const { retiring } = withHolders(entry, { id: "third", may: ["a", "b"], surely: ["a"], due: DUE });
  expect(retiring).toEqual([begun("first", ["b"]), begun("unknown"), begun("third", ["a", "b"])]);
});

test("a sink that may have the new value and may have kept the old one lets none of them go", () => {
  const entry = entryWith(begun("first", ["a"]), begun("third"));
  const { retiring } = withHolders(entry, { id: "third", may: ["a"], surely: [], due: DUE });
  expect(retiring).toEqual([begun("first", ["a"]), begun("third", ["a"])]);
});

test("sinks are ahead that have a value which others lack, and not those of one that only waits for its time", () => {
  expect(aheadOf(entryWith(begun("first", ["a"]), { id: "gone", due: DUE }, begun("unknown")))).toEqual([
    "a",
  ]);
  expect(aheadOf(undefined)).toEqual([]);
});
