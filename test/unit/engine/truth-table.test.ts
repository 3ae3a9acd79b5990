// The truth table of design §3, row by row, as it stands above the code of decide.ts and undeclared.ts.

import { describe, expect, test } from "vitest";
import type { LedgerEntry } from "../../../src/model/ledger.ts";
import {
  declare,
  entry,
  idsOf,
  inSeconds,
  live,
  NOW,
  planOf,
  refusalOf,
  type Setting,
  stepsOf,
} from "./kit.ts";

const rule = declare("m.rule.r", { source: "x", dest: 1 });
const liveRule = live("m.rule", "rule_1", { source: "x", dest: 1, target: null });
const ownRule = entry("m.rule", "rule_1", { source: "x", dest: 1 });
const key = declare("m.key.k", { name: "k" }, { deliver: [{ file: { path: "k.txt", format: "raw" } }] });
const gone = ["m.rule /rule_1"];
const intent = {
  identity: "m.rule /identity x",
  known_ids: [],
  not_before: NOW - 60_000,
  not_after: NOW,
  creator: "me",
};
const made = { created_at: NOW - 30_000, created_by: "me" };
const creating = entry("m.rule", null, {}, { status: "creating", intent });

const pass = declare("m.pass.p", { name: "p" }, { deliver: [{ file: { path: "p.txt", format: "raw" } }] });
/** What a create that was cut off before the delivery has made, and what the ledger has then. */
const lost = (kind: string, id: string, name: string) => live(kind, id, { name }, made);
const losing = (kind: string, name: string) =>
  entry(
    kind,
    null,
    { name },
    { status: "creating", intent: { ...intent, identity: `${kind} /name ${name}` } },
  );

interface Row {
  readonly case: string;
  readonly given: Setting;
  readonly address?: string;
  readonly steps?: readonly string[];
  readonly refused?: string;
}

