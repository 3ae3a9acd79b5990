// Brings fields to the one form in which they compare: canonical values, sorted sets, owned leaves by path.

import { isRefMark, isSecretMark } from "../base/expression.ts";
import { canonicalText, compareText, isObject, type JsonValue, record } from "../base/json.ts";
import { type FieldPolicy, type Fields, isAnswered, type KindRules, policyOf } from "../model/kind-rules.ts";

/** Path → value of everything that is declared or was applied. */
export type Leaves = Readonly<Record<string, JsonValue>>;

/** The canonical form of one field's value; an absent field is given as `null`. */
export function canonicalValue(policy: FieldPolicy, value: JsonValue): JsonValue {
  if (isSecretMark(value) || isRefMark(value)) return value;
  const canonical = policy.canonical === undefined ? value : policy.canonical(value);
  if (!Array.isArray(canonical) || policy.collection === undefined || policy.collection === "ordered")
    return canonical;
  if (policy.collection === "set") return sortBy(unique(canonical), canonicalText);
  const { keyed } = policy.collection;
  return sortBy(canonical, (item) =>
    isObject(item) ? canonicalText(item[keyed] ?? null) : canonicalText(item),
  );
}

/** The canonical form of declared fields; what is not declared stays away. */
export function canonicalFields(rules: KindRules, fields: Fields): Fields {
  const out = record<JsonValue>();
  for (const [name, value] of Object.entries(fields))
    out[name] = canonicalValue(policyOf(rules, name), value);
  return out;
}

/** The canonical form of live fields: every field that has a policy is there, measured ones are not. */
export function canonicalLive(rules: KindRules, fields: Fields): Fields {
  const out = record<JsonValue>();
  for (const name of new Set([...Object.keys(rules.fields), ...Object.keys(fields)])) {
    const policy = policyOf(rules, name);
    if (policy.measured === true || !isAnswered(policy)) continue;
    out[name] = canonicalValue(policy, Object.hasOwn(fields, name) ? (fields[name] as JsonValue) : null);
  }
  return out;
}

/** Splits canonical fields into what is owned piece by piece: members of merged objects, other fields whole. */
export function leavesOf(rules: KindRules, fields: Fields): Leaves {
  const leaves = record<JsonValue>();
  for (const [name, value] of Object.entries(fields)) {
    if (
      policyOf(rules, name).merge === true &&
      isObject(value) &&
      !isSecretMark(value) &&
      !isRefMark(value)
    ) {
      for (const [member, item] of Object.entries(value)) leaves[`${name}.${member}`] = item;
    } else {
      leaves[name] = value;
    }
  }
  return leaves;
}

/** The value at a leaf's path in canonical fields; `null` when it is absent. */
export function leafAt(fields: Fields, path: string): JsonValue {
  if (Object.hasOwn(fields, path)) return fields[path] as JsonValue;
  const dot = path.indexOf(".");
  if (dot === -1) return null;
  const outer = fields[path.slice(0, dot)];
  const member = path.slice(dot + 1);
  return isObject(outer) && Object.hasOwn(outer, member) ? (outer[member] as JsonValue) : null;
}

/** The field that a leaf's path belongs to. */
export function fieldOf(path: string): string {
  const dot = path.indexOf(".");
  return dot === -1 ? path : path.slice(0, dot);
}

/** Fields without the leaves at `paths` and whatever lies below them. */
export function withoutPaths(rules: KindRules, fields: Fields, covers: (path: string) => boolean): Fields {
  const out = record<JsonValue>();
  for (const [name, value] of Object.entries(fields)) {
    if (covers(name)) continue;
    if (policyOf(rules, name).merge === true && isObject(value)) {
      const members = Object.entries(value).filter(([member]) => !covers(`${name}.${member}`));
      if (members.length > 0 || Object.keys(value).length === 0) out[name] = Object.fromEntries(members);
    } else {
      out[name] = value;
    }
  }
  return out;
}

/** Whether `ignore_changes` or a similar list of dotted paths covers a path. */
export function coveredBy(list: readonly string[]): (path: string) => boolean {
  return (path) => list.some((entry) => path === entry || path.startsWith(`${entry}.`));
}

function unique(list: readonly JsonValue[]): JsonValue[] {
  return [...new Map(list.map((item) => [canonicalText(item), item])).values()];
}

function sortBy(list: readonly JsonValue[], key: (item: JsonValue) => string): JsonValue[] {
  return list
    .map((item) => [key(item), item] as const)
    .sort((a, b) => compareText(a[0], b[0]))
    .map(([, item]) => item);
}
