// An independent model of a vendor: things in memory, with natures that between them have every trait a kind can
// have. It knows nothing of gateform; what it refuses it refuses for its own reasons.

import type { JsonValue } from "../../src/base/json.ts";

export type Values = Record<string, JsonValue>;

export interface Thing {
  /** Never reused, unlike ids that a user chooses. */
  readonly uid: number;
  readonly kind: string;
  readonly id: string;
  readonly parent_id?: string;
  fields: Values;
  readonly secrets: Record<string, string>;
  /** The value that is shown when it is made, and never again. */
  once?: string;
  /** ms since 1970 */
  readonly created_at: number;
  readonly by: string;
  /** Things in it that have no kind. */
  furniture: string[];
}

export interface Write {
  readonly op: "create" | "update" | "renew" | "delete";
  readonly uid: number;
  readonly kind: string;
  readonly id: string;
  readonly by: string;
  /** Fields that the request held; members of merged objects with a dot. */
  readonly sent: readonly string[];
  /** Of a delete: uids of what pointed at it at that moment. */
  readonly users: readonly number[];
}

/** An answer that still shows what was before a write. */
interface Stale {
  readonly uid: number;
  readonly until: number;
  /** `null`: not there yet. */
  readonly fields: Values | null;
}

export interface Remote {
  clock: number;
  next: number;
  things: Thing[];
  log: Write[];
  stale: Stale[];
  /** Kinds whose reads lag behind their writes. */
  lagging: boolean;
  /** Kind → its lists fail, or lack everything after the first item. */
  broken: Record<string, "fails" | "cut">;
}

export class RemoteError extends Error {
  readonly code: "exists" | "invalid" | "not-found";
  constructor(code: "exists" | "invalid" | "not-found", message: string) {
    super(message);
    this.code = code;
  }
}

interface Nature {
  readonly parent?: string;
  /** The user chooses the id: it is this field. */
  readonly chosen?: string;
  /** Nothing else may be like it within its parent. */
  readonly unique?: (fields: Values) => string;
  readonly required: readonly string[];
  readonly filled: Values;
  /** Fields whose text is kept apart and never shown. */
  readonly secret: readonly string[];
  readonly merged: readonly string[];
  readonly fixed: readonly string[];
  readonly plain: readonly string[];
  readonly once?: true;
  /** How long reads lag behind, in ms. */
  readonly lag?: number;
  /** Kinds of which one has to be there before. */
  readonly after?: string;
}

const NATURES: Readonly<Record<string, Nature>> = {
  "m.gate": {
    chosen: "id",
    required: ["id", "req"],
    filled: { origin: "server", limit: null, tags: [], note: "" },
    secret: ["header"],
    merged: ["opts"],
    fixed: ["id"],
    plain: ["limit", "tags", "req", "origin", "note"],
  },
  "m.conf": {
    parent: "m.gate",
    unique: (fields) => `${fields.slug}/${fields.alias}`,
    required: ["slug", "alias", "secret"],
    filled: { label: "" },
    secret: ["secret"],
    merged: [],
    fixed: ["slug", "alias"],
    plain: ["label"],
    after: "m.store",
  },
  "m.key": {
    required: ["name"],
    filled: { budget: null, project: "p1" },
    secret: [],
    merged: [],
    fixed: ["project"],
    plain: ["name", "budget"],
    once: true,
  },
  "m.pass": {
    required: ["name"],
    filled: { budget: null },
    secret: [],
    merged: [],
    fixed: [],
    plain: ["name", "budget"],
    once: true,
  },
  "m.rule": {
    unique: (fields) => String(fields.source),
    required: ["source"],
    filled: { dest: 1, target: null },
    secret: [],
    merged: [],
    fixed: ["source"],
    plain: ["dest", "target"],
  },
  "m.solid": {
    unique: (fields) => String(fields.code),
    required: ["code"],
    filled: { size: 1 },
    secret: [],
    merged: [],
    fixed: ["code", "size"],
    plain: [],
  },
  "m.stone": {
    unique: (fields) => String(fields.name),
    required: ["name"],
    filled: { v: 1 },
    secret: [],
    merged: [],
    fixed: ["name"],
    plain: ["v"],
  },
  "m.slow": {
    unique: (fields) => String(fields.name),
    required: ["name"],
    filled: { v: 1 },
    secret: [],
    merged: [],
    fixed: ["name"],
    plain: ["v"],
    lag: 60_000,
  },
  "m.door": {
    parent: "m.gate",
    unique: (fields) => `${fields.slug}/${fields.alias}`,
    required: ["slug", "alias", "bolt"],
    filled: { size: 1 },
    secret: [],
    merged: [],
    fixed: ["slug", "alias", "size"],
    plain: [],
  },
  "m.bolt": {
    unique: (fields) => String(fields.name),
    required: ["name", "key"],
    filled: { note: "" },
    secret: ["key"],
    merged: [],
    fixed: ["name"],
    plain: ["note"],
  },
  "m.store": {
    unique: () => "one",
    required: [],
    filled: {},
    secret: [],
    merged: [],
    fixed: [],
    plain: [],
  },
};