const DECLARED: readonly Row[] = [
  {
    case: "declared, not live, not in the ledger: create",
    given: { declared: [rule] },
    steps: ["create new"],
  },
  {
    case: "declared, in the ledger, known gone: create again",
    given: { declared: [rule], ledger: { "m.rule.r": ownRule }, absent: gone },
    steps: ["create vanished"],
  },
  {
    case: "declared, in the ledger, only not listed: untouched, absence is believed late",
    given: { declared: [rule], ledger: { "m.rule.r": ownRule } },
    refused: "UNKNOWN",
  },
  {
    case: "declared, just created, not listed yet: settling, neither missing nor made again",
    given: {
      declared: [rule],
      ledger: {
        "m.rule.r": { ...ownRule, settling: { until: inSeconds(30), before: {}, created: true } },
      },
    },
    steps: [],
  },
  {
    case: "declared, created some time ago, known gone: create again",
    given: {
      declared: [rule],
      ledger: {
        "m.rule.r": { ...ownRule, settling: { until: inSeconds(-1), before: {}, created: true } },
      },
      absent: gone,
    },
    steps: ["create vanished"],
  },
  {
    case: "declared, live under this id, equal: nothing",
    given: { declared: [rule], live: [liveRule], ledger: { "m.rule.r": ownRule } },
    steps: [],
  },
  {
    case: "declared, live under this id, differs: update",
    given: {
      declared: [declare("m.rule.r", { source: "x", dest: 2 })],
      live: [liveRule],
      ledger: { "m.rule.r": ownRule },
    },
    steps: ["update changed"],
  },
  {
    case: "an immutable field differs: replace, the new one first",
    given: {
      declared: [declare("m.rule.r", { source: "y", dest: 1 })],
      live: [liveRule],
      ledger: { "m.rule.r": ownRule },
    },
    steps: ["create replaced", "delete replaced"],
  },
  {
    case: "the kind has no update: replace, the old one first where the identity stays",
    given: {
      declared: [declare("m.solid.f", { code: "c", size: 2 })],
      live: [live("m.solid", "solid_1", { code: "c", size: 1 })],
      ledger: { "m.solid.f": entry("m.solid", "solid_1", { code: "c", size: 1 }) },
    },
    address: "m.solid.f",
    steps: ["delete replaced", "create replaced"],
  },
  {
    case: "live, not in the ledger: refused, it belongs to somebody",
    given: { declared: [rule], live: [liveRule] },
    refused: "NOT_OWNED",
  },
  {
    case: "live, without any ledger: ownership is unknown",
    given: { declared: [rule], live: [liveRule], ledger: null },
    refused: "OWNERSHIP_UNKNOWN",
  },
  {
    case: "live under another id than the ledger's: refused",
    given: {
      declared: [rule],
      live: [{ ...liveRule, id: "rule_2" }],
      ledger: { "m.rule.r": ownRule },
      absent: gone,
    },
    refused: "NOT_OWNED",
  },
  {
    case: "live under the same id in another incarnation: refused",
    given: {
      declared: [declare("m.gate.a", { id: "a" })],
      live: [live("m.gate", "a", { id: "a" }, { mark: "2026-02" })],
      ledger: { "m.gate.a": entry("m.gate", "a", { id: "a" }, { mark: "2026-01" }) },
    },
    address: "m.gate.a",
    refused: "NOT_OWNED",
  },
  {
    case: "another incarnation of the id, with adopt: taken over",
    given: {
      declared: [declare("m.gate.a", { id: "a" })],
      live: [live("m.gate", "a", { id: "a" }, { mark: "2026-02" })],
      ledger: { "m.gate.a": entry("m.gate", "a", { id: "a" }, { mark: "2026-01" }) },
      options: { adopt: true },
    },
    address: "m.gate.a",
    steps: ["adopt existing"],
  },
  {
    case: "live, not in the ledger, with adopt: taken over",
    given: { declared: [rule], live: [liveRule], options: { adopt: true } },
    steps: ["adopt existing"],
  },
  {
    case: "live, not in the ledger, with policy.adopt: taken over",
    given: { declared: [rule], live: [liveRule], policy: { adopt: true } },
    steps: ["adopt existing"],
  },
  {
    case: "taken over and different: adopt, then update",
    given: {
      declared: [declare("m.rule.r", { source: "x", dest: 2 })],
      live: [liveRule],
      options: { adopt: true },
    },
    steps: ["adopt existing", "update existing"],
  },
  {
    case: "taken over where that would replace it: refused",
    given: {
      declared: [declare("m.solid.f", { code: "c", size: 2 })],
      live: [live("m.solid", "solid_1", { code: "c", size: 1 })],
      options: { adopt: true },
    },
    address: "m.solid.f",
    refused: "ADOPT_REPLACES",
  },
  {
    case: "one unowned live object of the name, where only the id identifies: refused",
    given: { declared: [key], live: [live("m.key", "key_1", { name: "k" })] },
    address: "m.key.k",
    refused: "NOT_OWNED",
  },
  {
    case: "several of the name: ambiguous, also with adopt",
    given: {
      declared: [key],
      live: [live("m.key", "key_1", { name: "k" }), live("m.key", "key_2", { name: "k" })],
      options: { adopt: true },
    },
    address: "m.key.k",
    refused: "AMBIGUOUS",
  },
  {
    case: "adopt ADDRESS=ID takes exactly that one, whatever else has the name",
    given: {
      declared: [key],
      live: [live("m.key", "key_1", { name: "k" }), live("m.key", "key_2", { name: "k" })],
      options: { adopt_ids: { "m.key.k": "key_2" } },
    },
    address: "m.key.k",
    steps: ["adopt existing"],
  },
  {
    case: "adopt of an id that is not there: refused",
    given: { declared: [rule], options: { adopt_ids: { "m.rule.r": "rule_9" } } },
    refused: "NOT_FOUND",
  },
  {
    case: "adopt of what another address owns: refused",
    given: {
      declared: [rule],
      live: [liveRule],
      ledger: { "m.rule.other": ownRule },
      scopes: [],
      options: { adopt_ids: { "m.rule.r": "rule_1" } },
    },
    refused: "OWNED_ELSEWHERE",
  },
  {
    case: "adopt of what is owned and live already: refused",
    given: {
      declared: [rule],
      live: [liveRule],
      ledger: { "m.rule.r": ownRule },
      options: { adopt_ids: { "m.rule.r": "rule_1" } },
    },
    refused: "ALREADY_OWNED",
  },
  {
    case: "a one-time value without a sink: refused before the key exists",
    given: { declared: [declare("m.key.k", { name: "k" })] },
    address: "m.key.k",
    refused: "NO_SINK",
  },
  {
    case: "made by a cut-off create, its value lost: deleted and made again",
    given: {
      declared: [key],
      live: [lost("m.key", "key_1", "k")],
      ledger: { "m.key.k": losing("m.key", "k") },
    },
    address: "m.key.k",
    steps: ["delete interrupted", "create interrupted"],
  },
  {
    case: "the same where the vendor gives another value: that one gets it",
    given: {
      declared: [pass],
      live: [lost("m.pass", "pass_1", "p")],
      ledger: { "m.pass.p": losing("m.pass", "p") },
    },
    address: "m.pass.p",
    steps: ["update undelivered"],
  },
  {
    case: "the same, and the file asks for another name by now: that one gets both",
    given: {
      declared: [{ ...pass, fields: { name: "q" } }],
      live: [lost("m.pass", "pass_1", "p")],
      ledger: { "m.pass.p": losing("m.pass", "p") },
    },
    address: "m.pass.p",
    steps: ["update undelivered"],
  },
  {
    case: "the same, and what it was to replace is gone: deleted and made again",
    given: {
      declared: [pass],
      live: [lost("m.pass", "pass_2", "p")],
      ledger: { "m.pass.p": { ...losing("m.pass", "p"), status: "ready", id: "pass_1" } },
      absent: ["m.pass /pass_1"],
    },
    address: "m.pass.p",
    steps: ["delete interrupted", "create interrupted"],
  },
  {
    case: "the same while a sink may have its value: it goes when another is delivered",
    given: {
      declared: [pass],
      live: [lost("m.pass", "pass_1", "p")],
      ledger: {
        "m.pass.p": { ...losing("m.pass", "p"), retiring: [{ id: "pass_1", due: inSeconds(-1) }] },
      },
    },
    address: "m.pass.p",
    steps: ["create interrupted", "delete retired"],
  },
  {
    case: "the same, and somebody has made one of its name since: another is made beside that",
    given: {
      declared: [pass],
      live: [lost("m.pass", "pass_1", "p"), lost("m.pass", "pass_2", "p")],
      ledger: {
        "m.pass.p": entry(
          "m.pass",
          null,
          {},
          {
            status: "creating",
            retiring: [{ id: "pass_1", due: inSeconds(-1), delivering: true }],
          },
        ),
      },
    },
    address: "m.pass.p",
    steps: ["create interrupted", "delete retired"],
  },
  {
    case: "a shared thing that is there: used, never owned",
    given: { declared: [declare("m.store.main", {}, { implied: true })], live: [live("m.store", "store_1")] },
    address: "m.store.main",
    steps: [],
  },
  {
    case: "a shared thing that is not there: created",
    given: { declared: [declare("m.store.main", {}, { implied: true })] },
    address: "m.store.main",
    steps: ["create new"],
  },
  {
    case: "the list is incomplete: nothing is created",
    given: { declared: [rule], unread: ["m.rule"] },
    refused: "READ_INCOMPLETE",
  },
  {
    case: "the list is incomplete: nothing is replaced",
    given: {
      declared: [declare("m.rule.r", { source: "y" })],
      live: [liveRule],
      ledger: { "m.rule.r": ownRule },
      unread: ["m.rule"],
    },
    refused: "READ_INCOMPLETE",
  },
  {
    case: "the list is incomplete: what it showed is updated all the same",
    given: {
      declared: [declare("m.rule.r", { source: "x", dest: 2 })],
      live: [liveRule],
      ledger: { "m.rule.r": ownRule },
      unread: ["m.rule"],
    },
    steps: ["update changed"],
  },
  {
    case: "replaced while prevent_destroy is declared: refused",
    given: {
      declared: [declare("m.rule.r", { source: "y" }, { lifecycle: { prevent_destroy: true } })],
      live: [liveRule],
      ledger: { "m.rule.r": ownRule },
    },
    refused: "PREVENT_DESTROY",
  },
  {
    case: "replaced while only the ledger remembers prevent_destroy: refused",
    given: {
      declared: [declare("m.rule.r", { source: "y" })],
      live: [liveRule],
      ledger: { "m.rule.r": { ...ownRule, prevent_destroy: true } },
    },
    refused: "PREVENT_DESTROY",
  },
  {
    case: "replaced with prevent_destroy: false in the file: allowed",
    given: {
      declared: [declare("m.rule.r", { source: "y" }, { lifecycle: { prevent_destroy: false } })],
      live: [liveRule],
      ledger: { "m.rule.r": { ...ownRule, prevent_destroy: true } },
    },
    steps: ["create replaced", "delete replaced"],
  },
  {
    case: "replaced under prune: never: refused",
    given: {
      declared: [declare("m.rule.r", { source: "y" })],
      live: [liveRule],
      ledger: { "m.rule.r": ownRule },
      policy: { prune: "never" },
    },
    refused: "REPLACE_FORBIDDEN",
  },
];

