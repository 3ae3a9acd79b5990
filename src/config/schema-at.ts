// Looks into zod schemas: what may stand at a path, which keys are known there, and where secrets are. Used only
// to explain mistakes.

import * as z from "zod";
import type { Path } from "./tree.ts";

/** All schemas that apply at a path, with optional, union and transform wrappers taken off. */
function schemasAt(schema: z.core.$ZodType, path: Path): readonly z.core.$ZodType[] {
  let current = unwrap(schema);
  for (const step of path) current = current.flatMap((item) => stepInto(item, step)).flatMap(unwrap);
  return current;
}

/** Keys of the objects that may stand at a path. */
export function keysAt(schema: z.core.$ZodType, path: Path): readonly string[] {
  return schemasAt(schema, path).flatMap((item) => Object.keys(shapeOf(item) ?? {}));
}

/** Length of the shortest beginning of a path at which a secret stands; `undefined` when there is none. */
export function secretDepth(schema: z.core.$ZodType, path: Path): number | undefined {
  for (let depth = 0; depth <= path.length; depth++) {
    if (schemasAt(schema, path.slice(0, depth)).some(isSecret)) return depth;
  }
  return undefined;
}

/** True when a secret may stand at a path or anywhere below it. */
export function holdsSecret(schema: z.core.$ZodType, path: Path): boolean {
  return schemasAt(schema, path).some((item) => secretBelow(item, 0));
}

/** True when a map from any name to a secret may stand at a path. */
export function mapsToSecrets(schema: z.core.$ZodType, path: Path): boolean {
  return schemasAt(schema, path).some((item) => {
    const { def } = asKnown(item)._zod;
    return def.type === "record" && unwrap(def.valueType).some(isSecret);
  });
}

/** True when the field at a path takes `{ ref: ADDRESS }`. */
export function takesRef(schema: z.core.$ZodType, path: Path): boolean {
  return schemasAt(schema, path).some((item) => marked(item, "ref"));
}

/** True when the field at a path takes a vendor's id as well as a reference. */
export function takesId(schema: z.core.$ZodType, path: Path): boolean {
  return schemasAt(schema, path).some((item) => item instanceof z.ZodString);
}

/** True when the field at a path takes whole numbers only. */
export function takesWholeNumber(schema: z.core.$ZodType, path: Path): boolean {
  return schemasAt(schema, path).some((item) => item instanceof z.ZodNumber && item.isInt);
}

/** The first example of the field at a path. */
export function exampleAt(schema: z.core.$ZodType, path: Path): unknown {
  let current: readonly z.core.$ZodType[] = [schema];
  for (const step of path) current = current.flatMap(unwrap).flatMap((item) => stepInto(item, step));
  for (const item of current.flatMap(layers)) {
    const examples = z.globalRegistry.get(item)?.examples;
    if (Array.isArray(examples)) return examples[0];
  }
  return undefined;
}

/** A schema with all that it wraps, from the outside in: notes may be on any of them. */
function layers(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  return [schema, ...(unwrapOnce(asKnown(schema)._zod.def) ?? []).flatMap(layers)];
}

const MAX_LOOK = 12;

function secretBelow(schema: z.core.$ZodType, depth: number): boolean {
  if (depth > MAX_LOOK) return false;
  for (const item of unwrap(schema)) {
    if (isSecret(item)) return true;
    const { def } = asKnown(item)._zod;
    const below =
      def.type === "object"
        ? Object.values(def.shape)
        : def.type === "array"
          ? [def.element]
          : def.type === "record"
            ? [def.valueType]
            : def.type === "tuple"
              ? def.items
              : [];
    if (below.some((next) => secretBelow(next, depth + 1))) return true;
  }
  return false;
}

function isSecret(schema: z.core.$ZodType): boolean {
  return marked(schema, "secret");
}

/** `secretField`, `idOrRef` and `refOnly` leave their name in the schema's metadata. */
function marked(schema: z.core.$ZodType, mark: string): boolean {
  return z.globalRegistry.get(schema)?.gateform === mark;
}

// The members of zod's own union tell the definitions apart by `type`; every schema is one of them.
function asKnown(schema: z.core.$ZodType): z.core.$ZodTypes {
  return schema as z.core.$ZodTypes;
}

/** Takes wrappers off; a marked schema is left whole, so that the mark stays visible. */
function unwrap(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  const { def } = asKnown(schema)._zod;
  const inner = unwrapOnce(def);
  if (inner === undefined) return [schema];
  const kept = isSecret(schema) || marked(schema, "ref") ? [schema] : [];
  return [...kept, ...inner.flatMap(unwrap)];
}

function unwrapOnce(def: z.core.$ZodTypes["_zod"]["def"]): readonly z.core.$ZodType[] | undefined {
  switch (def.type) {
    case "optional":
    case "nullable":
    case "nonoptional":
    case "default":
    case "prefault":
    case "readonly":
    case "catch":
      return [def.innerType];
    case "pipe":
      return [def.in];
    case "lazy":
      return [def.getter()];
    case "union":
      return def.options;
    case "intersection":
      return [def.left, def.right];
    default:
      return undefined;
  }
}

function stepInto(schema: z.core.$ZodType, step: string | number): readonly z.core.$ZodType[] {
  const { def } = asKnown(schema)._zod;
  if (def.type === "object") {
    const field = Object.hasOwn(def.shape, step) ? def.shape[step] : def.catchall;
    return field === undefined ? [] : [field];
  }
  if (def.type === "record") return [def.valueType];
  if (def.type === "array") return [def.element];
  if (def.type === "tuple")
    return def.items[Number(step)] === undefined ? [] : [def.items[Number(step)] as z.core.$ZodType];
  return [];
}

function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | undefined {
  const { def } = asKnown(schema)._zod;
  return def.type === "object" ? def.shape : undefined;
}