export function newRemote(): Remote {
  return {
    clock: Date.UTC(2026, 0, 1),
    next: 1,
    things: [],
    log: [],
    stale: [],
    lagging: false,
    broken: {},
  };
}

/** What the remote shows of a thing: no secrets, sets in an order of its own, a number that changes on its own. */
export function shown(remote: Remote, thing: Thing): Values | null {
  const old = remote.stale.find((item) => item.uid === thing.uid && item.until > remote.clock);
  const fields = old === undefined ? thing.fields : old.fields;
  if (fields === null) return null;
  const tags = fields.tags;
  return {
    ...structuredClone(fields),
    ...(Array.isArray(tags) ? { tags: [...tags].reverse() } : {}),
    ...(thing.kind === "m.gate" ? { hits: remote.clock } : {}),
  };
}

export function list(remote: Remote, kind: string, parentId: string | undefined): Thing[] {
  return remote.things.filter((thing) => thing.kind === kind && thing.parent_id === parentId);
}

export function find(
  remote: Remote,
  kind: string,
  parentId: string | undefined,
  id: string,
): Thing | undefined {
  return list(remote, kind, parentId).find((thing) => thing.id === id);
}

/** Makes a thing. `fields` may hold the text of secrets. */
export function create(
  remote: Remote,
  kind: string,
  parentId: string | undefined,
  fields: Values,
  by: string,
): Thing {
  const nature = natureOf(kind);
  remote.clock += 1000;
  for (const name of nature.required)
    if (fields[name] === undefined) throw new RemoteError("invalid", `${name} is required`);
  if (
    nature.parent !== undefined &&
    !remote.things.some((it) => it.kind === nature.parent && it.id === parentId)
  )
    throw new RemoteError("not-found", "no such parent");
  if (nature.after !== undefined && !remote.things.some((it) => it.kind === nature.after))
    throw new RemoteError("invalid", `no ${nature.after}`);
  const { plain, secrets } = split(nature, fields);
  if (kind === "m.door" && boltOf(remote, parentId, plain)?.id !== plain.bolt)
    throw new RemoteError("invalid", "no bolt of the door's name");
  const same = list(remote, kind, parentId).find((other) =>
    nature.chosen === undefined
      ? nature.unique !== undefined && nature.unique(other.fields) === nature.unique(plain)
      : other.id === plain[nature.chosen],
  );
  if (same !== undefined) throw new RemoteError("exists", "there is one already");
  const uid = remote.next++;
  const thing: Thing = {
    uid,
    kind,
    id: nature.chosen === undefined ? `${kind.slice(2)}_${uid}` : String(plain[nature.chosen]),
    ...(parentId === undefined ? {} : { parent_id: parentId }),
    fields: { ...structuredClone(nature.filled), ...plain },
    secrets,
    ...(nature.once === true ? { once: `once-value-canary-${uid}` } : {}),
    created_at: remote.clock,
    by,
    furniture: [],
  };
  remote.things.push(thing);
  note(remote, "create", thing, by, fields);
  if (remote.lagging && nature.lag !== undefined)
    remote.stale.push({ uid, until: remote.clock + nature.lag, fields: null });
  return thing;
}

