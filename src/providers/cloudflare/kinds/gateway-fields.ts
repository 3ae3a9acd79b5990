// How a gateway's fields compare: defaults, canonical forms, and which changes take a protection away.
// Works on the file's vocabulary, with marks in place of secrets; knows nothing of the wire.

import { compareText, isObject, type JsonObject, type JsonValue, jsonEqual } from "../../../base/json.ts";
import type { FieldPolicy, RiskRule } from "../../../model/kind-rules.ts";
import type { FieldName } from "../../../provider/kind.ts";
import type { gatewaySpec } from "./gateway-spec.ts";

/** Fields that come from the key, or that only the server sets. */
export type GatewayExtra = "id" | "is_default" | "created_at" | "modified_at";

const orFalse = (value: JsonValue): JsonValue => value ?? false;
/** The API takes both 0 and null for "off" and answers 0 (Alchemy's live tests, 2026). */
const orZero = (value: JsonValue): JsonValue => value ?? 0;

const offRisk = (code: string, message: string): RiskRule => ({
  code,
  message,
  when: (before, after) => before === true && after !== true,
});

const rateRisk: RiskRule = {
  code: "rate-limit-off",
  message: "The gateway's rate limit is turned off",
  when: (before, after) => typeof before === "number" && before > 0 && after === 0,
};

/**
 * What the server fills in for the logs, by account plan: Terraform users see the first, Alchemy's live tests (2026)
 * the second.
 */
const FILLED_IN_LOGS = [
  [10_000_000, "DELETE_OLDEST"],
  [100_000, "STOP_INSERTING"],
] as const;

export const gatewayFields = {
  id: { immutable: true },
  authentication: {
    server_default: true,
    canonical: orFalse,
    risk: offRisk("authentication-off", "Anybody who knows the gateway's URL can use it"),
  },
  byok_only: {
    server_default: true,
    canonical: orFalse,
    risk: offRisk("byok-only-off", "Requests without a fitting key are billed to the account"),
  },
  cache_invalidate_on_update: { default: false, canonical: orFalse },
  cache_ttl: { default: 0, canonical: orZero },
  collect_logs: {
    default: true,
    risk: offRisk("logs-off", "Requests are no longer logged"),
  },
  dlp: {
    canonical: canonicalDlp,
    risk: {
      code: "dlp-weakened",
      message: "Data Loss Prevention blocks or finds less than before",
      when: dlpWeakened,
    },
  },
  guardrails: {
    canonical: canonicalGuardrails,
    risk: {
      code: "guardrails-weakened",
      message: "A content check is removed, or only flags what it blocked before",
      when: guardrailsWeakened,
    },
  },
  log_classification: { server_default: true, canonical: orFalse },
  log_management: {
    server_default: true,
    shorten: (value) => (FILLED_IN_LOGS.some(([entries]) => entries === value) ? undefined : value),
  },
  log_management_strategy: {
    server_default: true,
    shorten: (value, { log_management }) =>
      FILLED_IN_LOGS.some(([entries, full]) => entries === log_management && full === value)
        ? undefined
        : value,
  },
  logpush: { server_default: true, canonical: orFalse },
  otel: { sensitive: true, canonical: canonicalOtel, shorten: shortOtel },
  rate_limiting_interval: { default: 0, canonical: orZero, risk: rateRisk },
  rate_limiting_limit: { default: 0, canonical: orZero, risk: rateRisk },
  // An untouched gateway answers "fixed" (Alchemy's live tests, 2026), though the field is nullable.
  rate_limiting_technique: { server_default: true, canonical: (value) => value ?? "fixed" },
  spend_limits: {
    server_default: true,
    canonical: canonicalSpendLimits,
    complete: completeSpendLimits,
    shorten: shortSpendLimits,
    risk: {
      code: "spend-limit-off",
      message: "A spend limit that was in force no longer is",
      when: spendLimitDropped,
    },
  },
  // An unset store is answered as "" (Alchemy, 2026) or null (OpenAPI 2026-10).
  store_id: { server_default: true, canonical: (value) => (value === "" ? null : value) },
  stripe: { sensitive: true },
  workers_ai_billing_mode: { canonical: (value) => value ?? "postpaid" },
  zdr: {
    server_default: true,
    canonical: orFalse,
    risk: offRisk("zdr-off", "Providers may retain prompts and answers"),
  },
  is_default: { measured: true },
  created_at: { measured: true },
  modified_at: { measured: true },
} satisfies { readonly [F in FieldName<typeof gatewaySpec> | GatewayExtra]?: FieldPolicy };