const INTERRUPTED: readonly Row[] = [
  {
    case: "creating, and nothing was made: create",
    given: { declared: [rule], ledger: { "m.rule.r": creating } },
    steps: ["create interrupted"],
  },
  {
    case: "creating, and one was made in the window by us: taken over",
    given: { declared: [rule], live: [{ ...liveRule, ...made }], ledger: { "m.rule.r": creating } },
    steps: ["adopt interrupted"],
  },
  {
    case: "creating, and what was made differs in an immutable field: removed and made anew",
    given: {
      declared: [declare("m.solid.f", { code: "c", size: 2 })],
      live: [live("m.solid", "solid_1", { code: "c", size: 1 }, made)],
      ledger: {
        "m.solid.f": entry(
          "m.solid",
          null,
          {},
          {
            status: "creating",
            intent: { ...intent, identity: "m.solid /identity c" },
          },
        ),
      },
    },
    address: "m.solid.f",
    steps: ["delete interrupted", "create interrupted"],
  },
  {
    case: "creating, and somebody else made one: asked about, never touched",
    given: {
      declared: [rule],
      live: [{ ...liveRule, ...made, created_by: "somebody" }],
      ledger: { "m.rule.r": creating },
    },
    refused: "AMBIGUOUS",
  },
  {
    case: "creating, and one was made outside the window: asked about",
    given: {
      declared: [rule],
      live: [{ ...liveRule, ...made, created_at: NOW + 1 }],
      ledger: { "m.rule.r": creating },
    },
    refused: "AMBIGUOUS",
  },
  {
    case: "creating, and one was there before: foreign, as without a crash",
    given: {
      declared: [rule],
      live: [{ ...liveRule, ...made }],
      ledger: { "m.rule.r": { ...creating, intent: { ...intent, known_ids: ["rule_1"] } } },
    },
    refused: "NOT_OWNED",
  },
  {
    case: "creating, and the list is incomplete: nothing is made",
    given: { declared: [rule], ledger: { "m.rule.r": creating }, unread: ["m.rule"] },
    refused: "READ_INCOMPLETE",
  },
  {
    case: "creating a key whose value was lost: removed and made anew",
    given: {
      declared: [key],
      live: [live("m.key", "key_1", { name: "k" }, made)],
      ledger: {
        "m.key.k": entry(
          "m.key",
          null,
          {},
          {
            status: "creating",
            intent: { ...intent, identity: "m.key /name k" },
          },
        ),
      },
    },
    address: "m.key.k",
    steps: ["delete interrupted", "create interrupted"],
  },
  {
    case: "creating several keys of one name within the window: asked about",
    given: {
      declared: [key],
      live: [live("m.key", "key_1", { name: "k" }, made), live("m.key", "key_2", { name: "k" }, made)],
      ledger: {
        "m.key.k": entry(
          "m.key",
          null,
          {},
          {
            status: "creating",
            intent: { ...intent, identity: "m.key /name k" },
          },
        ),
      },
    },
    address: "m.key.k",
    refused: "AMBIGUOUS",
  },
  {
    case: "deleted, not yet created: create",
    given: { declared: [rule], ledger: { "m.rule.r": entry("m.rule", null, {}, { status: "deleted" }) } },
    steps: ["create interrupted"],
  },
  {
    case: "an interrupted replacement whose successor is there and right: taken over, then the old one goes",
    given: {
      declared: [declare("m.rule.r", { source: "y", dest: 1 })],
      live: [liveRule, live("m.rule", "rule_2", { source: "y", dest: 1 }, made)],
      ledger: { "m.rule.r": { ...ownRule, intent: { ...intent, identity: "m.rule /identity y" } } },
    },
    steps: ["adopt interrupted", "delete replaced"],
  },
  {
    case: "an interrupted replacement that the file has moved on from: its left-over goes",
    given: {
      declared: [rule],
      live: [liveRule, live("m.rule", "rule_2", { source: "y", dest: 1 }, made)],
      ledger: { "m.rule.r": { ...ownRule, intent: { ...intent, identity: "m.rule /identity y" } } },
    },
    steps: ["delete interrupted"],
  },
  {
    case: "what another address's interrupted create made is ours, and gives its identity up",
    given: {
      declared: [declare("m.rule.s", { source: "x" })],
      live: [{ ...liveRule, ...made }],
      ledger: { "m.rule.r": creating },
    },
    address: "m.rule.s",
    steps: ["create new"],
  },
];

