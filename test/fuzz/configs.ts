// Configurations over all kinds: made of what the contract suite knows to be valid or of what the schema lets through,
// then changed by values that fit, and by edits that know nothing.

import fc from "fast-check";
import { isObject, type JsonObject, type JsonValue } from "../../src/base/json.ts";
import type { Connection } from "../../src/reference-server/index.ts";
import type { Body, Sample } from "../contract/sample.ts";
import { samples } from "../contract/samples/all.ts";
import { bodyOf, dieOf, fitting, membersOf, schemaAt, takesAnyText } from "./fitting.ts";
import { NAMES, PATH_TRICKS, text } from "./hostile.ts";
import { type Edit, edited, gentle, rough } from "./json-edits.ts";
import { LITERAL } from "./place.ts";

/** One kind's part of a configuration. */
interface Part {
  readonly sample: number;
  readonly body: "minimal" | "full" | "several" | "change" | "schema";
  readonly pick: number;
  /** Another key than the one that the contract suite uses. */
  readonly key: string | null;
}

/** A change to a value that goes by what the schema says of it. */
interface Fit {
  readonly at: number;
  readonly numbers: readonly number[];
}

/** A text where the schema takes any. */
interface Note {
  readonly at: number;
  readonly text: string;
}

export interface ConfigDocument {
  readonly parts: readonly Part[];
  readonly fits: readonly Fit[];
  readonly notes: readonly Note[];
  readonly edits: readonly Edit[];
  /** A secret in place of what should be a map. */
  readonly literal: number | null;
  /** Where one-time values go. */
  readonly sink: string | null;
  readonly head: JsonObject;
  readonly coloured: boolean;
}

const numbers = fc.array(fc.nat({ max: 1000 }), { minLength: 3, maxLength: 12 });
const part: fc.Arbitrary<Part> = fc.record(
  {
    sample: fc.nat({ max: samples.length - 1 }),
    body: fc.constantFrom<Part["body"]>("minimal", "full", "full", "several", "change", "change", "schema"),
    pick: fc.nat({ max: 1000 }),
    key: fc.oneof(
      { weight: 12, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom("a", "B_1", "x.y-z") },
      { weight: 1, arbitrary: fc.constantFrom(...NAMES) },
      { weight: 1, arbitrary: text },
    ),
  },
  { noNullPrototype: true },
);
const head: fc.Arbitrary<JsonObject> = fc.record(
  {
    policy: fc.constantFrom<JsonValue>(
      { prune: "never" },
      { adopt: true },
      { max_deletes: 3, exclusive: ["vercel.rules"] },
    ),
    removed: fc.constantFrom<JsonValue>([], ["vercel.rule.gone"]),
    moved: fc.constantFrom<JsonValue>([], [], [{ from: "vercel.rule.x", to: "vercel.rule.opus" }]),
    ledger: fc
      .constantFrom("led/ger.json", "../l.json", "link/l.json", "loop", "gateform.yaml")
      .map((file) => ({ file })),
    defaults: fc.constantFrom<JsonValue>(
      { "vercel.rule": { lifecycle: { prevent_destroy: true } } },
      { "cloudflare.gateway": { collect_logs: false } },
      { constructor: {} },
    ),
  },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<JsonObject>; // every member is JSON

export const configs: fc.Arbitrary<ConfigDocument> = fc.record({
  parts: fc.array(part, { minLength: 1, maxLength: 3 }),
  fits: fc.array(fc.record({ at: fc.nat({ max: 100_000 }), numbers }), { maxLength: 3 }),
  notes: fc.oneof(
    fc.constant([]),
    fc.array(fc.record({ at: fc.nat({ max: 100_000 }), text }), { minLength: 1, maxLength: 2 }),
  ),
  edits: fc.oneof(
    { weight: 8, arbitrary: fc.constant([]) },
    { weight: 2, arbitrary: fc.array(gentle, { minLength: 1, maxLength: 2 }) },
    { weight: 2, arbitrary: fc.array(rough, { minLength: 1, maxLength: 3 }) },
  ),
  literal: fc.oneof({ weight: 20, arbitrary: fc.constant(null) }, fc.nat({ max: 100_000 })),
  sink: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, fc.constantFrom(...PATH_TRICKS)),
  head: fc.oneof({ weight: 6, arbitrary: fc.constant({}) }, head),
  coloured: fc.boolean(),
});

/** The text of a document: JSON, which is YAML, too. */
export function textOf(document: ConfigDocument, connection: Connection): string {
  return edited(documentOf(document, connection), document.edits, 2);
}

