// Random ledgers for the laws: every optional member comes and goes.

import fc from "fast-check";
import { parseAddress } from "../../../src/base/address.ts";
import type { JsonValue } from "../../../src/base/json.ts";
import type { HistoryChange, HistoryRun, Ledger, LedgerEntry } from "../../../src/model/ledger.ts";

const time = fc
  .date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true })
  .map((date) => date.toISOString());
const key = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,10}$/);
export const address = fc
  .tuple(
    fc.constantFrom("cloudflare.gateway", "vercel.rule", "vercel.key"),
    fc.array(key, { minLength: 1, maxLength: 2 }),
  )
  .map(([kind, keys]) => `${kind}.${keys.join("/")}`);
// Minus zero has no JSON text of its own; `__proto__` as a member name is dropped on reading.
const json = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value).replaceAll("__proto__", "proto")) as JsonValue);
const fields = fc.dictionary(
  fc.string().filter((name) => name !== "__proto__"),
  json,
  { maxKeys: 4, noNullPrototype: true },
);
const moment = fc.integer({ min: 0, max: 4e12 });

export const entry: fc.Arbitrary<LedgerEntry> = fc.record(
  {
    kind: fc.constantFrom("cloudflare.gateway", "vercel.key"),
    status: fc.constantFrom("ready" as const, "creating" as const, "deleted" as const),
    id: fc.option(fc.string()),
    parent: address,
    parent_id: fc.string(),
    mark: fc.string(),
    applied: fields,
    prevent_destroy: fc.boolean(),
    on_remove: fc.constantFrom("delete" as const, "retain" as const),
    needs: fc.array(address, { maxLength: 3 }),
    intent: fc.record({
      identity: fc.string(),
      known_ids: fc.array(fc.string(), { maxLength: 3 }),
      not_before: moment,
      not_after: moment,
      creator: fc.option(fc.string()),
    }),
    settling: fc.record(
      { until: time, before: fields, created: fc.constant(true as const) },
      { requiredKeys: ["until", "before"], noNullPrototype: true },
    ),
    retiring: fc.array(fc.record({ id: fc.string(), due: time }), { maxLength: 2 }),
    delivered: fc.array(fc.record({ sink: fc.string(), target: fc.string(), at: time }), { maxLength: 2 }),
    changed_at: time,
  },
  { requiredKeys: ["kind", "status", "id", "applied", "needs", "changed_at"], noNullPrototype: true },
);

const change: fc.Arbitrary<HistoryChange> = fc.record(
  {
    address,
    action: fc.constantFrom("create" as const, "check-secret" as const, "forget" as const),
    outcome: fc.constantFrom("done" as const, "failed" as const),
    id: fc.string(),
    code: fc.string(),
    delivered: fc.array(fc.string(), { maxLength: 2 }),
  },
  { requiredKeys: ["address", "action", "outcome"], noNullPrototype: true },
);
const run: fc.Arbitrary<HistoryRun> = fc.record(
  {
    serial: fc.nat(),
    at: time,
    command: fc.string(),
    by: fc.string(),
    job: fc.string(),
    changes: fc.array(change, { maxLength: 3 }),
    more: fc.integer({ min: 1, max: 9 }),
  },
  { requiredKeys: ["serial", "at", "command", "by", "changes"], noNullPrototype: true },
);

/** Kind and parent of an entry are what its address says. */
function fitting(entries: Ledger["resources"]): Ledger["resources"] {
  return Object.fromEntries(
    Object.entries(entries).map(([at, { parent, ...rest }]) => {
      const { kind, keys } = parseAddress(at) ?? { kind: rest.kind, keys: [] };
      const above = keys.slice(0, -1);
      const inside = parent === undefined || above.length === 0;
      return [at, { ...rest, kind, ...(inside ? {} : { parent: `cloudflare.gateway.${above.join("/")}` }) }];
    }),
  );
}

export const ledger: fc.Arbitrary<Ledger> = fc.record(
  {
    format: fc.constant(1 as const),
    stack: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/),
    lineage: fc.uuid(),
    serial: fc.nat(),
    accounts: fc.dictionary(fc.constantFrom("cloudflare", "vercel"), fc.string(), { noNullPrototype: true }),
    salt: fc.string({ minLength: 16 }),
    resources: fc.dictionary(address, entry, { maxKeys: 6, noNullPrototype: true }).map(fitting),
    history: fc.array(run, { maxLength: 3 }),
  },
  {
    requiredKeys: ["format", "stack", "lineage", "serial", "accounts", "salt", "resources"],
    noNullPrototype: true,
  },
);
