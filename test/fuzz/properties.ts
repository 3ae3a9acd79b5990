// What must hold after every run, whatever it was given. Each function gives what does not, in words.

import { CODE_TABLES, VENDOR_CODES, vendorCode } from "../../src/app/codes.ts";
import { isObject } from "../../src/base/json.ts";
import { providers } from "../../src/providers/index.ts";
import { endpoints } from "../../src/reference-server/endpoints.ts";
import type { LogEntry } from "../../src/reference-server/index.ts";
import type { Ran } from "./gateform.ts";
import { SMUGGLED } from "./hostile.ts";

/** Milliseconds of computing that a command may take, the reference server's part included. */
const LONGEST = 10_000;

/** Control characters but line feed, bidi and other invisible formats, lone surrogates. */
const ACTING = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
/** The colours of `src/render/style.ts`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one
const OURS = /\u001b\[(?:1|2|22|31|32|33|36|39)m/g;
const STACK = /\n\s+at .*[\w)]:\d+:\d+\)?(?:\n|$)/;

/**
 * What is wrong with how a run ended and with what it printed.
 * @param foreignCodes the document has findings of its own, which are printed with it.
 */
export function wrongIn(ran: Ran, duration: number, foreignCodes: boolean): readonly string[] {
  const { stdout, stderr, json, markdown, code, thrown } = ran;
  const texts = { stdout: stdout.replace(OURS, ""), stderr: stderr.replace(OURS, ""), json, markdown };
  const wrong: string[] = [];
  if (thrown !== undefined) wrong.push(`threw ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
  else if (![0, 1, 2].includes(code)) wrong.push(`ended with ${code}`);
  if (duration > LONGEST) wrong.push(`computed for ${Math.round(duration)} ms`);
  for (const [name, text] of Object.entries(texts)) {
    const acting = ACTING.exec(text);
    if (acting !== null) wrong.push(`${name} holds ${JSON.stringify(around(text, acting.index))}`);
    if (STACK.test(text)) wrong.push(`${name} holds a stack: ${text.slice(0, 2000)}`);
    if (text.includes("mistake in gateform"))
      wrong.push(`${name} tells of a mistake of ours: ${text.slice(0, 400)}`);
  }
  const alive = livelyIn(markdown);
  if (alive !== undefined) wrong.push(`markdown has live ${JSON.stringify(alive)}`);
  wrong.push(...unknownCodes(json, foreignCodes));
  return wrong.map((text) => `${ran.what}: ${text}`);
}

const CODES: ReadonlySet<string> = new Set([
  ...CODE_TABLES.flatMap(({ codes }) => Object.keys(codes)),
  ...Object.keys(VENDOR_CODES).map(vendorCode),
  ...providers.flatMap(({ checks, kinds }) => [
    ...checks.map(({ code }) => code),
    ...kinds.flatMap(({ rules }) => Object.values(rules.fields).flatMap(({ risk }) => risk?.code ?? [])),
  ]),
]);

/** Codes that no page explains: errors of the system or of Node, which nobody has put into words. */
function unknownCodes(json: string, foreign: boolean): readonly string[] {
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch {
    return [`its JSON is none: ${json.slice(0, 100)}`];
  }
  const found = new Set<string>();
  if (!isObject(document)) return ["its JSON is no object"];
  const lists = [document, document.report, document.plan].filter(isObject);
  for (const { error, diagnostics, refused, results } of lists) {
    const items: unknown[] = [error, results, ...(foreign ? [] : [diagnostics, refused])].flat();
    for (const item of items) if (isObject(item) && typeof item.code === "string") found.add(item.code);
  }
  return [...found].filter((code) => !CODES.has(code)).map((code) => `the code ${code} is in no table`);
}

/** The first piece of text outside of code that a markdown reader would act on. */
function livelyIn(markdown: string): string | undefined {
  const lines: string[] = [];
  let fence: string | undefined;
  for (const line of markdown.split("\n")) {
    const mark = /^ *(`{3,})/.exec(line)?.[1];
    if (fence === undefined && mark !== undefined) fence = mark;
    else if (fence === undefined) lines.push(line);
    else if (line.trim() === fence) fence = undefined;
  }
  const prose = lines.join("\n").replace(/(?<!\\)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, "");
  return /(?<!\\)<(?:img|script)|(?<!\\)\]\(|@octocat|https?:\/\/evil|www\.evil|(?<!\\)-->(?!\n)/.exec(
    prose,
  )?.[0];
}

/** What is wrong with where a configuration's findings point to. */
export function unplaced(json: string): readonly string[] {
  const document: unknown = JSON.parse(json);
  const list = isObject(document) && Array.isArray(document.diagnostics) ? document.diagnostics : [];
  return list.flatMap((item): readonly string[] => {
    if (!isObject(item) || WITHOUT_PLACE.includes(String(item.code))) return [];
    const { position } = item;
    const placed =
      isObject(position) &&
      Number(position.line) >= 1 &&
      Number(position.column) >= 1 &&
      position.file !== "";
    return placed ? [] : [`${item.code} has no position: ${String(item.message).slice(0, 200)}`];
  });
}

/** They are about whole files. */
const WITHOUT_PLACE = ["NO_FILE", "FILE_UNREADABLE"];

/** Requests that nobody meant: paths that no endpoint has, another account or team, a query that came along with an id. */
export function strayIn(
  log: readonly LogEntry[],
  { accounts, team }: { readonly accounts: readonly string[]; readonly team: string },
): readonly string[] {
  const found = log.flatMap(({ method, path, query }) => {
    const stray =
      !SHAPES.some(([of, shape]) => of === method && shape.test(path)) ||
      (path.includes("/accounts/") &&
        !accounts.some((id) => path.startsWith(`/client/v4/accounts/${id}/`))) ||
      [...new URLSearchParams(query)].some(
        ([name, value]) => name.includes(SMUGGLED) || (name === "teamId" && value !== team),
      );
    return stray ? [`asked ${method} ${path}?${query}`] : [];
  });
  return [...new Set(found)];
}

const SHAPES = endpoints.map(
  ({ method, path }) => [method, new RegExp(`^${path.replaceAll(/:[A-Za-z_]+/g, "[^/]+")}$`)] as const,
);
function around(text: string, at: number): string {
  return text.slice(Math.max(0, at - 60), at + 60);
}
