// Turns zod's issues into findings: where in the file, what was found, what was expected, what to write. One
// mistake gives one finding, also where a union was tried in several ways.

import type { z } from "zod";
import type { Address } from "../base/address.ts";
import { isObject } from "../base/json.ts";
import { suggest } from "../base/suggest.ts";
import { expectation, type Issue, NO_MESSAGE, oneOf } from "./expect.ts";
import { followsFromHole, followsFromTypo, isMistyped, onlyMissing } from "./follows.ts";
import { alike, exampleHint, nothingHint, singular, valueHint } from "./hints.ts";
import type { Report } from "./report.ts";
import {
  exampleAt,
  holdsSecret,
  keysAt,
  mapsToSecrets,
  secretDepth,
  takesRef,
  takesWholeNumber,
} from "./schema-at.ts";
import { looksSecret, quote, SECRET_NAME, type Span } from "./source.ts";
import { isBareRef, label, type Subject } from "./subject.ts";
import { describe, markOf, type Node, type Path, type Place, placeAt } from "./tree.ts";

/** Reports all issues but those that only follow from an unresolved variable; true when there was one to report. */
export function explain(report: Report, subject: Subject, issues: readonly Issue[]): boolean {
  const context: Context = { ...subject, report, secrets: new Set() };
  let found = false;
  for (const issue of issues) {
    if (followsFromHole(subject, issue) || followsFromTypo(subject, issue, issues)) continue;
    if (subject.partial && onlyMissing(subject, issue, [])) continue;
    found = true;
    explainIssue(context, issue, []);
  }
  return found;
}

interface Context extends Subject {
  readonly report: Report;
  /** Paths of the secrets that have been complained about: one finding each. */
  readonly secrets: Set<string>;
}

/** Reports a key that nothing reads, with the known one it is nearest to. */
export function explainUnknownKey(
  report: Report,
  where: { readonly noun: string; readonly address?: Address | undefined; readonly at: Span },
  found: string,
  known: readonly string[],
): void {
  const meant = alike(found, known);
  report.add("UNKNOWN_KEY", {
    message: `unknown key ${quote(found)} in ${where.noun}`,
    hint:
      meant.length > 0
        ? `did you mean ${oneOf(meant)}?`
        : known.length === 0
          ? "nothing goes in here: write {}"
          : `known here: ${oneOf(known)}`,
    address: where.address,
    at: where.at,
  });
}

function explainIssue(subject: Context, issue: Issue, before: Path): void {
  const path = [...before, ...(issue.path as Path)];
  const secret = secretDepth(subject.schema, path);
  if (secret !== undefined) {
    explainSecret(subject, path.slice(0, secret));
    return;
  }
  const place = placeAt(subject.node, path, subject.key);
  if (issue.code === "unrecognized_keys") {
    explainUnknownKeys(subject, path, place, issue.keys);
  } else if (place.node === undefined && issue.code !== "custom") {
    explainMissing(subject, path, place, issue);
  } else if (place.node !== undefined && isBareRef(place.node) && !takesRef(subject.schema, path)) {
    explainRef(subject, path, place, issue);
  } else if (issue.code === "invalid_union") {
    const branch = likelyBranch(issue, place);
    if (branch === undefined) explainValue(subject, path, place, issue);
    else for (const inner of branch) explainIssue(subject, inner, path);
  } else explainValue(subject, path, place, issue);
}

/** The alternative that was meant: one whose outer type fits, with the fewest mistakes inside. */
function likelyBranch(issue: z.core.$ZodIssueInvalidUnion, place: Place): readonly Issue[] | undefined {
  const fitting = issue.errors.filter((branch) => !branch.some((inner) => isMismatch(inner)));
  const best = fitting.reduce<readonly Issue[] | undefined>(
    (found, branch) => (found === undefined || branch.length < found.length ? branch : found),
    undefined,
  );
  // Where no alternative has what it needs, nobody knows which one was meant, but what is no part of any is wrong.
  const unknown =
    best?.filter((inner) => inner.code === "unrecognized_keys" && inner.path.length === 0) ?? [];
  const open =
    fitting.length > 1 && fitting.every((branch) => branch.some((inner) => isAbsent(inner, place)));
  return open && unknown.length > 0 ? unknown : best;
}

/** True for a key that an alternative needs and that is not there. */
function isAbsent({ path: [key, ...rest] }: Issue, { node }: Place): boolean {
  return typeof key === "string" && rest.length === 0 && node?.type === "map" && !node.entries.has(key);
}

function isMismatch(issue: Issue): boolean {
  return issue.path.length === 0 && (issue.code === "invalid_type" || issue.code === "invalid_value");
}