const UNDECLARED: readonly Row[] = [
  {
    case: "in the ledger and live, no longer declared: delete",
    given: { live: [liveRule], ledger: { "m.rule.r": ownRule } },
    steps: ["delete removed"],
  },
  {
    case: "no longer declared, on_remove retain: forget",
    given: { live: [liveRule], ledger: { "m.rule.r": { ...ownRule, on_remove: "retain" } } },
    steps: ["forget retained"],
  },
  {
    case: "no longer declared, and the kind cannot be deleted: forget",
    given: {
      live: [live("m.stone", "stone_1", { name: "m" })],
      ledger: { "m.stone.m": entry("m.stone", "stone_1", { name: "m" }) },
    },
    address: "m.stone.m",
    steps: ["forget retained"],
  },
  {
    case: "no longer declared, prune never: kept",
    given: { live: [liveRule], ledger: { "m.rule.r": ownRule }, policy: { prune: "never" } },
    steps: [],
  },
  {
    case: "prune never does not hold against destroy",
    given: {
      live: [liveRule],
      ledger: { "m.rule.r": ownRule },
      policy: { prune: "never" },
      options: { destroy: true },
    },
    steps: ["delete destroyed"],
  },
  {
    case: "no longer declared, prevent_destroy in the ledger: refused",
    given: { live: [liveRule], ledger: { "m.rule.r": { ...ownRule, prevent_destroy: true } } },
    refused: "PREVENT_DESTROY",
  },
  {
    case: "prevent_destroy holds against destroy",
    given: {
      live: [liveRule],
      ledger: { "m.rule.r": { ...ownRule, prevent_destroy: true } },
      options: { destroy: true },
    },
    refused: "PREVENT_DESTROY",
  },
  {
    case: "no longer declared, known gone: forget",
    given: { ledger: { "m.rule.r": ownRule }, absent: gone },
    steps: ["forget gone"],
  },
  {
    case: "no longer declared, only not listed: untouched",
    given: { ledger: { "m.rule.r": ownRule } },
    refused: "UNKNOWN",
  },
  {
    case: "no longer declared, live in another incarnation: forget, that one is not ours",
    given: {
      live: [live("m.gate", "a", { id: "a" }, { mark: "2026-02", children: [] })],
      ledger: { "m.gate.a": entry("m.gate", "a", {}, { mark: "2026-01" }) },
    },
    address: "m.gate.a",
    steps: ["forget gone"],
  },
  {
    case: "its section is not in the file: refused, naming both ways out",
    given: { live: [liveRule], ledger: { "m.rule.r": ownRule }, scopes: [{ kind: "m.key" }] },
    refused: "OUT_OF_SCOPE",
  },
  {
    case: "its list is incomplete: not deleted",
    given: { live: [liveRule], ledger: { "m.rule.r": ownRule }, unread: ["m.rule"] },
    refused: "READ_INCOMPLETE",
  },
  {
    case: "an interrupted create that is no longer declared, made nothing: forget",
    given: { ledger: { "m.rule.r": creating } },
    steps: ["forget gone"],
  },
  {
    case: "an interrupted create that is no longer declared, made one: delete",
    given: { live: [{ ...liveRule, ...made }], ledger: { "m.rule.r": creating } },
    steps: ["delete interrupted"],
  },
  {
    case: "an interrupted create of an id that anybody may choose is not deleted on an intent alone",
    given: {
      live: [live("m.gate", "a", { id: "a" }, { ...made, children: [] })],
      ledger: {
        "m.gate.a": entry(
          "m.gate",
          null,
          {},
          {
            status: "creating",
            intent: { ...intent, identity: "m.gate /identity a" },
          },
        ),
      },
    },
    address: "m.gate.a",
    refused: "AMBIGUOUS",
  },
  {
    case: "the first half of a replacement that is no longer declared: forget",
    given: { ledger: { "m.rule.r": entry("m.rule", null, {}, { status: "deleted" }) } },
    steps: ["forget gone"],
  },
  {
    case: "an earlier id whose time is over: delete",
    given: {
      declared: [rule],
      live: [liveRule, live("m.rule", "rule_0", { source: "w", dest: 1 })],
      ledger: { "m.rule.r": { ...ownRule, retiring: [{ id: "rule_0", due: inSeconds(-1) }] } },
    },
    steps: ["delete retired"],
  },
  {
    case: "an earlier id whose time is not over: stays",
    given: {
      declared: [rule],
      live: [liveRule, live("m.rule", "rule_0", { source: "w", dest: 1 })],
      ledger: { "m.rule.r": { ...ownRule, retiring: [{ id: "rule_0", due: inSeconds(60) }] } },
    },
    steps: [],
  },
  {
    case: "an earlier id of what is removed goes with it, due or not",
    given: {
      live: [liveRule, live("m.rule", "rule_0", { source: "w", dest: 1 })],
      ledger: { "m.rule.r": { ...ownRule, retiring: [{ id: "rule_0", due: inSeconds(60) }] } },
    },
    steps: ["delete retired", "delete removed"],
  },
  {
    case: "an earlier id of what is kept by the policy: stays until its time is over",
    given: {
      live: [liveRule, live("m.rule", "rule_0", { source: "w", dest: 1 })],
      ledger: { "m.rule.r": { ...ownRule, retiring: [{ id: "rule_0", due: inSeconds(60) }] } },
      policy: { prune: "never" },
    },
    steps: [],
  },
  {
    case: "an earlier id of what is to be let go of: nothing is forgotten until its time is over",
    given: {
      live: [liveRule, live("m.rule", "rule_0", { source: "w", dest: 1 })],
      ledger: {
        "m.rule.r": { ...ownRule, on_remove: "retain", retiring: [{ id: "rule_0", due: inSeconds(60) }] },
      },
    },
    steps: [],
  },
  {
    case: "the same when its time is over: delete, and forget the rest",
    given: {
      live: [liveRule, live("m.rule", "rule_0", { source: "w", dest: 1 })],
      ledger: {
        "m.rule.r": { ...ownRule, on_remove: "retain", retiring: [{ id: "rule_0", due: inSeconds(-1) }] },
      },
    },
    steps: ["delete retired", "forget retained"],
  },
  {
    case: "the same where some sinks have the one value and some the other: refused",
    given: {
      live: [liveRule, live("m.rule", "rule_0", { source: "w", dest: 1 })],
      ledger: {
        "m.rule.r": {
          ...ownRule,
          on_remove: "retain",
          retiring: [{ id: "rule_0", due: inSeconds(-1), delivering: true }],
        },
      },
    },
    refused: "HALF_DELIVERED",
  },
];

