// What to write instead of what was found: hints for findings about values and keys.

import { type Address, kindOf } from "../base/address.ts";
import { suggest } from "../base/suggest.ts";
import { type Issue, oneOf } from "./expect.ts";
import type { Node, Path } from "./tree.ts";

/** The nearest known name; or else all that the found one begins, as `rate_limit` does three, or is the last word of. */
export function alike(found: string, known: readonly string[]): readonly string[] {
  const near = suggest(found, known);
  if (near !== undefined) return [near];
  if (found.length < SHORTEST_PART) return [];
  return known.filter((name) => name.startsWith(found) || name.endsWith(`_${found}`));
}

const SHORTEST_PART = 4;

/** The address that was meant where the section was written in place of the kind: `cloudflare.secrets.a`. */
export function singular(node: Node | undefined, issue: Issue): string | undefined {
  if (node?.type !== "scalar" || typeof node.value !== "string") return undefined;
  if (!("prefix" in issue)) return undefined;
  const prefix = String(issue.prefix);
  const section = `${prefix.slice(0, -1)}s.`;
  return node.value.startsWith(section)
    ? `did you mean ${prefix}${node.value.slice(section.length)}?`
    : undefined;
}

/** The value that was meant, or how to write it. */
export function valueHint(node: Node | undefined, issue: Issue): string | undefined {
  if (node?.type !== "scalar" || typeof node.value !== "string") return undefined;
  // YAML 1.2 reads these as text, other than the YAML that many know.
  if (issue.code === "invalid_type" && issue.expected === "boolean") {
    if (/^(?:yes|on)$/i.test(node.value)) return "write true";
    if (/^(?:no|off)$/i.test(node.value)) return "write false";
  }
  if (
    issue.code === "invalid_type" &&
    ["number", "int", "boolean"].includes(issue.expected) &&
    node.expression === undefined &&
    !node.plain
  ) {
    return "write it without quotes";
  }
  const values: readonly unknown[] =
    issue.code === "invalid_value"
      ? issue.values
      : "options" in issue && Array.isArray(issue.options)
        ? issue.options
        : [];
  const near = alike(
    node.value,
    values.filter((value) => typeof value === "string"),
  );
  return near.length === 0 ? undefined : `did you mean ${oneOf(near)}?`;
}

/** What to write where nothing stands. */
export function nothingHint(expected: string): string {
  if (expected.endsWith("a map")) return "write {} for an empty one, or remove the line";
  if (expected.endsWith("a list")) return "write [] for an empty one, or remove the line";
  return "give it a value, or remove the line";
}

/** An example to write; where it is too long to read in one line, how to see it. */
export function exampleHint(address: Address | undefined, path: Path, example: unknown): string {
  const text = flowText(example);
  const field = path.filter((step) => typeof step === "string").join(".");
  return text.length > LONGEST_EXAMPLE && address !== undefined
    ? `\`gateform explain ${kindOf(address)}.${field}\` shows what to write`
    : `write ${String(path.at(-1) ?? "")}: ${text}`;
}

/** What a whole resource looks like, where something else stands in its place. */
export function bodyHint(kind: string, key: string, example: unknown): string {
  const text = flowText(example);
  return text.length > LONGEST_EXAMPLE
    ? `\`gateform explain ${kind}\` shows what to write`
    : `write ${key}: ${text}`;
}

const LONGEST_EXAMPLE = 160;

/** A value in one line of YAML, as a person would write it. */
function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([name, item]) => `${flowText(name)}: ${flowText(item)}`);
    return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
  }
  return typeof value === "string" && isPlain(value) ? value : JSON.stringify(value);
}

/** Text that is the same text without quotes. */
function isPlain(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off)$/i.test(text);
}
