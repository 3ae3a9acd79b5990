// The search that follows a run of the whole suite: every secret that was known during the run, in every text that was
// kept of it, but where it belongs.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { KeptSecret, KeptText } from "./kept.ts";
import { belongs } from "./places.ts";
import { finder, piecesOf } from "./search.ts";

export interface Searched {
  /** Number of values. */
  readonly values: number;
  readonly bytes: number;
  /** Which value, in which form, in which text; never a value. */
  readonly found: readonly string[];
  /** Values that cannot be told from ordinary text: they were not looked for. */
  readonly regular: readonly string[];
}

export interface SearchInput {
  /** What `kept.ts` has filled. */
  readonly directory: string;
  /** Further texts by name, such as the output of the test runner. */
  readonly more: ReadonlyMap<string, string>;
  /** Texts that were there before: what they hold is no secret's. */
  readonly ordinary: readonly string[];
}

/** A value under all names by which it was known. */
interface Known {
  readonly value: string;
  readonly names: Set<string>;
  /** The first test that knew it. */
  readonly test: string;
}

/** Fewer pieces than these of its own, and a value is not told from ordinary text. */
const OWN_PIECES = 8;
/** Characters that a secret has at least. */
const SHORTEST = 12;

export function searchKept({ directory, more, ordinary }: SearchInput): Searched {
  const secrets = readSecrets(directory);
  const pieces = [...secrets.values()].flatMap(({ value }) => piecesOf(value).map(({ piece }) => piece));
  const findOrdinary = finder(pieces);
  const common = new Set(ordinary.flatMap((text) => [...findOrdinary(text)]));
  const known = new Map<string, { readonly secret: Known; readonly form: string }[]>();
  const regular: string[] = [];
  let searched = 0;
  for (const secret of secrets.values()) {
    // Tests of values that are too short, or no values, for what needs a long one: nobody could tell these from words.
    if (secret.value.trim().length < SHORTEST) continue;
    const own = piecesOf(secret.value).filter(({ piece }) => !common.has(piece));
    if (new Set(own.filter(({ form }) => form === "raw").map(({ piece }) => piece)).size < OWN_PIECES) {
      regular.push(`${nameOf(secret)} in ${secret.test}`);
      continue;
    }
    searched += 1;
    for (const { form, piece } of own) {
      const owners = known.get(piece) ?? [];
      if (!owners.some((owner) => owner.secret === secret)) owners.push({ secret, form });
      known.set(piece, owners);
    }
  }
  const find = finder(known.keys());
  const found = new Set<string>();
  let bytes = 0;
  const look = (text: string, place: Pick<KeptText, "test" | "name">): void => {
    bytes += text.length;
    for (const piece of find(text)) {
      const owners = known.get(piece) ?? [];
      // Of two values with a part in common, one may belong there.
      if (owners.some(({ secret }) => belongs(place, [...secret.names]))) continue;
      for (const { secret, form } of owners) {
        found.add(`${nameOf(secret)} (${form}) in ${place.name}, ${place.test}`);
      }
    }
  };
  for (const { text, place } of readTexts(directory)) look(text, place);
  for (const [name, text] of more) look(text, { name, test: "the suite" });
  return { values: searched, bytes, found: [...found], regular };
}

function nameOf({ names }: Known): string {
  return [...names].sort().slice(0, 3).join(" = ");
}

function readSecrets(directory: string): ReadonlyMap<string, Known> {
  const secrets = new Map<string, Known>();
  for (const { value, what, test } of linesOf<KeptSecret>(directory, ".secrets")) {
    const known = secrets.get(value) ?? { value, names: new Set<string>(), test };
    known.names.add(what);
    secrets.set(value, known);
  }
  return secrets;
}

function* readTexts(directory: string): Iterable<{ readonly text: string; readonly place: KeptText }> {
  for (const file of filesOf(directory, ".index")) {
    const pack = readFileSync(file.replace(/index$/, "pack"));
    for (const place of parsed<KeptText>(file)) {
      yield { text: pack.toString("utf8", place.at, place.at + place.length), place };
    }
  }
}

function linesOf<T>(directory: string, extension: string): readonly T[] {
  return filesOf(directory, extension).flatMap((file) => parsed<T>(file));
}

function filesOf(directory: string, extension: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => join(directory, name));
}

/** One JSON document per line, as `kept.ts` writes them. */
function parsed<T>(file: string): readonly T[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as T);
}
