// Waiting for a value ends where it makes no sense: the vendor's own answer to the write shows the old one.

import { describe, expect, test } from "vitest";
import { appliedEntry } from "../../../src/engine/entry.ts";
import type { KindRules } from "../../../src/model/kind-rules.ts";
import type { LedgerEntry } from "../../../src/model/ledger.ts";
import type { Step } from "../../../src/model/plan.ts";

const rules: KindRules = {
  kind: "t.slow",
  noun: "slow one",
  section: null,
  fields: { secret: { write_only: true } },
  ownership: "owned",
  identity: () => null,
  identity_fields: [],
  key_is_id: false,
  has_children: false,
  can_update: true,
  can_delete: true,
  one_time_value: false,
  can_renew: false,
  exclusive: "never",
  settles_within: 60,
};

const before: LedgerEntry = {
  kind: "t.slow",
  status: "ready",
  id: "1",
  applied: { limit: 5 },
  needs: [],
  changed_at: "",
};

function settlingAfter(answered: Readonly<Record<string, number | null>> | undefined) {
  const step: Step = {
    id: "update t.slow.a",
    action: "update",
    address: "t.slow.a",
    kind: "t.slow",
    vendor_id: "1",
    changes: [
      { path: "limit", before: 5, after: 9, moved: "config" },
      { path: "secret", before: null, after: { $secret: {} }, moved: "config", sensitive: true },
    ],
    needs: [],
    expects: { state: "any" },
    reason: "changed",
    risks: [],
  };
  const live = { id: "1", ...(answered === undefined ? {} : { fields: answered }) };
  return appliedEntry({ rules, before, step, parent_id: undefined, live, fields: { limit: 9 }, now: 0 })
    .settling?.before;
}

describe("after an update, a read may still show the value from before", () => {
  test("where the answer to the write shows the new one", () => {
    expect(settlingAfter({ limit: 9 })).toHaveProperty("limit", 5);
  });

  test("where nothing is known of the answer", () => {
    expect(settlingAfter(undefined)).toHaveProperty("limit", 5);
  });

  test("but not where the answer itself shows it: the vendor has ignored the value", () => {
    expect(settlingAfter({ limit: 5 })).not.toHaveProperty("limit");
  });

  test("and a value that is never answered says nothing", () => {
    expect(settlingAfter({ limit: 9 })).toHaveProperty("secret");
  });
});