describe.each([
  ["a declared resource", DECLARED],
  ["what an earlier run left half done", INTERRUPTED],
  ["what is no longer declared", UNDECLARED],
])("%s", (_, rows) => {
  test.each(rows.map((row) => [row.case, row] as const))(
    "%s",
    (_case, { given, address = "m.rule.r", ...expected }) => {
      const plan = planOf(given);
      expect(refusalOf(plan, address)).toBe(expected.refused);
      expect(stepsOf(plan, address)).toEqual(expected.steps ?? []);
      expect(plan.diagnostics.filter((item) => item.severity === "error")).toEqual([]);
    },
  );
});

describe("what nobody declares and no ledger knows", () => {
  const foreign = live("m.rule", "rule_7", { source: "z", dest: 1 });

  test("is listed as unmanaged and not touched", () => {
    const plan = planOf({ live: [foreign] });
    expect(plan.steps).toEqual([]);
    expect(plan.unmanaged).toEqual([{ kind: "m.rule", id: "rule_7", name: "z" }]);
  });

  test("is deleted in an exclusive section, and counts", () => {
    const plan = planOf({ live: [foreign], policy: { exclusive: ["m.rules"] } });
    expect(idsOf(plan)).toEqual(["delete m.rule.z"]);
    expect(plan.summary.counted_deletes).toBe(1);
  });

  test.each([
    ["without a ledger", { ledger: null }],
    ["under prune: never", { policy: { exclusive: ["m.rules"], prune: "never" as const } }],
    ["where the list is incomplete", { unread: ["m.rule"] }],
  ])("is not deleted in an exclusive section %s", (_, more) => {
    const plan = planOf({ live: [foreign], policy: { exclusive: ["m.rules"] }, ...more });
    expect(plan.steps).toEqual([]);
  });

  test("is addressed by name and id where two have one name", () => {
    const twins = [live("m.key", "key_1", { name: "k" }), live("m.key", "key_2", { name: "k" })];
    const plan = planOf({ live: twins, policy: { exclusive: ["m.keys"] } });
    expect(idsOf(plan)).toEqual(["delete m.key.k-key_1", "delete m.key.k-key_2"]);
  });

  test("is no secret drain: what is owned, kept or refused is never listed as unmanaged", () => {
    const plan = planOf({
      declared: [rule],
      live: [liveRule, live("m.key", "key_1", { name: "k" })],
      ledger: { "m.key.k": entry("m.key", "key_1", {}) },
      policy: { prune: "never" },
    });
    expect(refusalOf(plan, "m.rule.r")).toBe("NOT_OWNED");
    expect(plan.kept).toEqual(["m.key.k"]);
    expect(plan.unmanaged).toEqual([]);
  });
});

