// Holds what export found against the specs: what a file of this version could not say is left out and named, fields
// where that is possible, else whole resources. Puts the members of nested objects into the specs' order.

import type { z } from "zod";
import type { Address } from "../../base/address.ts";
import { isRefMark, isSecretMark, mapMarks } from "../../base/expression.ts";
import { compareText, isObject, type JsonValue, record } from "../../base/json.ts";
import type { ExportedResource, ExportedSection, LeftOut } from "../../model/exported.ts";
import { type Fields, policyOf } from "../../model/kind-rules.ts";
import type { AnyKind } from "../../provider/provider.ts";
import { keysAt } from "../schema-at.ts";
import type { Path } from "../tree.ts";

/** The sections with what the specs take of them. */
export function fitToSpecs(
  sections: readonly ExportedSection[],
  kinds: readonly AnyKind[],
): readonly ExportedSection[] {
  const byName = new Map(kinds.map((kind) => [kind.rules.kind, kind]));
  const holders = new Map<string, Address>();
  const fitSection = (section: ExportedSection): ExportedSection => {
    const kind = byName.get(section.kind);
    if (kind === undefined) return section;
    const left_out = [...section.left_out];
    const resources: ExportedResource[] = [];
    for (const found of section.resources) {
      const fitted = fitResource(kind, found);
      const resource = fitted.resource;
      const taken = resource?.claims.find(({ of }) => holders.has(of));
      if (resource !== undefined && taken !== undefined) {
        const reason = `${holders.get(taken.of)} has the same ${taken.noun}, and a file can declare only one of them`;
        left_out.push({ ...aboutOf(kind, resource), reason });
        continue;
      }
      left_out.push(...fitted.left_out);
      if (resource === undefined) continue;
      for (const { of } of resource.claims) holders.set(of, resource.address);
      resources.push({ ...resource, sections: resource.sections.map(fitSection) });
    }
    const sorted = resources.sort((a, b) => compareText(a.key, b.key));
    return { ...section, resources: sorted, left_out };
  };
  return sections.map(fitSection);
}

/** The sections without one resource and what lives in it, which is named with the reason. */
export function leaveOut(
  sections: readonly ExportedSection[],
  kinds: readonly AnyKind[],
  address: Address,
  reason: string,
): readonly ExportedSection[] {
  return sections.map((section) => {
    const resources = section.resources.map((resource) => ({
      ...resource,
      sections: leaveOut(resource.sections, kinds, address, reason),
    }));
    const kind = kinds.find(({ rules }) => rules.kind === section.kind);
    const found = resources.find((resource) => resource.address === address);
    if (kind === undefined || found === undefined) return { ...section, resources };
    const filled = found.sections.some((inner) => inner.resources.length + inner.left_out.length > 0);
    const left = { ...aboutOf(kind, found), reason: filled ? `${reason}; nor is what lives in it` : reason };
    return {
      ...section,
      resources: resources.filter((resource) => resource !== found),
      left_out: [...section.left_out.filter((other) => other.address !== address), left],
    };
  });
}

/** The sections with one resource, what it lives in, and nothing else. */
export function onlyOne(sections: readonly ExportedSection[], address: Address): readonly ExportedSection[] {
  return sections.flatMap((section) => {
    const resources = section.resources.flatMap((resource) => {
      if (resource.address === address) return [{ ...resource, sections: [] }];
      const inner = onlyOne(resource.sections, address);
      return inner.length === 0 ? [] : [{ ...resource, sections: inner }];
    });
    return resources.length === 0 ? [] : [{ ...section, resources, left_out: [] }];
  });
}

function aboutOf(kind: AnyKind, { address, id, name }: ExportedResource) {
  return { address, noun: kind.definition.noun, id, name };
}

interface Fitted {
  readonly resource?: ExportedResource;
  readonly left_out: readonly LeftOut[];
}

function fitResource(kind: AnyKind, resource: ExportedResource): Fitted {
  const { spec } = kind.definition;
  const about = aboutOf(kind, resource);
  const left_out: LeftOut[] = [];
  let fields: Fields = withoutIdle(kind, resource);
  for (;;) {
    const result = spec.safeParse(writtenForm(fields));
    if (result.success) return { resource: { ...resource, fields: inSpecOrder(spec, fields) }, left_out };
    const [issue] = result.error.issues;
    const name = String(issue?.path[0] ?? "");
    const place = issue?.path.join(".") ?? "";
    const reason = `this version takes no such ${place === "" ? "combination of fields" : place}`;
    const optional = Object.hasOwn(spec.shape, name) && isOptional(spec.shape[name]);
    if (!Object.hasOwn(fields, name) || !optional || resource.fixed.includes(name)) {
      return { left_out: [...left_out.filter(({ field }) => field === undefined), { ...about, reason }] };
    }
    left_out.push({ ...about, field: name, reason });
    fields = Object.fromEntries(Object.entries(fields).filter(([other]) => other !== name));
  }
}

/**
 * Without nulls where the spec takes none: they say nothing. And without optional fields that are never read back,
 * where whether there is a value cannot be told.
 */
function withoutIdle(kind: AnyKind, { fields }: ExportedResource): Fields {
  const { shape } = kind.definition.spec;
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => {
      const field = shape[name];
      if (field === undefined) return false;
      if (policyOf(kind.rules, name).write_only === true)
        return !isOptional(field) || kind.definition.derivedName?.held?.instead_of === name;
      return value !== null || accepts(field, null);
    }),
  );
}

/** Marks as a person writes them: `{ env: NAME }`, `{ ref: ADDRESS }`. */
export function writtenForm(value: JsonValue): JsonValue {
  return mapMarks(value, (mark) =>
    // A source is JSON: texts and lists of texts.
    isSecretMark(mark)
      ? (mark.$secret.source as unknown as JsonValue)
      : isRefMark(mark)
        ? { ref: mark.$ref }
        : null,
  );
}

function isOptional(field: z.core.$ZodType | undefined): boolean {
  return field !== undefined && accepts(field, undefined);
}

function accepts(field: z.core.$ZodType, value: unknown): boolean {
  // Every schema of a spec is one of zod's own classes, which have `safeParse`.
  return (field as z.ZodType).safeParse(value).success;
}

/** Members of objects in the order of the spec; those of records sorted. */
function inSpecOrder(spec: z.ZodObject, fields: Fields): Fields {
  // The outermost value is an object, and objects stay objects.
  return ordered(spec, fields, []) as Fields;
}

function ordered(spec: z.ZodObject, value: JsonValue, path: Path): JsonValue {
  if (isSecretMark(value) || isRefMark(value)) return value;
  if (Array.isArray(value)) {
    return value.map((item: JsonValue, index) => ordered(spec, item, [...path, index]));
  }
  if (!isObject(value)) return value;
  const known = keysAt(spec, path);
  const names = [
    ...new Set([...known.filter((name) => Object.hasOwn(value, name)), ...Object.keys(value).sort()]),
  ];
  const out = record<JsonValue>();
  for (const name of names) out[name] = ordered(spec, value[name] ?? null, [...path, name]);
  return out;
}
