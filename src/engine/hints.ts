// What a plan says beside its steps, because it may not be what its author meant: renames that are none, and live
// twins of what is owned.

import type { Diagnostic } from "../base/diagnostic.ts";
import { isRefMark } from "../base/expression.ts";
import { canonicalText, type JsonValue } from "../base/json.ts";
import { append } from "../base/multimap.ts";
import type { DesiredResource } from "../model/desired.ts";
import { type Fields, type KindRules, policyOf } from "../model/kind-rules.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import type { LiveResource } from "../model/live.ts";
import { type Context, identityKey, identityKeyOfLive, ownerOf, rulesOf } from "./context.ts";
import { canonicalFields, canonicalLive, fieldOf, leavesOf } from "./normalise.ts";

/**
 * Warns where something is no longer declared and something new has the same body, or the same identity: a name was
 * changed, and that is a delete and a create unless `moved` says otherwise. Pairs that are not unique are left alone.
 */
export function renameHints(context: Context): Diagnostic[] {
  const alike = pairHints(context, bodyKeys(context), () => "the body");
  const seen = new Set(alike.map(({ address }) => address));
  const same = pairHints(
    context,
    identityOf,
    ({ identity_fields }) => `the ${identity_fields.join(" and ")}`,
  );
  return [...alike, ...same.filter(({ address }) => !seen.has(address))];
}

/** Keys by which what is new and what is gone can be told to be one thing; `undefined`: by none. */
type KeyOf = (rules: KindRules, parent: string | undefined, leaves: Fields) => string | undefined;

function bodyKeys(context: Context): KeyOf {
  const references = referencesOf(context.desired.resources);
  return (rules, parent, leaves) => keyOfBody(rules, parent, leaves, references);
}

const identityOf: KeyOf = (rules, parent, leaves) =>
  rules.key_is_id || rules.identity(leaves) === null ? undefined : identityKey(rules, parent, leaves);

function pairHints(context: Context, keyOf: KeyOf, what: (rules: KindRules) => string): Diagnostic[] {
  const fresh = new Map<string, DesiredResource[]>();
  for (const resource of context.desired.resources) {
    const rules = rulesOf(context.rules, resource.kind);
    if (context.entries.has(resource.address) || rules.ownership === "shared") continue;
    if (resource.unfound !== undefined) continue;
    const key = keyOf(rules, resource.parent, leavesOf(rules, canonicalFields(rules, resource.fields)));
    if (key !== undefined) append(fresh, key, resource);
  }
  const gone = new Map<string, { readonly address: string; readonly entry: LedgerEntry }[]>();
  for (const [address, entry] of context.entries) {
    const rules = context.rules.get(entry.kind);
    if (context.declared.has(address) || entry.status !== "ready" || rules === undefined) continue;
    const key = keyOf(rules, entry.parent, entry.applied);
    if (key !== undefined) append(gone, key, { address, entry });
  }
  return [...gone].flatMap(([key, leaving]) => {
    const [old] = leaving;
    const [next] = fresh.get(key) ?? [];
    if (old === undefined || next === undefined || leaving.length > 1 || fresh.get(key)?.length !== 1)
      return [];
    const rules = rulesOf(context.rules, next.kind);
    return [renameHint(rules, what(rules), old, next)];
  });
}

function renameHint(
  rules: KindRules,
  what: string,
  { address: from, entry }: { readonly address: string; readonly entry: LedgerEntry },
  { address: to, fields }: DesiredResource,
): Diagnostic {
  const same = `${to} is new and has ${what} of ${from}, which is no longer declared`;
  if (
    rules.key_is_id ||
    (rules.key_is_name === true && rules.identity(fields) !== rules.identity(entry.applied))
  ) {
    return {
      severity: "warning",
      code: "NOT_A_RENAME",
      address: to,
      message: `${same}: the key of a ${rules.noun} is its ${rules.key_is_id ? "id" : "name"}, so this is a delete and a create, not a rename${rules.delete_takes === undefined ? "" : `; ${rules.delete_takes} go with the old one`}`,
      hint: `to keep the old one, write its key again`,
    };
  }
  return {
    severity: "warning",
    code: "MAYBE_MOVED",
    address: to,
    message: `${same}: without a line under \`moved\` the one is deleted and the other created`,
    hint: `if it was renamed, write \`moved: [{ from: ${from}, to: ${to} }]\``,
  };
}

/** Kind and field of all references: the files have an address there, the ledger has an id. */
function referencesOf(resources: readonly DesiredResource[]): ReadonlySet<string> {
  return new Set(
    resources.flatMap(({ kind, fields }) =>
      Object.entries(fields).flatMap(([field, value]) => (isRefMark(value) ? [`${kind} ${field}`] : [])),
    ),
  );
}

/** Equal for two resources that differ in nothing but their names and in what cannot be compared. */
function keyOfBody(
  rules: KindRules,
  parent: string | undefined,
  leaves: Fields,
  references: ReadonlySet<string>,
): string {
  const keyed = rules.key_is_id || rules.key_is_name === true;
  const named = keyed ? rules.identity_fields : rules.identity(leaves) === null ? ["name"] : [];
  const compared = Object.entries(leaves).filter(([path]) => {
    const { write_only, sensitive } = policyOf(rules, fieldOf(path));
    if (references.has(`${rules.kind} ${fieldOf(path)}`)) return false;
    return write_only !== true && sensitive !== true && !named.includes(fieldOf(path));
  });
  const body: Record<string, JsonValue> = Object.fromEntries(compared);
  return `${rules.kind} ${parent ?? ""} ${canonicalText(body)}`;
}

/**
 * Warns of live things with the name of an owned one where only the id tells them apart: two runs without a common
 * lock have made both, or a person made the other.
 */
export function twinHints(context: Context, unmanaged: readonly LiveResource[]): Diagnostic[] {
  return unmanaged.flatMap((live) => {
    const rules = rulesOf(context.rules, live.kind);
    if (rules.identity(canonicalLive(rules, live.fields)) !== null) return [];
    const twin = (context.byIdentity.get(identityKeyOfLive(rules, live)) ?? []).find(
      (other) => ownerOf(context, other) !== undefined,
    );
    const owner = twin === undefined ? undefined : ownerOf(context, twin);
    if (twin === undefined || owner === undefined) return [];
    return [
      {
        severity: "warning" as const,
        code: "TWIN",
        address: owner,
        message: `another live ${rules.noun} has the name of ${owner} (id ${twin.id}): "${live.name}" (id ${live.id}) is not in this ledger. A run with another copy of the ledger made it, or somebody else did`,
        hint: `nothing is done to it; if nobody uses it, delete ${live.id} at the vendor, or declare it under another key and run \`gateform adopt ADDRESS=${live.id}\``,
      },
    ];
  });
}