/** What a document says before it is edited. */
export function documentOf(
  { parts, fits, notes, sink, literal, head }: Omit<ConfigDocument, "edits" | "coloured">,
  { cloudflare, vercel }: Connection,
): JsonObject {
  const blocks = parts.map((one) => blockOf(one)).reduce(joined, {});
  const settings: JsonObject = {
    cloudflare: { account_id: cloudflare.account_id },
    vercel: { team: vercel.team },
  };
  const used = Object.fromEntries(Object.entries(settings).filter(([name]) => Object.hasOwn(blocks, name)));
  let value = joined(joined({ version: 1, stack: "fuzz", ...head }, used), blocks);
  for (const fit of fits) value = fitted(value, fit);
  for (const note of notes) value = noted(value, note);
  if (sink !== null) value = withSink(value, sink) as JsonObject;
  return literal === null ? value : withLiteral(value, literal);
}

function blockOf({ sample: index, body, pick, key }: Part): JsonObject {
  const sample = samples[index] as Sample; // the arbitrary stays below the length
  const { minimal, full, several } = sample;
  const bodies: Record<Exclude<Part["body"], "several">, () => Body> = {
    minimal: () => minimal,
    full: () => full,
    change: () => bodyOfChange(sample, pick),
    // Its schema is that of an object.
    schema: () => bodyOf(sample.kind, dieOf([pick, pick + 3, pick * 7])) as Body,
  };
  return sample.block(body === "several" ? several : { [key ?? sample.key]: bodies[body]() });
}

/** The body that one of the changes that the contract suite makes ends with. */
export function bodyOfChange({ changes, full }: Sample, pick: number): Body {
  const change = changes[pick % Math.max(1, changes.length)];
  return change === undefined ? full : { ...change.beside, ...at(change.path, change.to), ...change.along };
}

/** `a.b` and a value as the body that has only that. */
function at(path: string, value: JsonValue): Body {
  const [first = "", ...rest] = path.split(".");
  return { [first]: rest.length === 0 ? value : at(rest.join("."), value) };
}

/** Maps joined entry by entry; otherwise the later one. */
export function joined(a: JsonObject, b: JsonObject): JsonObject {
  const out: Record<string, JsonValue> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = out[key];
    out[key] =
      isObject(before) && isObject(value) && !Object.hasOwn(value, "env") ? joined(before, value) : value;
  }
  return out;
}

/** Sets a value somewhere, or a member that was left out, to what its schema allows. */
function fitted(document: JsonObject, { at, numbers }: Fit): JsonObject {
  const die = dieOf(numbers);
  const places = placesIn(document, []).filter((path) => path.length > 2);
  const path = places[at % Math.max(1, places.length)];
  if (path === undefined) return document;
  const schema = schemaAt(path);
  if (schema === undefined) return document;
  const members = membersOf(schema).filter((name) => name !== "deliver");
  const name = members[die(members.length)];
  return name === undefined
    ? (put(document, path, fitting(schema, die, 2)) as JsonObject)
    : (put(document, [...path, name], fitting(schemaAt([...path, name]), die, 2)) as JsonObject);
}

/** Sets one of the texts that may be any, whether it stands there or not. */
function noted(document: JsonObject, { at, text }: Note): JsonObject {
  const free = placesIn(document, [])
    .filter((path) => path.length > 2)
    .flatMap((path) => membersOf(schemaAt(path)).map((name) => [...path, name]))
    .filter((path) => !path.includes("deliver") && takesAnyText(schemaAt(path)));
  const path = free[at % Math.max(1, free.length)];
  return path === undefined ? document : (put(document, path, text) as JsonObject);
}

/** What an id may be instead of a reference is no secret, and is shown. */
function withLiteral(document: JsonObject, at: number): JsonObject {
  const maps = placesIn(document, []).filter((path) => {
    const found = path.reduce<JsonValue | undefined>(
      (value, step) => (isObject(value) ? value[step] : undefined),
      document,
    );
    return path.length > 1 && isObject(found) && !Object.hasOwn(found, "ref");
  });
  const path = maps[at % Math.max(1, maps.length)];
  return path === undefined ? document : (put(document, path, LITERAL) as JsonObject);
}

type Path = readonly (string | number)[];

function placesIn(value: JsonValue, path: Path): Path[] {
  if (!isObject(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => placesIn(item, [...path, key]))];
}

function put(into: JsonValue | undefined, [step, ...rest]: Path, value: JsonValue): JsonValue {
  if (step === undefined) return value;
  if (!isObject(into)) return into ?? null;
  return { ...into, [step]: put(into[step], rest, value) };
}

function withSink(value: JsonValue, path: string): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => withSink(item, path));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === "file" && isObject(item) ? { ...item, path } : withSink(item, path),
    ]),
  );
}