function explainUnknownKeys(subject: Context, path: Path, place: Place, keys: readonly string[]): void {
  const known = [...keysAt(subject.schema, path), ...(path.length === 0 ? (subject.more_keys ?? []) : [])];
  if (place.node !== undefined && isBareRef(place.node)) {
    subject.report.add("REF_NOT_TAKEN", {
      message: `${label(subject, path)} is a map of its own fields and takes no reference`,
      hint: `known here: ${oneOf(known)}`,
      address: subject.address,
      at: markOf(place),
    });
    return;
  }
  for (const key of keys) {
    const entry = place.node?.type === "map" ? place.node.entries.get(key) : undefined;
    if (entry !== undefined && mayBeSecret(subject, path, key, known, entry.value))
      subject.report.hide(entry.value.at);
    const where = { noun: label(subject, path), address: subject.address, at: entry?.key ?? place.key };
    if (known.includes(key)) explainMixed(subject.report, where, key, keysBeside(place, keys));
    else explainUnknownKey(subject.report, where, key, known);
  }
}

/** Reports a key of one alternative beside those of another. */
function explainMixed(
  report: Report,
  where: { readonly noun: string; readonly address?: Address | undefined; readonly at: Span },
  found: string,
  beside: readonly string[],
): void {
  report.add("UNKNOWN_KEY", {
    message: `key ${quote(found)} in ${where.noun} does not go with ${beside.map((key) => quote(key)).join(", ")}`,
    hint: "keep one of the two here",
    address: where.address,
    at: where.at,
  });
}

function keysBeside(place: Place, keys: readonly string[]): readonly string[] {
  return place.node?.type === "map"
    ? [...place.node.entries.keys()].filter((key) => !keys.includes(key))
    : [];
}

/** A mistyped name can stand before a literal secret: `secrt: sk-…`. */
function mayBeSecret(
  subject: Subject,
  path: Path,
  key: string,
  known: readonly string[],
  value: Node,
): boolean {
  if (value.type === "scalar" && typeof value.value !== "string") return false;
  const near = suggest(key, known);
  if (SECRET_NAME.test(key)) return true;
  const candidates = near === undefined ? known : [near];
  return candidates.some((name) => secretDepth(subject.schema, [...path, name]) !== undefined);
}

function explainMissing(subject: Context, path: Path, place: Place, issue: Issue): void {
  const example = exampleAt(subject.schema, path);
  const name = String(path.at(-1) ?? "");
  if (isMistyped(subject, path, name)) return;
  const secret = secretDepth(subject.schema, path) !== undefined;
  const [variable] = path.length === 1 ? (subject.variables?.[name] ?? []) : [];
  subject.report.add("MISSING_FIELD", {
    message: `${label(subject, path.slice(0, -1))} needs ${quote(name)}; ${expected(subject, path, issue)}`,
    ...(variable !== undefined
      ? { hint: `write ${name}: \${env:${variable}}` }
      : example === undefined || secret
        ? {}
        : { hint: exampleHint(subject.address, path, example) }),
    address: subject.address,
    at: place.key,
  });
}

function expected(subject: Subject, path: Path, issue: Issue): string {
  const text = expectation(issue);
  // For text where a whole number belongs zod says "number" only.
  return text === "expected a number" && takesWholeNumber(subject.schema, path)
    ? "expected a whole number"
    : text;
}

function explainRef(subject: Context, path: Path, place: Place, issue: Issue): void {
  subject.report.add("REF_NOT_TAKEN", {
    message: `${label(subject, path)} takes no reference to another resource; ${expected(subject, path, issue)}`,
    hint: "write the value itself",
    address: subject.address,
    at: markOf(place),
  });
}

function explainValue(subject: Context, path: Path, place: Place, issue: Issue): void {
  const { node } = place;
  const nothing = node?.type === "scalar" && node.value === null;
  if (path.at(-1) === "ref" && takesRef(subject.schema, path.slice(0, -1))) {
    subject.report.add("BAD_REF", {
      message: `${label(subject, path)} is ${node === undefined ? "missing" : describe(node)}; ${expectation(issue)}`,
      hint: singular(node, issue) ?? "write the whole address of a declared resource",
      address: subject.address,
      at: markOf(place),
    });
    return;
  }
  const wrongType =
    issue.code === "invalid_type" ||
    (issue.code === "invalid_union" && !("discriminator" in issue) && !isOtherValue(issue, node));
  const text = expected(subject, path, issue);
  const found = node === undefined ? "" : ` is ${safeWords(subject, path, node)}`;
  const own = issue.message !== NO_MESSAGE && !text.startsWith("expected ");
  const whole = subject.address !== undefined && node === undefined && !text.startsWith("needs ");
  subject.report.add(wrongType ? "WRONG_TYPE" : "WRONG_VALUE", {
    message: !own
      ? `${label(subject, path)}${found}; ${text}`
      : whole
        ? text // says itself what is missing, and the address says in what
        : `${label(subject, path)}${text.startsWith("needs ") ? "" : ":"} ${text}`,
    hint: nothing
      ? nothingHint(text)
      : (valueHint(node, issue) ?? shapeHint(subject, path, node === undefined || MAP_OR_LIST.test(text))),
    address: subject.address,
    at: markOf(place),
  });
}

