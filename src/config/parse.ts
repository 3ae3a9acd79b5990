// YAML text to a tree. YAML 1.2 core, one document, anchors and `<<`. Bounded in depth and in what aliases expand
// to, and linear in the size of the text: the library's own check for duplicate keys is not, so ours replaces it.

import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Parser,
  type Scalar,
  type YAMLMap,
  type Node as YamlNode,
} from "yaml";
import type { Report } from "./report.ts";
import { placeText, printable, quote, SECRET_NAME, type SourceFile, type Span } from "./source.ts";
import type { Entry, MapNode, Node, ScalarNode } from "./tree.ts";

const MAX_DEPTH = 64;
const MAX_ALIASED = 500_000;

/** Parses one file; `undefined` when it is not usable, with the reasons in the report. */
export function parseYaml(file: SourceFile, report: Report): Node | undefined {
  const tokens = [...new Parser().parse(file.text)];
  const deep = tooDeep(tokens);
  if (deep !== undefined) {
    report.add("TOO_DEEP", {
      message: `maps and lists are nested more than ${MAX_DEPTH} levels deep`,
      at: { file, start: deep, end: deep + 1 },
    });
    return undefined;
  }
  const [document, second] = new Composer({ uniqueKeys: false, prettyErrors: false }).compose(
    tokens,
    true,
    file.text.length,
  );
  if (document === undefined || !reportYamlErrors(file, document, report)) return undefined;
  if (second !== undefined) {
    const start = second.range[0];
    report.add("BAD_YAML", {
      message: "a second document begins here; a file holds one",
      hint: "put it into a file of its own and name both with -f",
      at: { file, start, end: start },
    });
    return undefined;
  }
  if (document.contents === null) return emptyMap(file);
  const converter: Converter = { file, report, anchors: new Map(), aliased: 0, broken: false };
  const node = convert(converter, document.contents, 1).node;
  return converter.broken ? undefined : node;
}

function emptyMap(file: SourceFile): MapNode {
  return { type: "map", entries: new Map(), at: { file, start: 0, end: 0 } };
}

function reportYamlErrors(file: SourceFile, document: Document.Parsed, report: Report): boolean {
  if (document.directives?.yaml.explicit && document.directives.yaml.version !== "1.2") {
    report.add("BAD_YAML", {
      message: `this file asks for YAML ${document.directives.yaml.version}; gateform reads YAML 1.2`,
      hint: "remove the %YAML line",
      at: { file, start: 0, end: 1 },
    });
    return false;
  }
  const [first] = document.errors;
  // What follows the first syntax error is mostly its echo.
  const problems = first === undefined ? document.warnings : [first];
  for (const problem of problems) {
    const [start, end] = problem.pos;
    const at = { file, start, end };
    const lineStart = file.text.lastIndexOf("\n", Math.max(0, start - 1)) + 1;
    const line = file.text.slice(lineStart, end + 40);
    const quoted = line.includes("${");
    // What cannot be parsed cannot be told from a secret.
    if (SECRET_NAME.test(line)) report.hide({ file, start: lineStart, end: Math.max(end, lineStart + 1) });
    report.add("BAD_YAML", {
      // The library quotes source text in some messages; only the part before it is safe to show.
      message: `not valid YAML: ${printable(problem.message.split(/[:\n]/)[0] ?? "syntax error")}`,
      ...(quoted ? { hint: "inside { } and [ ] a value that begins with $ and { needs quotes" } : {}),
      at,
    });
  }
  return problems.length === 0;
}

/** Offset of the first token that lies too deep; the walk keeps its own stack. */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  const stack: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({
    token,
    depth: 0,
  }));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { token, depth } = next;
    if (depth > MAX_DEPTH) return token.offset;
    if (token.type === "document" && token.value !== undefined) stack.push({ token: token.value, depth });
    if (!("items" in token)) continue;
    for (const item of token.items) {
      if (item.value !== undefined) stack.push({ token: item.value, depth: depth + 1 });
      if ("key" in item && item.key) stack.push({ token: item.key, depth: depth + 1 });
    }
  }
  return undefined;
}

/** A converted node with what an alias to it would add. */
interface Converted {
  readonly node: Node;
  readonly size: number;
  readonly height: number;
}

interface Converter {
  readonly file: SourceFile;
  readonly report: Report;
  /** `null` while the anchored node itself is being converted. */
  readonly anchors: Map<string, Converted | null>;
  aliased: number;
  broken: boolean;
}

function convert(to: Converter, source: YamlNode, depth: number): Converted {
  if (isAlias(source)) return convertAlias(to, source, depth);
  const anchor = source.anchor;
  if (anchor !== undefined) to.anchors.set(anchor, null);
  const done = convertBody(to, source, depth);
  if (anchor !== undefined) to.anchors.set(anchor, done);
  return done;
}

function convertBody(to: Converter, source: Exclude<YamlNode, Alias>, depth: number): Converted {
  const at = spanOf(to.file, source);
  if (isMap(source)) return convertMap(to, source, at, depth);
  if (!isSeq(source)) return { node: scalarNode(to, source, at), size: 1, height: 1 };
  const items: Node[] = [];
  let size = 1;
  let height = 0;
  for (const item of source.items) {
    const done = convert(to, item as YamlNode, depth + 1);
    items.push(done.node);
    size += done.size;
    height = Math.max(height, done.height);
  }
  return { node: { type: "list", items, at }, size, height: height + 1 };
}

