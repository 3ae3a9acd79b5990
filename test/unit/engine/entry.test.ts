// Ledger entries from one step to the next.

import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/base/json.ts";
import {
  adoptedEntry,
  appliedEntry,
  deletedEntry,
  intendedEntry,
  recordedEntry,
  type SuccessInput,
  withDelivery,
  withoutRetiring,
} from "../../../src/engine/entry.ts";
import { doubtedEntry, withBareFingerprints } from "../../../src/engine/entry-secrets.ts";
import type { Intent, LedgerEntry } from "../../../src/model/ledger.ts";
import type { Step } from "../../../src/model/plan.ts";
import { rulesFor } from "../../laws/kinds.ts";
import { entry, inSeconds, NOW } from "./kit.ts";

const intent: Intent = {
  identity: "m.rule /identity x",
  known_ids: [],
  not_before: 0,
  not_after: 1,
  creator: null,
};

function step(more: Partial<Step> = {}): Step {
  return {
    id: "update m.rule.r",
    action: "update",
    address: "m.rule.r",
    kind: "m.rule",
    vendor_id: "rule_1",
    changes: [],
    needs: [],
    expects: { state: "any" },
    reason: "changed",
    risks: [],
    body: { fields: {}, defaults: {}, lifecycle: {}, needs: [] },
    ...more,
  };
}

function success(before: LedgerEntry | undefined, more: Partial<SuccessInput> = {}): SuccessInput {
  return {
    rules: rulesFor("m.rule"),
    before,
    step: step(),
    parent_id: undefined,
    live: { id: "rule_1" },
    fields: { source: "x", dest: 1 },
    now: NOW,
    ...more,
  };
}

const own = entry("m.rule", "rule_1", { source: "x", dest: 1 });
const create = step({ action: "create", reason: "new", vendor_id: null });

describe("while a create is under way", () => {
  test("the entry says what is being made and what was sent, and has no id", () => {
    const it = intendedEntry(undefined, create, "a", intent, { source: "x" }, inSeconds(0));
    expect(it).toMatchObject({
      status: "creating",
      id: null,
      parent_id: "a",
      applied: { source: "x" },
      intent,
    });
  });

  test("a replacement keeps the id that is still live", () => {
    const it = intendedEntry(
      own,
      { ...create, replacement: "create-first" },
      undefined,
      intent,
      {},
      inSeconds(0),
    );
    expect(it).toEqual({ ...own, intent });
  });

  test("protections and earlier ids stay", () => {
    const before: LedgerEntry = {
      ...own,
      prevent_destroy: true,
      retiring: [{ id: "rule_0", due: inSeconds(1) }],
    };
    const it = intendedEntry(before, create, undefined, intent, {}, inSeconds(0));
    expect(it).toMatchObject({ prevent_destroy: true, retiring: before.retiring });
  });
});

describe("after a create or an update", () => {
  test("a create owns what it sent and nothing from before", () => {
    const it = appliedEntry(success({ ...own, applied: { old: 1 } }, { step: create }));
    expect(it).toMatchObject({ status: "ready", id: "rule_1", applied: { source: "x", dest: 1 } });
    expect(Object.keys(it.applied)).toEqual(["source", "dest"]);
  });

  test("an update keeps what it did not send, and drops what it released", () => {
    const before = entry("m.gate", "a", { id: "a", note: "n", limit: 5, "opts.p": 1, "opts.q": 2 });
    const it = appliedEntry(
      success(before, {
        rules: rulesFor("m.gate"),
        step: step({ released: ["limit"] }),
        fields: { note: "m", opts: { p: 9 } },
      }),
    );
    expect(it.applied).toEqual({ id: "a", note: "m", "opts.p": 9, "opts.q": 2 });
  });

  test("the id that a replacement replaces is remembered until it is gone, due at once", () => {
    const it = appliedEntry(
      success(own, { step: { ...create, reason: "replaced" }, live: { id: "rule_2" } }),
    );
    expect(it).toMatchObject({ id: "rule_2", retiring: [{ id: "rule_1", due: inSeconds(0) }] });
  });

  test("intent and status of the create are over", () => {
    const it = appliedEntry(
      success(entry("m.rule", null, {}, { status: "creating", intent }), { step: create }),
    );
    expect(it.status).toBe("ready");
    expect(it.intent).toBeUndefined();
  });

  test("an update keeps the intent of an interrupted replacement, whose left-over has yet to go", () => {
    expect(appliedEntry(success({ ...own, intent })).intent).toEqual(intent);
  });

  test("protections that the file leaves out stay, and change by an explicit value", () => {
    const before: LedgerEntry = { ...own, prevent_destroy: true, on_remove: "retain" };
    expect(appliedEntry(success(before))).toMatchObject({ prevent_destroy: true, on_remove: "retain" });
    const lifecycle = { prevent_destroy: false };
    const off = step({ body: { fields: {}, defaults: {}, lifecycle, needs: [] } });
    expect(appliedEntry(success(before, { step: off })).prevent_destroy).toBe(false);
  });

  test("a kind that settles remembers the values from before, and whether it was made just now", () => {
    const changes = [{ path: "v", before: 1, after: 2, moved: "config" as const }];
    const rules = rulesFor("m.slow");
    expect(appliedEntry(success(own, { rules, step: step({ changes }) })).settling).toEqual({
      until: inSeconds(60),
      before: { v: 1 },
    });
    expect(appliedEntry(success(undefined, { rules, step: create })).settling?.created).toBe(true);
    expect(appliedEntry(success(own)).settling).toBeUndefined();
  });

  test("deliveries of an update's key stay, those of a replaced one do not", () => {
    const delivered = [{ sink: "file", target: "k", at: inSeconds(0) }];
    expect(appliedEntry(success({ ...own, delivered })).delivered).toEqual(delivered);
    const replaced = success({ ...own, delivered }, { step: create, live: { id: "rule_2" } });
    expect(appliedEntry(replaced).delivered).toBeUndefined();
  });
});

