// Changes to a file as bytes, as plain data: the same edits on the same file give the same bytes.

import fc from "fast-check";
import { text } from "./hostile.ts";

/** `at` is a share of the file's length. */
export type ByteEdit = { readonly at: number } & (
  | { readonly op: "insert"; readonly bytes: readonly number[] }
  | { readonly op: "delete"; readonly count: number }
  | { readonly op: "double"; readonly count: number }
  | { readonly op: "flip"; readonly bit: number }
  | { readonly op: "cut" }
);

const at = fc.double({ min: 0, max: 1, noNaN: true });
const bytesOf = (chunk: string): number[] => [...Buffer.from(chunk)];

const INVALID = [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0x80]];

/** Edits that insert, beside anything hostile, some of the chunks. */
export function byteEdits(chunks: readonly string[]): fc.Arbitrary<ByteEdit> {
  const insert = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...chunks).map(bytesOf) },
    { weight: 2, arbitrary: text.map((chunk) => bytesOf(chunk.slice(0, 300))) },
    { weight: 1, arbitrary: fc.constantFrom(...INVALID) },
    { weight: 1, arbitrary: fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 8 }) },
  );
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ at, op: fc.constant("insert" as const), bytes: insert }) },
    {
      weight: 2,
      arbitrary: fc.record({ at, op: fc.constant("delete" as const), count: fc.constantFrom(1, 2, 7, 40) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ at, op: fc.constant("double" as const), count: fc.constantFrom(1, 20, 200) }),
    },
    { weight: 2, arbitrary: fc.record({ at, op: fc.constant("flip" as const), bit: fc.nat({ max: 7 }) }) },
    { weight: 1, arbitrary: fc.record({ at, op: fc.constant("cut" as const) }) },
  );
}

/** A file after an edit. */
export function changed(bytes: Buffer, change: ByteEdit): Buffer {
  const at = Math.floor(change.at * bytes.length);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (change.op) {
    case "insert":
      return Buffer.concat([before, Buffer.from(change.bytes), after]);
    case "delete":
      return Buffer.concat([before, after.subarray(change.count)]);
    case "double":
      return Buffer.concat([before, after.subarray(0, change.count), after]);
    case "flip": {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << change.bit);
      return copy;
    }
    case "cut":
      return before;
  }
}
