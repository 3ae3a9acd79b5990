// A JSON object whose members are edited in place, so that its layout and its numbers stay as they were written.

import { isObject } from "../../base/json.ts";
import type { EntryFormat } from "./entry-format.ts";

interface Member {
  readonly key: string;
  /** Right after the "{" or "," before it. */
  readonly from: number;
  /** The value without the blanks around it. */
  readonly valueFrom: number;
  readonly valueTo: number;
  /** At the "," or "}" after it. */
  readonly to: number;
}

export const jsonFormat: EntryFormat = {
  fault: (text) => {
    try {
      return text.trim() === "" || isObject(JSON.parse(text)) ? null : "is not a JSON object";
    } catch {
      return "is not JSON"; // the parser's own message quotes the text
    }
  },

  find: (text, name) => {
    const member = membersOf(text).findLast(({ key }) => key === name);
    return member === undefined ? null : text.slice(member.valueFrom, member.valueTo);
  },

  encode: (_name, value) => JSON.stringify(value),

  put: (text, name, source) => {
    let result = text.trim() === "" ? "{}\n" : text;
    const found = membersOf(result).filter(({ key }) => key === name);
    // From the end, so that the places of those before stay right.
    for (const [index, member] of [...found.entries()].reverse()) {
      if (index === found.length - 1 && source !== null) {
        result = result.slice(0, member.valueFrom) + source + result.slice(member.valueTo);
      } else result = without(result, member);
    }
    return found.length > 0 || source === null ? result : append(result, name, source);
  },

  isEmpty: (text) => membersOf(text).length === 0,
};

/** The members of the outermost object of sound JSON. */
function membersOf(text: string): Member[] {
  const members: Member[] = [];
  let depth = 0;
  let from = 0;
  let key: string | null = null;
  let colon = 0;
  const end = (to: number) => {
    if (key === null) return;
    const value = text.slice(colon + 1, to);
    const valueFrom = colon + 1 + (value.length - value.trimStart().length);
    members.push({ key, from, valueFrom, valueTo: colon + 1 + value.trimEnd().length, to });
    key = null;
    from = to + 1;
  };
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    if (token === "{" || token === "[") {
      depth += 1;
      if (depth === 1) from = index + 1;
    } else if (token === "}" || token === "]") {
      depth -= 1;
      if (depth === 0) end(index);
    } else if (depth === 1) {
      if (token === ",") end(index);
      else if (token === ":") colon = index;
      else if (key === null) key = JSON.parse(token) as string; // a string token of sound JSON
    }
  }
  return members;
}

function without(text: string, member: Member): string {
  if (text[member.to] === ",") return text.slice(0, member.from) + text.slice(member.to + 1);
  // The last one takes the comma before it along and leaves the blanks before "}".
  const start = text[member.from - 1] === "," ? member.from - 1 : member.from;
  return text.slice(0, start) + text.slice(member.valueTo);
}

function append(text: string, name: string, source: string): string {
  const close = text.lastIndexOf("}");
  const head = text.slice(0, close).trimEnd();
  const first = head.endsWith("{");
  const between = first ? "\n  " : (/^\s*\{(\s+)/.exec(text)?.[1] ?? " ");
  const after = first ? "\n" : text.slice(head.length, close);
  return `${head}${first ? "" : ","}${between}${JSON.stringify(name)}: ${source}${after}${text.slice(close)}`;
}