function convertMap(to: Converter, source: YAMLMap, at: Span, depth: number): Converted {
  const entries = new Map<string, Entry>();
  const merges: Node[] = [];
  let size = 1;
  let height = 0;
  for (const pair of source.items) {
    const name = keyText(to, pair.key, at);
    if (name === undefined) continue;
    const value = pair.value as YamlNode | null;
    const done =
      value === null ? { node: nothingAt(name.span), size: 1, height: 1 } : convert(to, value, depth + 1);
    size += done.size;
    height = Math.max(height, done.height);
    if (name.merge) {
      merges.push(...mergeSources(to, done.node, name.span));
      continue;
    }
    const earlier = entries.get(name.text);
    if (earlier !== undefined) {
      fail(to, "DUPLICATE_KEY", name.span, `${quote(name.text)} stands here a second time`, {
        hint: `the first is at ${placeText(earlier.key)}; keep one of them`,
      });
    } else entries.set(name.text, { key: name.span, value: done.node });
  }
  for (const from of merges) {
    if (from.type !== "map") continue;
    for (const [key, entry] of from.entries) if (!entries.has(key)) entries.set(key, entry);
  }
  return { node: { type: "map", entries, at }, size, height: height + 1 };
}

function mergeSources(to: Converter, node: Node, at: Span): readonly Node[] {
  const sources = node.type === "list" ? node.items : [node];
  if (sources.every((item) => item.type === "map")) return sources;
  fail(to, "BAD_MERGE", at, "the value of << must be a map or a list of maps, as in <<: *defaults");
  return [];
}

function convertAlias(to: Converter, alias: Alias, depth: number): Converted {
  const at = spanOf(to.file, alias);
  const target = to.anchors.get(alias.source);
  if (target === undefined || target === null) {
    const problem =
      target === null ? "stands inside what it repeats" : "names no anchor above it in this file";
    fail(to, "BAD_ALIAS", at, `the alias ${quote(`*${alias.source}`)} ${problem}`);
    return { node: nothingAt(at), size: 1, height: 1 };
  }
  to.aliased += target.size;
  if (to.aliased > MAX_ALIASED) {
    fail(to, "TOO_LARGE", at, `the aliases up to here expand to more than ${MAX_ALIASED} values`);
    return { node: nothingAt(at), size: 1, height: 1 };
  }
  if (depth + target.height > MAX_DEPTH) {
    fail(to, "TOO_DEEP", at, `maps and lists are nested more than ${MAX_DEPTH} levels deep`);
    return { node: nothingAt(at), size: 1, height: 1 };
  }
  return target;
}

function scalarNode(to: Converter, source: Scalar, at: Span): ScalarNode {
  const value: unknown = source.value;
  // A tag (`!!str 1`) fixes the type, so the text decides nothing.
  const plain = source.type === "PLAIN" && source.tag === undefined;
  if (typeof value === "number" && !Number.isFinite(value)) {
    fail(to, "BAD_YAML", at, `${quote(source.source ?? "")} is no number that JSON can carry`);
  }
  if (
    value === null ||
    typeof value === "string" ||
    typeof value === "boolean" ||
    typeof value === "number"
  ) {
    const text = plain ? (source.source ?? "") : String(value);
    return { type: "scalar", value, text, plain, at };
  }
  fail(to, "BAD_YAML", at, "this scalar is neither text, number, true, false nor null");
  return nothingAt(at);
}

/** Where any JSON may stand, a file could else pass off a value as a secret, which then goes where none belongs. */
const MARKS: ReadonlyMap<string, string> = new Map([
  ["$secret", "{ env: NAME }, { file: PATH } or { command: [PROGRAM, …] }"],
  ["$ref", "{ ref: ADDRESS }"],
]);

interface KeyText {
  readonly text: string;
  readonly span: Span;
  readonly merge: boolean;
}

function keyText(to: Converter, key: unknown, around: Span): KeyText | undefined {
  if (!isScalar(key) || key.value === null) {
    const span = isScalar(key) || isMap(key) || isSeq(key) ? spanOf(to.file, key) : around;
    fail(to, "BAD_YAML", span, "a key must be text");
    return undefined;
  }
  const span = spanOf(to.file, key);
  const plain = key.type === "PLAIN";
  const text = plain ? (key.source ?? String(key.value)) : String(key.value);
  if (text === "__proto__") {
    // No field and no vendor's name is called so, and objects treat it specially.
    fail(to, "UNKNOWN_KEY", span, 'unknown key "__proto__"');
    return undefined;
  }
  const instead = MARKS.get(text);
  if (instead !== undefined) {
    fail(to, "UNKNOWN_KEY", span, `unknown key "${text}": plans and ledgers mark their own values with it`, {
      hint: `where a field takes it, write ${instead}`,
    });
    return undefined;
  }
  return { text, span, merge: plain && text === "<<" };
}

function nothingAt(at: Span): ScalarNode {
  return { type: "scalar", value: null, text: "", plain: true, at: { ...at, end: at.start } };
}

function spanOf(file: SourceFile, node: { range?: readonly [number, number, number] | null }): Span {
  const [start, end] = node.range ?? [0, 0];
  return { file, start, end };
}

function fail(
  to: Converter,
  code: Parameters<Report["add"]>[0],
  at: Span,
  message: string,
  more: { readonly hint?: string } = {},
): void {
  to.broken ||= code !== "DUPLICATE_KEY" && code !== "UNKNOWN_KEY";
  to.report.add(code, { message, at, ...more });
}
