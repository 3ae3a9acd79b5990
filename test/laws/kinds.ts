// What gateform would know of the model vendor: rules per kind, and the thin calls behind the port for kinds. The
// rules are written against the remote's behaviour, not derived from it.

import type { Fingerprint } from "../../src/base/digest.ts";
import { isObject, type JsonValue } from "../../src/base/json.ts";
import type { FieldPolicy, KindRules } from "../../src/model/kind-rules.ts";
import type { LiveResource } from "../../src/model/live.ts";
import { ProviderError } from "../../src/provider/error.ts";
import type { KindApi, Listing, ResolvedFields, ResolvedValue } from "../../src/provider/kind.ts";
import type { AnyKind } from "../../src/provider/provider.ts";
import { Secret } from "../../src/provider/secret.ts";
import type { Effects } from "./effects.ts";
import {
  create,
  find,
  list,
  type Remote,
  RemoteError,
  remove,
  renew,
  shown,
  type Thing,
  update,
  type Values,
} from "./remote.ts";

/** A connection to the model vendor. */
export interface Client {
  readonly remote: Remote;
  readonly effects: Effects;
  readonly actor: string;
  readonly fingerprint: Fingerprint;
}

const ownedRules = {
  section: null,
  ownership: "owned",
  key_is_id: false,
  has_children: false,
  can_update: true,
  can_delete: true,
  one_time_value: false,
  can_renew: false,
  exclusive: "allowed",
  settles_within: 0,
} as const satisfies Partial<KindRules>;

const text = (value: JsonValue | undefined): string => String(value ?? "");

export const RULES: readonly KindRules[] = [
  {
    ...ownedRules,
    kind: "m.gate",
    noun: "gate",
    section: "m.gates",
    fields: {
      id: { immutable: true },
      limit: { canonical: (value) => (value === 0 ? null : value) },
      tags: { collection: "set" },
      opts: { merge: true },
      req: {
        default: false,
        risk: {
          code: "req-off",
          message: "the gate no longer asks.",
          when: (before, after) => before === true && after !== true,
        },
      },
      origin: { server_default: true },
      note: {},
      header: { sensitive: true },
      hits: { measured: true },
    },
    identity: (fields) => text(fields.id),
    identity_fields: ["id"],
    key_is_id: true,
    has_children: true,
    delete_takes: "its furniture",
  },
  {
    ...ownedRules,
    kind: "m.conf",
    noun: "conf",
    parent: "m.gate",
    section: "m.confs",
    fields: {
      slug: { immutable: true },
      alias: { immutable: true },
      secret: { write_only: true },
      label: {},
    },
    identity: (fields) => `${text(fields.slug)}/${text(fields.alias)}`,
    identity_fields: ["slug", "alias"],
  },
  {
    ...ownedRules,
    kind: "m.key",
    noun: "key",
    section: "m.keys",
    fields: { name: {}, budget: {}, project: { immutable: true } },
    identity: () => null,
    identity_fields: [],
    one_time_value: true,
  },
  {
    ...ownedRules,
    kind: "m.pass",
    noun: "pass",
    section: "m.passes",
    fields: { name: {}, budget: {} },
    identity: () => null,
    identity_fields: [],
    one_time_value: true,
    can_renew: true,
    made_as: (name, mark) => `${name} (gateform ${mark})`,
    is_made_as: (live, name) => live.startsWith(`${name} (gateform `),
  },
  {
    ...ownedRules,
    kind: "m.rule",
    noun: "rule",
    section: "m.rules",
    fields: { source: { immutable: true }, dest: {}, target: {} },
    identity: (fields) => text(fields.source),
    identity_fields: ["source"],
  },
  {
    ...ownedRules,
    kind: "m.solid",
    noun: "solid",
    section: "m.solids",
    fields: { code: {}, size: {} },
    identity: (fields) => text(fields.code),
    identity_fields: ["code"],
    can_update: false,
  },
  {
    ...ownedRules,
    kind: "m.stone",
    noun: "stone",
    section: "m.stones",
    fields: { name: { immutable: true }, v: {} },
    identity: (fields) => text(fields.name),
    identity_fields: ["name"],
    can_delete: false,
  },
  {
    ...ownedRules,
    kind: "m.slow",
    noun: "slow one",
    section: "m.slows",
    fields: { name: { immutable: true }, v: {} },
    identity: (fields) => text(fields.name),
    identity_fields: ["name"],
    settles_within: 60,
  },
  {
    ...ownedRules,
    kind: "m.door",
    noun: "door",
    parent: "m.gate",
    section: "m.doors",
    fields: {
      slug: { immutable: true },
      alias: { immutable: true },
      size: { immutable: true },
      bolt: { unanswered: true, inert: true },
    },
    identity: (fields) => `${text(fields.slug)}/${text(fields.alias)}`,
    identity_fields: ["slug", "alias"],
    delete_takes: "its bolt",
  },
  {
    ...ownedRules,
    kind: "m.bolt",
    noun: "bolt",
    section: "m.bolts",
    fields: { name: { immutable: true }, key: { write_only: true }, note: {} },
    identity: (fields) => text(fields.name),
    identity_fields: ["name"],
    exclusive: "never",
    part_of: {
      kind: "m.door",
      within: ({ fields }, gate) => text(fields.name).startsWith(`${gate}_`),
      is: ({ fields }, door) =>
        fields.name === `${door.parent_id}_${text(door.fields.slug)}_${text(door.fields.alias)}`,
    },
  },
  {
    ...ownedRules,
    kind: "m.store",
    noun: "store",
    fields: {},
    identity: () => "one",
    identity_fields: [],
    ownership: "shared",
    can_delete: false,
  },
];

