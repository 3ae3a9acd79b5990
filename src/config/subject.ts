// What the files say in one place, and what it is checked against: shared by all that finds words for mistakes.

import type { z } from "zod";
import type { Address } from "../base/address.ts";
import { quote, type Span } from "./source.ts";
import type { Node, Path } from "./tree.ts";

/** What was checked against what, and how to name it. */
export interface Subject {
  readonly schema: z.ZodObject;
  readonly node: Node;
  /** Where to point for what is missing. */
  readonly key: Span;
  /** How a sentence names the whole: `a gateway`, `policy`. */
  readonly noun: string;
  readonly address?: Address | undefined;
  /** Keys that are known beside those of the schema: child sections. */
  readonly more_keys?: readonly string[];
  /** Environment variables that usually hold a field, for the words of what to write. */
  readonly variables?: Readonly<Record<string, readonly string[]>>;
  /** Nothing is required here: a default for something that is complete elsewhere. */
  readonly partial?: true;
}

/** `elements[2].type` */
export function pathText(path: Path): string {
  let text = "";
  for (const step of path) text += typeof step === "number" ? `[${step}]` : text === "" ? step : `.${step}`;
  return text;
}

/** How a sentence names the place. */
export function label(subject: Subject, path: Path): string {
  return path.length === 0 ? subject.noun : quote(pathText(path)).slice(1, -1);
}

/** True for `{ ref: … }` and nothing else. */
export function isBareRef(node: Node): boolean {
  return node.type === "map" && node.entries.size === 1 && node.entries.get("ref")?.value.type === "scalar";
}