/** Changes what the request holds and nothing else. */
export function update(remote: Remote, thing: Thing, fields: Values, by: string): void {
  const nature = natureOf(thing.kind);
  remote.clock += 1000;
  const { plain, secrets } = split(nature, fields);
  for (const name of nature.fixed)
    if (plain[name] !== undefined && plain[name] !== thing.fields[name])
      throw new RemoteError("invalid", `${name} cannot be changed`);
  if (remote.lagging && nature.lag !== undefined)
    remote.stale.push({ uid: thing.uid, until: remote.clock + nature.lag, fields: thing.fields });
  const merged = Object.fromEntries(
    nature.merged
      .filter((name) => plain[name] !== undefined)
      .map((name) => [name, { ...(thing.fields[name] as object), ...(plain[name] as object) }]),
  );
  thing.fields = { ...thing.fields, ...plain, ...merged };
  Object.assign(thing.secrets, secrets);
  note(remote, "update", thing, by, fields);
}

/** Gives a thing another value; the one from before is worth nothing any more. */
export function renew(remote: Remote, thing: Thing, by: string): string {
  remote.clock += 1000;
  const once = `once-value-canary-${thing.uid}-${remote.clock}`;
  thing.once = once;
  note(remote, "renew", thing, by, {});
  return once;
}

/** What a door is locked with: the bolt of its name, whatever id it has. */
function boltOf(remote: Remote, gate: string | undefined, { slug, alias }: Values): Thing | undefined {
  return list(remote, "m.bolt", undefined).find(({ fields }) => fields.name === `${gate}_${slug}_${alias}`);
}

/** Takes a thing away, with everything in it, and a door with its bolt. */
export function remove(remote: Remote, thing: Thing, by: string): void {
  remote.clock += 1000;
  note(remote, "delete", thing, by, {});
  const bolt = thing.kind === "m.door" ? boltOf(remote, thing.parent_id, thing.fields) : undefined;
  remote.things = remote.things.filter(
    (other) =>
      other !== thing &&
      other !== bolt &&
      !(natureOf(other.kind).parent === thing.kind && other.parent_id === thing.id),
  );
}

/** The form in which the remote keeps a plain value. */
export function kept(kind: string, field: string, value: JsonValue): JsonValue {
  if (kind === "m.gate" && field === "limit") return value === 0 ? null : value;
  if (kind === "m.gate" && field === "tags" && Array.isArray(value)) return [...new Set(value)].sort();
  return value;
}

/** Fields that somebody may change in place. */
export function changeable(kind: string): readonly string[] {
  return natureOf(kind).plain;
}

export function isMerged(kind: string, field: string): boolean {
  return natureOf(kind).merged.includes(field);
}

export function isSecret(kind: string, field: string): boolean {
  return natureOf(kind).secret.includes(field);
}

function natureOf(kind: string): Nature {
  const nature = NATURES[kind];
  if (nature === undefined) throw new Error(`the remote has no ${kind}`);
  return nature;
}

function split(nature: Nature, fields: Values): { plain: Values; secrets: Record<string, string> } {
  const known = [...nature.required, ...nature.plain, ...nature.fixed, ...nature.merged, ...nature.secret];
  const plain: Values = {};
  const secrets: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!known.includes(name)) throw new RemoteError("invalid", `no field ${name}`);
    if (nature.secret.includes(name)) secrets[name] = String(value);
    else plain[name] = name === "limit" && value === 0 ? null : value;
  }
  return { plain, secrets };
}

function note(remote: Remote, op: Write["op"], thing: Thing, by: string, fields: Values): void {
  const nature = natureOf(thing.kind);
  const sent = Object.entries(fields).flatMap(([name, value]) =>
    nature.merged.includes(name) ? Object.keys(value as object).map((member) => `${name}.${member}`) : [name],
  );
  const users =
    op === "delete"
      ? remote.things
          .filter((other) => other !== thing && other.fields.target === thing.id)
          .map((other) => other.uid)
      : [];
  remote.log.push({ op, uid: thing.uid, kind: thing.kind, id: thing.id, by, sent, users });
}