describe("an interrupted create that is wanted under another identity", () => {
  test("waits for whoever holds that identity now", () => {
    const plan = planOf({
      declared: [declare("m.rule.r", { source: "y" }), declare("m.rule.s", { source: "x" })],
      live: [{ ...liveRule, ...made }, live("m.rule", "rule_2", { source: "y", dest: 1 })],
      ledger: { "m.rule.r": creating, "m.rule.s": entry("m.rule", "rule_2", { source: "y" }) },
    });
    const create = plan.steps.find((step) => step.id === "create m.rule.r");
    expect(create?.needs).toEqual(["delete m.rule.r#rule_1", "delete m.rule.s"]);
    expect(plan.refused).toEqual([]);
  });
});

describe("a created resource", () => {
  test("gets what the API requires and the file leaves out, beside the declared fields", () => {
    const [step] = planOf({ declared: [declare("m.gate.a", { id: "a", note: "n" })] }).steps;
    expect(step?.body?.fields).toEqual({ id: "a", note: "n" });
    expect(step?.body?.defaults).toEqual({ req: false });
    expect(step?.expects).toEqual({ state: "absent" });
  });

  test("records who has its name already", () => {
    const plan = planOf({
      declared: [key],
      live: [live("m.key", "key_1", { name: "k" })],
      ledger: { "m.key.other": entry("m.key", "key_1", { name: "k" }) },
      scopes: [],
    });
    expect(plan.steps.find((step) => step.id === "create m.key.k")?.known_ids).toEqual(["key_1"]);
  });
});