function canonicalDlp(value: JsonValue): JsonValue {
  if (!isObject(value)) return value;
  const { profiles, policies } = value;
  return {
    ...withoutNulls(value),
    ...(Array.isArray(profiles) ? { profiles: sortedSet(profiles) } : {}),
    ...(Array.isArray(policies) ? { policies: policies.map(canonicalPolicy) } : {}),
  };
}

function canonicalPolicy(policy: JsonValue): JsonValue {
  if (!isObject(policy)) return policy;
  return {
    ...policy,
    ...(Array.isArray(policy.check) ? { check: sortedSet(policy.check) } : {}),
    ...(Array.isArray(policy.profiles) ? { profiles: sortedSet(policy.profiles) } : {}),
  };
}

/** No guardrails at all and guardrails without a category are the same. */
function canonicalGuardrails(value: JsonValue): JsonValue {
  const of = (part: JsonValue | undefined): JsonObject => (isObject(part) ? withoutNulls(part) : {});
  return isObject(value)
    ? { prompt: of(value.prompt), response: of(value.response) }
    : { prompt: {}, response: {} };
}

function canonicalOtel(value: JsonValue): JsonValue {
  if (!Array.isArray(value)) return [];
  return value.map((item: JsonValue) =>
    isObject(item) ? { headers: {}, content_type: "json", ...withoutNulls(item) } : item,
  );
}

function shortOtel(value: JsonValue): JsonValue | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  return value.map((item: JsonValue) =>
    isObject(item) ? withoutEqual(item, { content_type: "json" }) : item,
  );
}

function shortSpendLimits(value: JsonValue): JsonValue | undefined {
  if (!isObject(value)) return value;
  const rules = rulesOf(value).map((rule) => withoutEqual(rule, { enabled: true, technique: "sliding" }));
  return rules.length === 0 && value.enabled === false ? undefined : { ...value, rules };
}

function withoutEqual(value: JsonObject, usual: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value).filter(([name, item]) => !(Object.hasOwn(usual, name) && usual[name] === item)),
  );
}

function canonicalSpendLimits(value: JsonValue): JsonValue {
  if (!isObject(value)) return { enabled: false, rules: [] };
  return {
    enabled: value.enabled ?? false,
    rules: Array.isArray(value.rules) ? value.rules.map(canonicalRule) : [],
  };
}

function canonicalRule(rule: JsonValue): JsonValue {
  if (!isObject(rule)) return rule;
  const out: Record<string, JsonValue> = { enabled: true, technique: "sliding", ...withoutNulls(rule) };
  for (const key of ["model", "provider"]) {
    const filter = out[key];
    if (filter !== undefined) out[key] = canonicalFilter(filter);
  }
  if (isObject(out.metadata)) {
    const entries = Object.entries(out.metadata).map(([key, filter]) => [key, canonicalFilter(filter)]);
    if (entries.length === 0) delete out.metadata;
    else out.metadata = Object.fromEntries(entries) as JsonObject;
  }
  return out;
}

function canonicalFilter(filter: JsonValue): JsonValue {
  return isObject(filter) && Array.isArray(filter.values)
    ? { ...filter, values: sortedSet(filter.values) }
    : filter;
}

/**
 * Gives declared rules without an id the id of the live rule they stand for: an equal one, else the next one that
 * no declared rule stands for. A rule keeps its id, and with it its counter, when its limit changes.
 */
