// What a file has to say of one live resource: the fields that can be set, in canonical form, without what the
// server fills in by itself. A protection that is on is always said.

import { mapMarks } from "../base/expression.ts";
import { type JsonValue, jsonEqual, record } from "../base/json.ts";
import {
  type FieldPolicy,
  type Fields,
  type Implied,
  type KindRules,
  policyOf,
} from "../model/kind-rules.ts";
import type { LiveResource } from "../model/live.ts";
import { canonicalLive, canonicalValue } from "./normalise.ts";

/** What export needs to know of a kind beside its rules; every descriptor has it. */
export interface ExportKind {
  readonly rules: KindRules;
  readonly definition: {
    /** Names of the fields that can be set, in the order in which a file has them. */
    readonly spec: { readonly shape: Readonly<Record<string, unknown>> };
    readonly section: string | null;
    readonly fromKey?: (key: string, declared: Fields) => Fields;
    readonly imply?: (declared: Fields, children: Readonly<Record<string, number>>) => Implied;
    readonly derivedName?: {
      readonly of: (fields: Fields, parentKey: string) => string;
      readonly noun: string;
      readonly space?: string;
      readonly held?: { readonly by: string; readonly instead_of: string };
    };
  };
}

export interface FieldsInput {
  readonly kind: ExportKind;
  readonly live: LiveResource;
  readonly key: string;
  /** Child section → how many entries the file gets there. */
  readonly children: Readonly<Record<string, number>>;
  readonly with_defaults: boolean;
  /** The id of the live resource that an implied one stands for. */
  readonly idOf: (kind: string) => string | undefined;
}

export interface WrittenFields {
  /** Secrets stand as marks: those that were read, or empty ones. */
  readonly fields: Fields;
  readonly fixed: readonly string[];
}

/** The fields to write for a live resource under a key. */
export function writtenFields(input: FieldsInput): WrittenFields {
  const { kind, live, with_defaults } = input;
  const { rules } = kind;
  const values = canonicalLive(rules, live.fields);
  const given = givenByReading(input);
  const fields = record<JsonValue>();
  for (const name of Object.keys(kind.definition.spec.shape)) {
    const policy = policyOf(rules, name);
    if (policy.measured === true || policy.unanswered === true) continue;
    if (policy.write_only === true) {
      fields[name] = { $secret: {} };
      continue;
    }
    const value = Object.hasOwn(values, name) ? (values[name] as JsonValue) : canonicalValue(policy, null);
    const said = Object.hasOwn(given, name)
      ? jsonEqual(canonicalValue(policy, given[name] as JsonValue), value) && !with_defaults
        ? undefined
        : value
      : with_defaults
        ? value
        : saysSomething(policy, value, values);
    if (said !== undefined) fields[name] = said;
  }
  return { fields, fixed: Object.keys(given) };
}

/** What reading the file would fill in for a body that says nothing: from the key, and what is implied. */
function givenByReading({ kind, key, children, idOf }: FieldsInput): Fields {
  const { fromKey, imply } = kind.definition;
  const fromTheKey = fromKey?.(key, {}) ?? {};
  const implied = imply?.(fromTheKey, children) ?? {};
  const ids = new Map(
    (implied.resources ?? []).map(({ kind: shared, key: name }) => [`${shared}.${name}`, idOf(shared)]),
  );
  return mapMarks({ ...implied.fields, ...fromTheKey }, (mark) =>
    "$ref" in mark ? (ids.get(mark.$ref) ?? { $ref: mark.$ref }) : { $secret: {} },
  ) as Fields; // the outer shape stays: an object that is no mark
}

/** What of a live value has to be said where another one is made; `undefined` where the server fills it in. */
export function saysSomething(policy: FieldPolicy, value: JsonValue, all: Fields): JsonValue | undefined {
  return shortened(policy, value, all) ?? (isProtection(policy, value) ? value : undefined);
}

function shortened(policy: FieldPolicy, value: JsonValue, all: Fields): JsonValue | undefined {
  if (policy.shorten !== undefined) return policy.shorten(value, all);
  const usual = [null, ...(policy.default === undefined ? [] : [policy.default])];
  return usual.some((absent) => jsonEqual(value, canonicalValue(policy, absent))) ? undefined : value;
}

/** Whether some way to switch the field off would take a protection away. */
function isProtection(policy: FieldPolicy, value: JsonValue): boolean {
  return [null, false, 0]
    .map((off) => canonicalValue(policy, off))
    .some((off) => !jsonEqual(off, value) && policy.risk?.when(value, off) === true);
}