describe("an updated resource", () => {
  const secret = { $secret: { source: { env: "KEY" }, fingerprint: "k:1" } };
  const gate = declare("m.gate.a", { id: "a" });
  const conf = (label: string, more: Partial<typeof gate> = {}) =>
    declare(
      "m.conf.a/x",
      { slug: "x", alias: "default", label, secret },
      { parent: "m.gate.a", needs: ["m.gate.a"], ...more },
    );
  const given = (declared: ReturnType<typeof conf>, fingerprint: string): Setting => ({
    declared: [gate, declared],
    live: [
      live("m.gate", "a", { id: "a" }),
      live("m.conf", "conf_1", { slug: "x", alias: "default", label: "old" }, { parent_id: "a" }),
    ],
    ledger: {
      "m.gate.a": entry("m.gate", "a", { id: "a" }),
      "m.conf.a/x": entry(
        "m.conf",
        "conf_1",
        { slug: "x", alias: "default", label: "old", secret: { $secret: { fingerprint } } },
        { parent: "m.gate.a", parent_id: "a", needs: ["m.gate.a"] },
      ),
    },
  });
  const sent = (setting: Setting) => Object.keys(planOf(setting).steps[0]?.body?.fields ?? {}).sort();

  test("gets all declared fields but secrets that stay as they are", () => {
    expect(sent(given(conf("new"), "k:1"))).toEqual(["alias", "label", "slug"]);
    expect(sent(given(conf("new"), "k:2"))).toEqual(["alias", "label", "secret", "slug"]);
  });

  test("does not get what ignore_changes covers", () => {
    const ignoring = conf("new", { lifecycle: { ignore_changes: ["label"] } });
    expect(sent(given(ignoring, "k:2"))).toEqual(["alias", "secret", "slug"]);
  });
});