export function completeSpendLimits(declared: JsonValue, live: JsonValue): JsonValue {
  const wanted = rulesOf(canonicalSpendLimits(declared));
  const named = new Set(wanted.map((rule) => rule.id));
  const free = rulesOf(canonicalSpendLimits(live)).filter((rule) => !named.has(rule.id));
  const ids = new Map<number, JsonValue>();
  const take = (fits: (rule: JsonObject, candidate: JsonObject) => boolean): void => {
    for (const [index, rule] of wanted.entries()) {
      if (rule.id !== undefined || ids.has(index)) continue;
      const at = free.findIndex((candidate) => fits(rule, candidate));
      const [found] = at === -1 ? [] : free.splice(at, 1);
      if (found?.id !== undefined) ids.set(index, found.id);
    }
  };
  take((rule, candidate) => jsonEqual(rule, withoutId(candidate)));
  take(() => true);
  if (ids.size === 0 || !isObject(declared)) return declared;
  return {
    ...declared,
    rules: wanted.map((rule, index) => (ids.has(index) ? { ...rule, id: ids.get(index) ?? null } : rule)),
  };
}

function withoutId(rule: JsonObject): JsonObject {
  const { id: _, ...rest } = rule;
  return rest as JsonObject;
}

function rulesOf(limits: JsonValue): readonly JsonObject[] {
  return isObject(limits) && Array.isArray(limits.rules) ? limits.rules.filter(isObject) : [];
}

function spendLimitDropped(before: JsonValue, after: JsonValue): boolean {
  const inForce = (limits: JsonValue): readonly JsonObject[] =>
    isObject(limits) && limits.enabled === true
      ? rulesOf(limits).filter((rule) => rule.enabled !== false)
      : [];
  const kept = inForce(after);
  return inForce(before).some(
    (rule) =>
      !kept.some(
        (other) =>
          (rule.id !== undefined && other.id === rule.id) || jsonEqual(withoutId(other), withoutId(rule)),
      ),
  );
}

function guardrailsWeakened(before: JsonValue, after: JsonValue): boolean {
  if (!isObject(before) || !isObject(after)) return isObject(before);
  return ["prompt", "response"].some((part) => {
    const old = before[part];
    const now = after[part];
    if (!isObject(old)) return false;
    return Object.entries(old).some(([category, act]) =>
      weakerAction(act, isObject(now) ? (now[category] ?? null) : null),
    );
  });
}

/** What a DLP setting does: `profile + direction` to its strongest action. */
function dlpEffects(value: JsonValue): ReadonlyMap<string, JsonValue> {
  const effects = new Map<string, JsonValue>();
  if (!isObject(value) || value.enabled !== true) return effects;
  const add = (rule: JsonObject, directions: readonly JsonValue[]): void => {
    for (const profile of Array.isArray(rule.profiles) ? rule.profiles : []) {
      for (const direction of directions) {
        const key = `${direction} ${profile}`;
        if (weakerAction(rule.action ?? null, effects.get(key) ?? null) || !effects.has(key)) {
          effects.set(key, rule.action ?? null);
        }
      }
    }
  };
  // The older, single form names no direction.
  add(value, ["REQUEST", "RESPONSE"]);
  for (const policy of Array.isArray(value.policies) ? value.policies : []) {
    if (isObject(policy) && policy.enabled === true) {
      add(policy, Array.isArray(policy.check) ? policy.check : []);
    }
  }
  return effects;
}

function dlpWeakened(before: JsonValue, after: JsonValue): boolean {
  const now = dlpEffects(after);
  return [...dlpEffects(before)].some(([key, act]) => weakerAction(act, now.get(key) ?? null));
}

/** True when `after` does less than `before`: BLOCK > FLAG > nothing. */
function weakerAction(before: JsonValue, after: JsonValue): boolean {
  const strength = (act: JsonValue): number => (act === "BLOCK" ? 2 : act === "FLAG" ? 1 : 0);
  return strength(after) < strength(before);
}

function sortedSet(values: readonly JsonValue[]): JsonValue {
  return [...new Set(values)].sort((a, b) => compareText(String(a), String(b)));
}

function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null));
}
