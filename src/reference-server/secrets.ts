/**
 * Remembers every secret that the state has held since the start, those that were replaced or deleted included, so that
 * a test can look for them in what its program printed and wrote.
 */
import type { State } from "./state.ts";

export interface HeldSecret {
  /** Where in the state it was: `vercel.keys`. */
  readonly where: string;
  readonly value: string;
}

export interface SecretMemory {
  /** To be called with every new state. */
  note(state: State): void;
  /** In the order of their first appearance, each value once. */
  list(): readonly HeldSecret[];
}

/** A collection of the state, and the secrets of one of its records. */
interface Source {
  readonly where: string;
  readonly records: (state: State) => readonly object[];
  readonly secrets: (record: object) => readonly (string | null | undefined)[];
}

export function createSecretMemory(): SecretMemory {
  const held = new Map<string, HeldSecret>();
  const seen = new Map<Source, readonly object[]>();
  return {
    note(state) {
      for (const source of sources) {
        const before = seen.get(source);
        const records = source.records(state);
        if (records === before) continue;
        seen.set(source, records);
        records.forEach((record, at) => {
          // A write puts new records beside the old ones: most of a long list is the same as before.
          if (record === before?.[at]) return;
          for (const value of source.secrets(record)) {
            if (value !== null && value !== undefined && value !== "" && !held.has(value)) {
              held.set(value, { where: source.where, value });
            }
          }
        });
      }
    },
    list: () => [...held.values()],
  };
}

function source<T extends object>(
  where: string,
  records: (state: State) => readonly T[],
  secrets: (record: T) => readonly (string | null | undefined)[],
): Source {
  // Records come from `records` alone.
  return { where, records, secrets: (record) => secrets(record as T) };
}

const sources: readonly Source[] = [
  source(
    "cloudflare.user",
    ({ cloudflare }) => [cloudflare.user],
    ({ api_key }) => [api_key],
  ),
  source(
    "cloudflare.tokens",
    ({ cloudflare }) => cloudflare.tokens,
    ({ value }) => [value],
  ),
  source(
    "cloudflare.secrets",
    ({ cloudflare }) => cloudflare.secrets,
    ({ value, previous_value }) => [value, previous_value],
  ),
  source(
    "cloudflare.gateways",
    ({ cloudflare }) => cloudflare.gateways,
    ({ otel, stripe }) => [
      ...(otel ?? []).flatMap(({ authorization, headers }) => [authorization, ...Object.values(headers)]),
      stripe?.authorization,
    ],
  ),
  source(
    "cloudflare.custom_providers",
    ({ cloudflare }) => cloudflare.custom_providers,
    ({ headers }) => (headers === null ? [] : Object.values(JSON.parse(headers)).map(String)),
  ),
  source(
    "vercel.tokens",
    ({ vercel }) => vercel.tokens,
    ({ token }) => [token],
  ),
  source(
    "vercel.keys",
    ({ vercel }) => vercel.keys,
    ({ secret }) => [secret],
  ),
  source(
    "vercel.byok_credentials",
    ({ vercel }) => vercel.byok_credentials,
    ({ credential }) => Object.values(credential),
  ),
  source(
    "vercel.oidc_tokens",
    ({ vercel }) => vercel.oidc_tokens,
    ({ token }) => [token],
  ),
];