describe("what lived in something that is gone, where another one was made in its place", () => {
  const made = [live("m.gate", "new", { id: "a" })];
  const ledger = {
    "m.gate.a": entry("m.gate", "new", { id: "a" }),
    "m.conf.a/x": entry("m.conf", "c", {}, { parent: "m.gate.a", parent_id: "old" }),
  };
  const gate = declare("m.gate.a", { id: "a" });
  const conf = declare("m.conf.a/x", { slug: "x", alias: "default" }, { parent: "m.gate.a" });

  test("is made again in that", () => {
    const plan = planOf({ declared: [gate, conf], live: made, ledger, absent: ["m.gate /old"] });
    expect(stepsOf(plan, "m.conf.a/x")).toEqual(["create vanished"]);
    expect(plan.steps[0]?.parent_id).toBe("new");
  });

  test("is forgotten where it is no longer declared, also when the ledger has more of it to look for", () => {
    const retiring = { ...ledger["m.conf.a/x"], retiring: [{ id: "c0", due: inSeconds(60) }] };
    for (const child of [ledger["m.conf.a/x"], retiring]) {
      const given = { declared: [gate], live: made, ledger: { ...ledger, "m.conf.a/x": child } };
      expect(stepsOf(planOf({ ...given, absent: ["m.gate /old"] }), "m.conf.a/x")).toContain("forget gone");
    }
  });

  test("stays untouched as long as nothing confirms that the first one is gone", () => {
    const plan = planOf({ declared: [gate, conf], live: made, ledger });
    expect(refusalOf(plan, "m.conf.a/x")).toBe("UNKNOWN");
  });
});

describe("what lives in something that is let go of", () => {
  const inGate = { parent: "m.gate.a", parent_id: "a" };
  const lives = [
    live("m.gate", "a", { id: "a" }, { children: [] }),
    live("m.conf", "c", { slug: "x", alias: "default" }, { parent_id: "a" }),
  ];

  test("is let go of with it, unless it says itself that it is to be deleted", () => {
    const plan = (more: Partial<LedgerEntry>) =>
      planOf({
        live: lives,
        ledger: {
          "m.gate.a": entry("m.gate", "a", { id: "a" }, { on_remove: "retain" }),
          "m.conf.a/x": entry("m.conf", "c", {}, { ...inGate, ...more }),
        },
      });
    expect(idsOf(plan({})).sort()).toEqual(["forget m.conf.a/x", "forget m.gate.a"]);
    expect(stepsOf(plan({ on_remove: "delete" }), "m.conf.a/x")).toEqual(["delete child"]);
  });

  test("is out of scope once that was forgotten: nothing in it is deleted", () => {
    const plan = planOf({ live: lives, ledger: { "m.conf.a/x": entry("m.conf", "c", {}, inGate) } });
    expect(plan.steps).toEqual([]);
    expect(refusalOf(plan, "m.conf.a/x")).toBe("OUT_OF_SCOPE");
  });

  test("stays where that may not go, also when the run goes on without it", () => {
    const ledger = {
      "m.gate.a": entry("m.gate", "a", { id: "a" }, { prevent_destroy: true }),
      "m.conf.a/x": entry("m.conf", "c", {}, inGate),
    };
    for (const destroy of [true, false]) {
      const plan = planOf({ live: lives, ledger, options: { destroy } });
      expect(plan.steps).toEqual([]);
      expect(refusalOf(plan, "m.conf.a/x")).toBe("BLOCKED");
    }
  });
});
