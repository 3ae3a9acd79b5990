// Says in words what a zod issue expected. Knows nothing of files.

import type { z } from "zod";

/** Given to zod as the message of every issue that has none of its own: the words are made here when needed. */
export const NO_MESSAGE = "\u0001";

export type Issue = z.core.$ZodIssue;

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a map",
  record: "a map",
  array: "a list",
  tuple: "a list",
  null: "null",
};

const FORMATS: Readonly<Record<string, string>> = {
  url: "a URL, as in https://example.com",
  uuid: "a UUID",
  guid: "a UUID",
  email: "an e-mail address",
  datetime: "a time, as in 2027-06-30T00:00:00Z",
  date: "a date, as in 2027-06-30",
};

/** `expected a whole number`; a schema's own message is given as it is. */
export function expectation(issue: Issue): string {
  if (issue.message !== NO_MESSAGE && issue.message !== "") return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return `expected ${TYPES[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `expected ${oneOf(issue.values.map(String))}`;
    case "too_small":
      return `expected ${bound("at least", "more than", issue.minimum, issue)}`;
    case "too_big":
      return `expected ${bound("at most", "less than", issue.maximum, issue)}`;
    case "not_multiple_of":
      return `expected a multiple of ${issue.divisor}`;
    case "invalid_format":
      return `expected ${formatWords(issue)}`;
    case "invalid_key":
      return `the key is wrong: ${issue.issues.map(expectation).join("; ")}`;
    case "invalid_element":
      return issue.issues.map(expectation).join("; ");
    case "invalid_union":
      return `expected ${unionWords(issue)}`;
    case "unrecognized_keys":
      return "expected no other keys";
    case "custom":
      return "expected another value";
    default:
      return issue satisfies never;
  }
}

/** `a, b or c`, at most a dozen of them. */
export function oneOf(values: readonly string[]): string {
  const shown = values.slice(0, 12);
  if (values.length > shown.length) return `one of ${shown.join(", ")}, …`;
  const last = shown.pop();
  return shown.length === 0 ? (last ?? "nothing") : `${shown.join(", ")} or ${last}`;
}

function bound(
  inclusive: string,
  exclusive: string,
  limit: number | bigint,
  issue: { readonly origin: string; readonly inclusive?: boolean; readonly exact?: boolean },
): string {
  const units: Readonly<Record<string, readonly [string, string]>> = {
    string: [" character", " characters"],
    array: [" entry", " entries"],
    set: [" entry", " entries"],
  };
  const unit = units[issue.origin]?.[Number(limit) === 1 ? 0 : 1] ?? "";
  if (issue.exact === true) return `exactly ${limit}${unit}`;
  return `${issue.inclusive === false ? exclusive : inclusive} ${limit}${unit}`;
}

function formatWords(issue: z.core.$ZodIssueInvalidStringFormat): string {
  // Only these three formats carry the member that is read for them; zod's type leaves it out.
  const { prefix, suffix, includes } = issue as unknown as Readonly<Record<string, unknown>>;
  if (issue.format === "starts_with") return `text that begins with ${String(prefix)}`;
  if (issue.format === "ends_with") return `text that ends with ${String(suffix)}`;
  if (issue.format === "includes") return `text that contains ${String(includes)}`;
  if (issue.format === "regex") return `text that matches ${issue.pattern ?? "the pattern"}`;
  return FORMATS[issue.format] ?? `text in the form of ${issue.format}`;
}

function unionWords(issue: z.core.$ZodIssueInvalidUnion): string {
  if ("options" in issue && Array.isArray(issue.options)) return oneOf(issue.options.map(String));
  const words = issue.errors.flatMap((branch) =>
    branch.slice(0, 1).map((inner) => expectation(inner).replace(/^expected /, "")),
  );
  return oneOf([...new Set(words)]);
}