const MAP_OR_LIST = /^expected a (?:map|list)$/;

/** True where all alternatives are single values, and what stands there is another one of their type. */
function isOtherValue(issue: z.core.$ZodIssueInvalidUnion, node: Node | undefined): boolean {
  if (node?.type !== "scalar") return false;
  return issue.errors.every((branch) =>
    branch.every(
      (inner) =>
        inner.code === "invalid_value" && inner.values.every((value) => typeof value === typeof node.value),
    ),
  );
}

/** What a map or a list looks like, where something else stands, and what is missing, where nothing does. */
function shapeHint(subject: Context, path: Path, wanted: boolean): string | undefined {
  const name = path.at(-1);
  if (typeof name !== "string" || !wanted) return undefined;
  const example = exampleAt(subject.schema, path);
  return example === undefined ? undefined : exampleHint(subject.address, path, example);
}

/** What was found, unless it may be a secret in the wrong place. */
function safeWords(subject: Context, path: Path, node: Node): string {
  if (node.type !== "scalar" || typeof node.value !== "string" || node.expression !== undefined) {
    return describe(node);
  }
  if (!holdsSecret(subject.schema, path) && !looksSecret(node.value)) return describe(node);
  subject.report.hide(node.at);
  return "a text";
}

/** One finding for whatever is wrong with a secret; none of its text is shown, in a snippet neither. */
function explainSecret(subject: Context, path: Path): void {
  const place = placeAt(subject.node, path, subject.key);
  const { node } = place;
  const name = String(path.at(-1) ?? "");
  const id = path.join("\n");
  if (subject.secrets.has(id)) return;
  subject.secrets.add(id);
  if (node === undefined) {
    if (isMistyped(subject, path, name)) return;
    subject.report.add("MISSING_FIELD", {
      message: `${label(subject, path.slice(0, -1))} needs ${quote(name)}; expected where the secret comes from`,
      hint: `write ${name}: { env: NAME }, { file: PATH } or { command: [PROGRAM, …] }`,
      address: subject.address,
      at: place.key,
    });
    return;
  }
  subject.report.hide(node.at);
  const above = path.slice(0, -1);
  if (isOneReference(subject, above)) {
    subject.report.add("BAD_SECRET", {
      message: `${label(subject, above)} is a single reference; expected a map, in which every name has a reference of its own`,
      hint: exampleHint(
        subject.address,
        above,
        exampleAt(subject.schema, above) ?? { NAME: { env: "NAME" } },
      ),
      address: subject.address,
      at: placeAt(subject.node, above, subject.key).key,
    });
    return;
  }
  const literal = node.type === "scalar" && node.value !== null;
  subject.report.add(literal ? "LITERAL_SECRET" : "BAD_SECRET", {
    message: literal
      ? `${label(subject, path)} holds a secret and is written out; a file names where a secret comes from`
      : `${label(subject, path)} does not say where the secret comes from; expected exactly one of env, file, command, for env the name of a variable, for command a list of texts`,
    hint: `write ${name}: { env: ${variableName(subject, node, name)} }, { file: PATH } or { command: [PROGRAM, …] }`,
    address: subject.address,
    at: place.key,
  });
}

/** True for `{ env: NAME }` and its like where a map of such references belongs. */
function isOneReference(subject: Subject, path: Path): boolean {
  const { node } = placeAt(subject.node, path, subject.key);
  const [name, ...more] = node?.type === "map" ? node.entries.keys() : [];
  return (
    more.length === 0 &&
    ["env", "file", "command"].includes(name ?? "") &&
    mapsToSecrets(subject.schema, path)
  );
}

function variableName(subject: Subject, node: Node, field: string): string {
  const written = node.type === "scalar" ? /^\$\{env:(\w+)/.exec(node.expression ?? "") : null;
  if (written?.[1] !== undefined) return written[1];
  const example = exampleAt(subject.schema, [field]);
  if (isObject(example) && typeof example.env === "string") return example.env;
  const words = field.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2");
  return words.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_") || "NAME";
}
