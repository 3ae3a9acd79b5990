// What a run leaves behind, in a form in which two runs can be compared: what the vendors have, what the sinks hold and
// what the ledger says, with names in place of ids and of values that are shown once, and without times.

import { readdirSync } from "node:fs";
import { canonicalText, isObject, type JsonObject, type JsonValue } from "../../src/base/json.ts";
import { parseLedger } from "../../src/ledger/documents.ts";
import type { Ledger } from "../../src/model/ledger.ts";
import type { State } from "../../src/reference-server/state.ts";
import { samples } from "../contract/samples/all.ts";
import type { Stage } from "./scenes/set-scene.ts";

export interface Left {
  readonly state: State;
  readonly sinks: Readonly<Record<string, string>>;
  readonly ledger: Ledger;
  /** Every file in the directory. */
  readonly files: readonly string[];
  /** The ledger is on a server, and somebody has its lock. */
  readonly locked: boolean;
}

/** @throws Error when the ledger cannot be read. */
export async function leftBehind(stage: Stage): Promise<Left> {
  const parsed = parseLedger(stage.ledger() ?? "", "the ledger");
  if ("problem" in parsed) throw new Error(parsed.problem.message);
  const files = readdirSync(stage.cwd, { recursive: true }).map(String).sort();
  return {
    state: await stage.state(),
    sinks: stage.sinks(),
    ledger: parsed.ledger,
    files,
    locked: stage.locked(),
  };
}

/** Ids and values of one kind of thing; `value`: what is shown once. */
interface Thing {
  readonly kind: string;
  readonly id: string;
  readonly value?: string;
}

/** Everything that is live. */
export function liveThings(state: State): readonly Thing[] {
  return samples.flatMap(({ kind, live, delivered }) =>
    live(state).map((it) => ({
      kind,
      id: it.id,
      ...(delivered === undefined ? {} : { value: delivered.value(it) }),
    })),
  );
}

/** Ids of everything that is live. Some kinds have ids that no record of the server has. */
export function liveIds(state: State): ReadonlySet<string> {
  const records = collectionsOf(state).flatMap(([, items]) => items.filter(isLive));
  return new Set([
    ...records.flatMap((record) => idOf(record) ?? []),
    ...liveThings(state).map(({ id }) => id),
  ]);
}

/** The values of keys and tokens that work. */
export function liveValues(state: State): ReadonlySet<string> {
  return new Set(liveThings(state).flatMap(({ value }) => (value === undefined ? [] : [value])));
}

/** Ids that the ledger has under an address: the one that it is, and those that are to go. */
export function knownIds({ resources }: Ledger): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(resources).flatMap(([address, { id, retiring = [] }]) =>
      [...(id === null ? [] : [id]), ...retiring.map((item) => item.id)].map(
        (known) => [known, address] as const,
      ),
    ),
  );
}

/** The records of these ids, and the secrets that they name. */
export function recordsOf(state: State, ids: readonly string[]): JsonValue {
  const records = collectionsOf(state).flatMap(([, items]) => items);
  const found = records.filter((record) => ids.includes(idOf(record) ?? ""));
  const secrets = records.filter(
    ({ id }) => id !== undefined && found.some(({ secret_id }) => secret_id === id),
  );
  return [...found, ...secrets];
}

/** With no more than that a vendor shows something of a stored secret, as it is another one each time that it is stored. */
function unprinted(ledger: Ledger): Ledger {
  const resources = Object.fromEntries(
    Object.entries(ledger.resources).map(([address, { imprint, ...entry }]) => [
      address,
      imprint === undefined ? entry : { ...entry, imprint: { at: 0 } },
    ]),
  );
  return { ...ledger, resources };
}

/** All of it, as text by parts. What the vendors keep of what was deleted is not part of it. */
export function comparable(left: Left): Readonly<Record<string, JsonValue>> {
  const { state, sinks, ledger } = left;
  const names = namesIn(left);
  const parts = collectionsOf(state).map(([name, records]): [string, JsonValue] => [
    name,
    records
      .filter(isLive)
      .map((record) => named(contentOf(name, record), names))
      .sort(byText),
  ]);
  return {
    ...Object.fromEntries(parts),
    sinks: named(sinks, names),
    ledger: named(
      Object.fromEntries(
        Object.entries(unprinted(ledger).resources).map(
          ([address, { settling: _, ...entry }]): [string, JsonValue] => [
            address,
            timeless(entry as unknown as JsonValue), // entries are JSON
          ],
        ),
      ),
      names,
    ),
  };
}

