// Where the secrets of exported resources come from: what the files at hand say already, else a variable whose name
// is made of the address and the field, so that no two secrets share one and no other program is likely to use it.

import type { Address } from "../base/address.ts";
import { shortDigest } from "../base/digest.ts";
import { isSecretMark, listMarks, mapMarks, type SecretMark, type SecretSource } from "../base/expression.ts";
import { canonicalText, type JsonValue } from "../base/json.ts";
import { append } from "../base/multimap.ts";
import type { Fields } from "../model/kind-rules.ts";

export interface SecretUse {
  readonly address: Address;
  /** With marks that have no source; whatever else they hold goes no further. */
  readonly fields: Fields;
}

export interface SourcesInput {
  readonly uses: readonly SecretUse[];
  /** What the files at hand declare at an address, sources included. */
  readonly declared: ReadonlyMap<Address, Fields>;
  /** Variables that hold something else: credentials above all. */
  readonly reserved: ReadonlySet<string>;
}

export interface NamedSecrets {
  readonly fields: Fields;
  /** Variables that no file has named before. */
  readonly new_env: readonly string[];
}

/** Address → its fields with a source in every secret mark. */
export function withSources({ uses, declared, reserved }: SourcesInput): ReadonlyMap<Address, NamedSecrets> {
  const known = new Map<string, SecretSource>();
  for (const [address, fields] of declared) {
    for (const { path, mark } of secretsOf(fields)) {
      if (mark.$secret.source !== undefined) known.set(placeOf(address, path), mark.$secret.source);
    }
  }
  const taken = new Set(reserved);
  for (const source of known.values()) if ("env" in source) taken.add(source.env);
  const byName = new Map<string, string[]>();
  for (const { address, fields } of uses) {
    for (const { path } of secretsOf(fields)) {
      const place = placeOf(address, path);
      if (!known.has(place)) append(byName, variableName(address, path), place);
    }
  }
  const names = new Map<string, string>();
  for (const [name, places] of byName) {
    const shared = places.length > 1 || taken.has(name);
    for (const place of places)
      names.set(place, shared ? `${name}_${shortDigest(place).toUpperCase()}` : name);
  }
  return new Map(
    uses.map(({ address, fields }) => {
      const new_env: string[] = [];
      const named = mapMarks(fields, (mark, path) => {
        if (!isSecretMark(mark)) return { ...mark };
        const place = placeOf(address, path);
        const declaredSource = known.get(place);
        if (declaredSource !== undefined) return sourceMark(declaredSource);
        const env = names.get(place) ?? variableName(address, path);
        new_env.push(env);
        return sourceMark({ env });
      });
      // The outer shape of fields stays: an object that is no mark.
      return [address, { fields: named as Fields, new_env }];
    }),
  );
}

/** `cloudflare.provider_config.support/openai`, `secret` → `CLOUDFLARE_SUPPORT_OPENAI_SECRET`. */
export function variableName(address: Address, path: readonly (string | number)[]): string {
  const [provider = "", , ...rest] = address.split(".");
  return [provider, ...rest.join("_").split("/"), ...path]
    .map((part) =>
      String(part)
        .toUpperCase()
        .replace(/[^A-Z0-9]+/g, "_"),
    )
    .join("_")
    .replace(/_{2,}/g, "_");
}

function secretsOf(
  fields: Fields,
): { readonly path: readonly (string | number)[]; readonly mark: SecretMark }[] {
  return listMarks(fields).flatMap(({ path, mark }) => (isSecretMark(mark) ? [{ path, mark }] : []));
}

function placeOf(address: Address, path: readonly (string | number)[]): string {
  return canonicalText([address, ...path]);
}

function sourceMark(source: SecretSource): JsonValue {
  // A source is JSON: texts and lists of texts.
  return { $secret: { source: source as unknown as JsonValue } };
}
