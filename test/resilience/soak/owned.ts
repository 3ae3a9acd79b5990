// Whether a ledger tells the truth: everything in it is live under its id, everything live is in it or somebody
// else's, every sink holds a value that works, and no stored secret is left over.

import { isDeepStrictEqual } from "node:util";
import { isObject, type JsonValue } from "../../../src/base/json.ts";
import type { DesiredResource } from "../../../src/model/desired.ts";
import type { Ledger, LedgerEntry } from "../../../src/model/ledger.ts";
import type { State } from "../../../src/reference-server/state.ts";
import { valueAt } from "../../contract/cases/case.ts";
import type { Held, Live } from "../../contract/sample.ts";
import { samples } from "../../contract/samples/all.ts";

/** Used, and nobody's. */
const STORE = "cloudflare.secrets_store";

type LiveIds = (state: State) => readonly string[];

/** Where a sample looks at a part of its kind only. */
const WHOLE: Readonly<Record<string, LiveIds>> = {
  "cloudflare.provider_config": ({ cloudflare }) =>
    cloudflare.provider_configs.filter(({ listed_until }) => listed_until === undefined).map(({ id }) => id),
  "cloudflare.route": ({ cloudflare }) => cloudflare.routes.map(({ id }) => id),
  "cloudflare.custom_domain": ({ cloudflare }) => cloudflare.custom_domains.map(({ hostname }) => hostname),
  "cloudflare.custom_provider_cost": ({ cloudflare }) => cloudflare.provider_costs.map(({ id }) => id),
  "cloudflare.secret": ({ cloudflare }) => {
    const configs = cloudflare.provider_configs.filter(({ listed_until }) => listed_until === undefined);
    const ofConfigs = new Set(configs.map(({ secret_id }) => secret_id));
    return cloudflare.secrets.filter(({ id }) => !ofConfigs.has(id)).map(({ id }) => id);
  },
};

/** `kind id` of everything that is live but the store, which nobody owns. */
export function liveIn(state: State): ReadonlySet<string> {
  return new Set(
    samples
      .filter(({ kind }) => kind !== STORE)
      .flatMap(({ kind, live }) =>
        (WHOLE[kind]?.(state) ?? live(state).map(({ id }) => id)).map((id) => `${kind} ${id}`),
      ),
  );
}

/** What does not hold, in words. @param others `kind id` of what is not the stack's. */
export function untrue(
  ledger: Ledger,
  state: State,
  others: ReadonlySet<string>,
  resources: readonly DesiredResource[],
): readonly string[] {
  const live = liveIn(state);
  const entries = Object.entries(ledger.resources);
  const known = new Map<string, string>();
  const wrong: string[] = [];
  for (const [address, entry] of entries) {
    const { kind, status, id, intent, rotating, retiring = [] } = entry;
    if (status !== "ready" || id === null) wrong.push(`${address} is ${status}`);
    if (intent !== undefined) wrong.push(`${address} has an intent`);
    if (rotating === true) wrong.push(`${address} is rotating`);
    for (const one of [id, ...retiring.map((old) => old.id)]) {
      const name = `${kind} ${one}`;
      const other = known.get(name);
      if (other !== undefined) wrong.push(`${address} and ${other} have one id`);
      known.set(name, address);
      if (!live.has(name)) wrong.push(`${address} is not live: ${one}`);
    }
  }
  for (const name of live)
    if (!known.has(name) && !others.has(name)) wrong.push(`${name} is live and nobody's`);
  for (const name of others) if (!live.has(name)) wrong.push(`${name} was somebody else's and is gone`);
  const owned = entries.map(([address]) => address);
  const declared = resources.filter(({ kind }) => kind !== STORE).map(({ address }) => address);
  for (const address of declared) if (!owned.includes(address)) wrong.push(`${address} is not in the ledger`);
  for (const address of owned)
    if (!declared.includes(address)) wrong.push(`${address} is still in the ledger`);
  return wrong;
}

/** What does not hold of the sinks. @param read gives a delivered file. */
export function undelivered(
  ledger: Ledger,
  state: State,
  read: (target: string) => string,
): readonly string[] {
  return Object.entries(ledger.resources).flatMap(([address, entry]) => {
    const record = liveOf(entry, state);
    const sample = samples.find(({ kind }) => kind === entry.kind);
    const value = record === undefined ? undefined : sample?.delivered?.value(record);
    return (entry.delivered ?? []).flatMap(({ target }) =>
      value !== undefined && read(target).trim() === value
        ? []
        : [`${target} does not hold the value of ${address}`],
    );
  });
}

function liveOf({ kind, id }: LedgerEntry, state: State): Live | undefined {
  const sample = samples.find((one) => one.kind === kind);
  return sample?.live(state).find((live) => live.id === id);
}

/** Values that the server does not hold as an edit has declared them. */
export function notHeld(ledger: Ledger, state: State, held: ReadonlyMap<string, Held>): readonly string[] {
  return [...held].flatMap(([address, [path, value]]) => {
    const entry = ledger.resources[address];
    const live = entry === undefined ? undefined : liveOf(entry, state);
    if (live === undefined) return [];
    const found = valueAt(live.record, path);
    return isDeepStrictEqual(found, value)
      ? []
      : [`${address} has ${JSON.stringify(found)} at ${path}, not ${JSON.stringify(value)}`];
  });
}

/** The records of what has these names, in one order. */
export function recordsOf(state: State, names: ReadonlySet<string>): readonly JsonValue[] {
  return samples.flatMap(({ kind, live }) =>
    live(state)
      .filter(({ id }) => names.has(`${kind} ${id}`))
      .map(({ record }) => (isObject(record) ? record : null)),
  );
}

/**
 * Stored secrets that are not as their sources have them by now.
 * @param others `kind id` of what is not the stack's.
 */
export function outdated(
  { cloudflare, vercel }: State,
  current: ReadonlySet<string>,
  others: ReadonlySet<string>,
): readonly string[] {
  const stored = new Map(cloudflare.secrets.map(({ id, value }) => [id, value]));
  const configs = cloudflare.provider_configs.filter(({ listed_until }) => listed_until === undefined);
  const ofConfigs = new Set(configs.map(({ secret_id }) => secret_id));
  const values: readonly (readonly [name: string, value: unknown])[] = [
    ...configs.map(
      ({ id, secret_id }) => [`cloudflare.provider_config ${id}`, stored.get(secret_id)] as const,
    ),
    ...cloudflare.secrets
      .filter(({ id }) => !ofConfigs.has(id))
      .map(({ id, value }) => [`cloudflare.secret ${id}`, value] as const),
    ...vercel.byok_credentials
      .filter(({ deleted }) => !deleted)
      .flatMap(({ credentialId, credential }) =>
        Object.values(credential).map((value) => [`vercel.byok_credential ${credentialId}`, value] as const),
      ),
  ];
  return values.flatMap(([name, value]) =>
    others.has(name) || current.has(String(value)) ? [] : [`${name} has an old value`],
  );
}