describe("after an adoption", () => {
  const adopting = (fields: Record<string, JsonValue>): Step =>
    step({ action: "adopt", reason: "existing", expects: { state: "present", id: "conf_1", fields } });
  const secret = { $secret: { fingerprint: "k:1" } };

  test("what is live counts as last applied, so that the next difference is the file's", () => {
    const it = adoptedEntry(success(undefined, { step: adopting({ source: "x", dest: 7 }) }));
    expect(it.applied).toEqual({ source: "x", dest: 7 });
  });

  test("a secret that nobody can read is not known", () => {
    const it = adoptedEntry(
      success(undefined, {
        rules: rulesFor("m.conf"),
        step: adopting({ slug: "s" }),
        fields: { slug: "s", secret },
      }),
    );
    expect(it.applied).toEqual({ slug: "s" });
  });

  test("of what a cut-off create of ours made, the secret that it sent is known", () => {
    const before = entry("m.conf", null, { slug: "s", secret }, { status: "creating" });
    const other = { $secret: { fingerprint: "k:2" } };
    const it = adoptedEntry(
      success(before, {
        rules: rulesFor("m.conf"),
        step: adopting({ slug: "s" }),
        fields: { slug: "s", secret: other },
      }),
    );
    expect(it.applied.secret).toEqual(secret);
  });
});

describe("after a ledger-only step", () => {
  test("claimed fields are owned, released ones are not, and nothing else moves", () => {
    const before = { ...own, applied: { source: "x", target: null } };
    const it = recordedEntry({
      ...success(before),
      before,
      step: step({ action: "record", claimed: ["dest"], released: ["target"] }),
    });
    expect(it).toMatchObject({ id: "rule_1", applied: { source: "x", dest: 1 } });
    expect(Object.hasOwn(it.applied, "target")).toBe(false);
  });
});

describe("after a delete", () => {
  const remove = (more: Partial<Step> = {}) => step({ action: "delete", reason: "removed", ...more });

  test("nothing is left to remember", () => {
    expect(deletedEntry(own, remove(), inSeconds(0))).toBeUndefined();
  });

  test("the first half of a gap remembers that its second half is missing", () => {
    const it = deletedEntry(
      { ...own, mark: "m" },
      remove({ reason: "replaced", replacement: "gap" }),
      inSeconds(0),
    );
    expect(it).toMatchObject({ status: "deleted", id: "rule_1", applied: {} });
    expect(it?.mark).toBeUndefined();
  });

  test("of a replaced one only its own id goes from the entry of its successor", () => {
    const successor = { ...own, id: "rule_2", retiring: [{ id: "rule_1", due: inSeconds(0) }] };
    const it = deletedEntry(
      successor,
      remove({ reason: "replaced", replacement: "create-first" }),
      inSeconds(0),
    );
    expect(it).toMatchObject({ id: "rule_2" });
    expect(it?.retiring).toBeUndefined();
  });

  test("of something else leaves the entry as it is", () => {
    expect(deletedEntry(own, remove({ vendor_id: "rule_9" }), inSeconds(0))).toBe(own);
  });

  test("of an interrupted create's left-over takes its intent away, and an empty entry with it", () => {
    const leftover = remove({ reason: "interrupted", vendor_id: "rule_5" });
    expect(deletedEntry({ ...own, intent }, leftover, inSeconds(0))).toEqual(own);
    const creating = entry("m.rule", null, {}, { status: "creating", intent });
    expect(deletedEntry(creating, leftover, inSeconds(0))).toBeUndefined();
  });
});

describe("earlier ids", () => {
  test("are remembered once each", () => {
    const it = withDelivery(withDelivery(own, "rule_0", inSeconds(1)), "rule_0", inSeconds(2));
    expect(it.retiring).toEqual([{ id: "rule_0", due: inSeconds(2), delivering: true }]);
    expect(withoutRetiring(it, "rule_0")).toEqual(own);
  });
});

describe("secrets in an entry", () => {
  test("are fingerprints without their sources", () => {
    const fields = { secret: { $secret: { source: { env: "KEY" }, fingerprint: "k:1" } } };
    expect(withBareFingerprints(fields, () => "k:2")).toEqual({
      secret: { $secret: { fingerprint: "k:2" } },
    });
    expect(withBareFingerprints(fields, () => undefined)).toEqual({ secret: { $secret: {} } });
  });

  test("that are being written equal no value, and keep the id of their key", () => {
    const before = entry("m.conf", "conf_1", { slug: "s", secret: { $secret: { fingerprint: "k:1" } } });
    expect(doubtedEntry(before, ["secret"]).applied).toEqual({
      slug: "s",
      secret: { $secret: { fingerprint: "k:in-doubt" } },
    });
  });
});