export const RULES_BY_KIND: ReadonlyMap<string, KindRules> = new Map(
  RULES.map((rules) => [rules.kind, rules]),
);

/** The kinds as `observe` and `executePlan` take them. */
export const KINDS: readonly AnyKind[] = RULES.map((rules) => ({
  rules,
  api: apiOf(rules),
  // Nothing that runs here reads a definition: that is the config reader's half.
  definition: undefined as unknown as AnyKind["definition"],
}));

export function rulesFor(kind: string): KindRules {
  const rules = RULES_BY_KIND.get(kind);
  if (rules === undefined) throw new Error(`no rules for ${kind}`);
  return rules;
}

/** The policy of a field of a model kind. */
export function policyFor(kind: string, field: string): FieldPolicy {
  return rulesFor(kind).fields[field] ?? {};
}

function apiOf(rules: KindRules): KindApi<Client, Client> {
  const { kind } = rules;
  return {
    list: async (client, { parent_id }) => listing(client, kind, parent_id),
    get: async (client, ref) => {
      if (client.remote.broken[kind] !== undefined) throw unavailable("not-applied");
      const thing = find(client.remote, kind, ref.parent_id, ref.id);
      return thing === undefined ? null : liveOf(client, rules, thing);
    },
    ...(rules.has_children
      ? {
          children: async (client: Client, ref: { readonly id: string }) =>
            (find(client.remote, kind, undefined, ref.id)?.furniture ?? []).map((name) => ({
              noun: "chair",
              id: name,
              name,
            })),
        }
      : {}),
    create: async (client, { parent_id, fields }) => {
      const thing = await client.effects.write(() =>
        refusing(() => create(client.remote, kind, parent_id, revealed(fields), client.actor)),
      );
      const live = liveOf(client, rules, thing, true) as LiveResource; // shown whatever the lag
      return { live, ...(thing.once === undefined ? {} : { once: new Secret(thing.once) }) };
    },
    ...(rules.can_update
      ? {
          update: async (
            client: Client,
            ref: {
              readonly id: string;
              readonly parent_id?: string;
              readonly fields: ResolvedFields;
              readonly changed: readonly string[];
            },
          ) => {
            const sent = Object.fromEntries(
              Object.entries(ref.fields).filter(([n]) => n !== "name" || ref.changed.includes(n)),
            );
            const thing = find(client.remote, kind, ref.parent_id, ref.id);
            if (thing === undefined) throw gone();
            await client.effects.write(() =>
              refusing(() => update(client.remote, thing, revealed(sent), client.actor)),
            );
            return liveOf(client, rules, thing, true) as LiveResource; // shown whatever the lag
          },
        }
      : {}),
    ...(rules.can_renew
      ? {
          renewValue: async (client: Client, ref: { readonly id: string }) => {
            const thing = find(client.remote, kind, undefined, ref.id);
            if (thing === undefined) throw gone();
            return new Secret(await client.effects.write(() => renew(client.remote, thing, client.actor)));
          },
        }
      : {}),
    ...(rules.can_delete
      ? {
          delete: async (client: Client, ref: { readonly id: string; readonly parent_id?: string }) => {
            await client.effects.write(() => {
              const thing = find(client.remote, kind, ref.parent_id, ref.id);
              if (thing !== undefined) remove(client.remote, thing, client.actor);
            });
          },
        }
      : {}),
  };
}

function listing(client: Client, kind: string, parentId: string | undefined): Listing {
  const { remote } = client;
  remote.clock += 1000;
  const broken = remote.broken[kind];
  if (broken === "fails") throw unavailable("not-applied");
  if (parentId !== undefined && find(remote, "m.gate", undefined, parentId) === undefined) throw gone();
  const all = list(remote, kind, parentId).flatMap((thing) => {
    const live = liveOf(client, rulesFor(kind), thing);
    return live === null ? [] : [live];
  });
  return broken === "cut"
    ? { resources: all.slice(0, 1), complete: false, error: "a page is missing" }
    : { resources: all, complete: true };
}

function liveOf(client: Client, rules: KindRules, thing: Thing, fresh = false): LiveResource | null {
  const seen = fresh ? thing.fields : shown(client.remote, thing);
  if (seen === null) return null;
  const fields: Values = Object.fromEntries(
    Object.entries(seen).filter(([name]) => rules.fields[name]?.unanswered !== true),
  );
  for (const [name, value] of Object.entries(thing.secrets)) {
    if (rules.fields[name]?.write_only === true) continue;
    const fingerprint = client.fingerprint(value);
    fields[name] = { $secret: fingerprint === undefined ? {} : { fingerprint } };
  }
  return {
    kind: rules.kind,
    id: thing.id,
    ...(thing.parent_id === undefined ? {} : { parent_id: thing.parent_id }),
    name: text(fields.name ?? fields.slug ?? fields.source ?? fields.code ?? thing.id),
    fields,
    ...(rules.key_is_id ? { mark: String(thing.created_at) } : {}),
    created_at: thing.created_at,
    created_by: thing.by,
  };
}

function revealed(fields: ResolvedFields): Values {
  const plain = (value: ResolvedValue): JsonValue => {
    if (value instanceof Secret) return value.reveal();
    if (Array.isArray(value)) return value.map(plain);
    if (!isObject(value)) return value as JsonValue; // a scalar: everything else was handled above
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  };
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, plain(value)]));
}

function refusing<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof RemoteError)
      throw new ProviderError(error.message, { refused: error.code, outcome: "not-applied" });
    throw error;
  }
}

function gone(): ProviderError {
  return new ProviderError("there is none", { refused: "not-found", outcome: "not-applied" });
}

export function unavailable(outcome: "not-applied" | "unknown"): ProviderError {
  return new ProviderError("the vendor is unavailable", { refused: "unavailable", outcome });
}