/**
 * A text that is the same only where the next run has the same before it: the deleted ones and all of the ledger are
 * in it, and times are not, as the cuts of a scene are seconds apart.
 */
export function traceOf(left: Left): string {
  const { state, sinks, ledger, files, locked } = left;
  const names = namesIn(left);
  const records = collectionsOf(state).map(
    ([name, items]): JsonValue => [name, items.map((record) => named(timeless(record), names))],
  );
  return canonicalText({
    records,
    sinks: named(sinks, names),
    ledger: named(timeless(unprinted(ledger) as unknown as JsonValue), names), // ledgers are JSON
    files,
    locked,
  });
}

function collectionsOf({ cloudflare, vercel }: State): readonly (readonly [string, readonly JsonObject[]])[] {
  return [...Object.entries(cloudflare), ...Object.entries(vercel)].flatMap(([name, value]) => {
    const records = Array.isArray(value) ? (value as readonly JsonValue[]).filter(isObject) : [];
    return records.length === 0 ? [] : [[name, records] as const];
  });
}

const ID_FIELDS = ["id", "ruleId", "credentialId"];

function idOf(record: JsonObject): string | undefined {
  const id = ID_FIELDS.map((name) => record[name]).find((value) => typeof value === "string");
  return typeof id === "string" ? id : undefined;
}

function isLive(record: JsonObject): boolean {
  return record.deleted !== true && record.archived !== true && record.listed_until === undefined;
}

/** Nothing of these is ever made by a run, or its id is what its name is. */
const GIVEN = ["gateways", "custom_domains", "teams", "users", "projects"];

/** Names for ids and for values that are shown once: an address, or what the thing is and the how manieth of such. */
function namesIn({ state, ledger }: Left): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const owned = knownIds(ledger);
  const counts = new Map<string, number>();
  for (const [collection, records] of collectionsOf(state)) {
    for (const record of records) {
      const id = idOf(record);
      if (id === undefined || GIVEN.includes(collection)) continue;
      const what = owned.get(id) ?? canonicalText([collection, named(contentOf(collection, record), names)]);
      const count = (counts.get(what) ?? 0) + 1;
      counts.set(what, count);
      const name = `${what} ${count}`;
      names.set(id, name);
      for (const once of [record.value, record.secret])
        if (typeof once === "string" && collection !== "secrets") names.set(once, `value of ${name}`);
    }
  }
  return names;
}

/** What of a record is neither an id, nor a time, nor a value that the vendor made. */
function contentOf(collection: string, record: JsonObject): JsonObject {
  const made = [
    ...["position", "partialKey", "previous_value", "ssl_hostname_id", "secret", "versions", "deployments"],
    // A gateway's id is its name.
    ...(collection === "gateways" ? [] : ID_FIELDS),
    ...(collection === "tokens" ? ["value"] : []),
  ];
  const content = Object.entries(record).filter(([name]) => !made.includes(name));
  const graph = collection === "routes" ? { elements: graphOf(record) } : {};
  return timeless({ ...Object.fromEntries(content), ...graph }) as JsonObject; // of an object one is made
}

/** What is deployed; how many versions it took does not matter. */
function graphOf(route: JsonObject): JsonValue {
  const [versions, deployments] = [route.versions, route.deployments].map((list) =>
    Array.isArray(list) ? list.filter(isObject) : [],
  );
  const deployed = deployments?.at(-1)?.version_id;
  return versions?.find(({ version_id }) => version_id === deployed)?.elements ?? null;
}

const TIME_NAME =
  /(?:_at|At|_on|_from|_until)$|^(?:at|created|modified|until|due|sequence|not_before|not_after|mark)$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** Of a name that something is made under before it gets its own. */
const MARK = /\(gateform [0-9a-f]+\)/;

function timeless(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(timeless);
  if (typeof value === "string") return TIME.test(value) ? "a time" : value.replace(MARK, "(gateform)");
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, item]) => !(TIME_NAME.test(name) && !isObject(item)))
      .map(([name, item]) => [name, timeless(item)]),
  );
}

function named(value: JsonValue, names: ReadonlyMap<string, string>): JsonValue {
  if (Array.isArray(value)) return value.map((item) => named(item, names));
  if (typeof value === "string") {
    let text = value;
    // Some ids are made of others.
    for (const [id, name] of names) text = text.replace(id, () => name);
    return text;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, named(item, names)]));
}

function byText(a: JsonValue, b: JsonValue): number {
  return canonicalText(a) < canonicalText(b) ? -1 : 1;
}
