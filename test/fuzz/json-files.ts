// JSON files that were valid once, in every manner of writing, and then changed: as data, or as bytes.

import fc from "fast-check";
import { isObject, type JsonValue } from "../../src/base/json.ts";
import { type ByteEdit, byteEdits, changed } from "./byte-edits.ts";
import { type Edit, edited, gentle, rough } from "./json-edits.ts";

export interface JsonDocument {
  /** Which of the files that there are. */
  readonly file: number;
  readonly edits: readonly Edit[];
  readonly bytes: readonly ByteEdit[];
  readonly indent: number;
  readonly reversed: boolean;
  /** Letters are written as escapes. */
  readonly escaped: boolean;
  readonly coloured: boolean;
}

const CHUNKS = [
  '"__proto__": {"a": 1},',
  '"constructor": {"prototype": {"a": 1}},',
  "null,",
  "1e999",
  "-0",
  "NaN",
  '"\\u001b[31m"',
  '"\\ud800"',
  "\\u0000",
  "{",
  "}",
  "[",
  "]",
  ",",
  '"',
  "\\",
  "/* */",
  "\ufeff",
  "\0",
  "[".repeat(3000),
  '{"a":'.repeat(300),
];

const few = fc.array(byteEdits(CHUNKS), { minLength: 1, maxLength: 3 });

/** @param files how many there are to change. */
export function jsonDocuments(files: number): fc.Arbitrary<JsonDocument> {
  const written = {
    file: fc.nat({ max: files - 1 }),
    indent: fc.constantFrom(0, 2, 8),
    reversed: fc.boolean(),
    escaped: fc.boolean(),
    coloured: fc.boolean(),
  };
  const none = { edits: fc.constant<readonly Edit[]>([]), bytes: fc.constant<readonly ByteEdit[]>([]) };
  return fc.oneof(
    { weight: 2, arbitrary: fc.record({ ...written, ...none }) },
    {
      weight: 5,
      arbitrary: fc.record({ ...written, ...none, edits: fc.array(gentle, { minLength: 1, maxLength: 3 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ ...written, ...none, edits: fc.array(rough, { minLength: 1, maxLength: 2 }) }),
    },
    { weight: 2, arbitrary: fc.record({ ...written, ...none, bytes: few }) },
  );
}

/** The bytes of a document made from a file's content. */
export function bytesOfJson(content: JsonValue, document: JsonDocument): Buffer {
  const { edits, bytes, indent, reversed, escaped } = document;
  const text = edited(reversed ? turned(content) : content, edits, indent);
  const file = Buffer.from(escaped ? text.replaceAll(/[a-z](?=[^"\\]*")/g, escapeOf) : text);
  return bytes.reduce(changed, file);
}

/** Only within quotes, and only now and then: an escape is six characters. */
function escapeOf(letter: string, at: number, all: string): string {
  const quotes = all.lastIndexOf('"', at);
  const inside =
    at % 5 === 0 && quotes !== -1 && /^"[\w .,:/-]*$/.test(all.slice(quotes, at)) && opens(all, quotes);
  return inside ? `\\u00${letter.charCodeAt(0).toString(16)}` : letter;
}

/** Whether a quote begins a text: what stands before it is no text's end. */
function opens(all: string, at: number): boolean {
  return /[{[,:]\s*$/.test(all.slice(Math.max(0, at - 40), at));
}

function turned(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(turned);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, turned(item)]),
  );
}
