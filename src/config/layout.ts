// Where kinds stand in a file, worked out from their descriptors: provider block → section → body → child sections.
// Everything that walks a document or describes one to an editor goes by this.

import type { z } from "zod";
import { InternalError } from "../provider/error.ts";
import type { AnyKind, AnyProvider } from "../provider/provider.ts";
import { deliverSchema } from "./deliver.ts";
import { blockSchema, headSchema, lifecycleSchema } from "./document.ts";
import { rotationShape } from "./rotation.ts";

export interface KindLayout {
  readonly kind: AnyKind;
  readonly name: string;
  readonly noun: string;
  /** Its map's key in the file; `null` for a kind that is only implied. */
  readonly section: string | null;
  /** A body without its child sections: the kind's own fields, `lifecycle` and, for one-time values, `deliver`. */
  readonly body: z.ZodObject;
  readonly children: ReadonlyMap<string, KindLayout>;
  /** How many keys an address of this kind has, one in a group counting as one. */
  readonly depth: number;
}

export interface ProviderLayout {
  readonly provider: AnyProvider;
  /** The block's own keys, without the sections. */
  readonly block: z.ZodObject;
  readonly sections: ReadonlyMap<string, KindLayout>;
}

export interface Layout {
  readonly head: z.ZodObject;
  readonly providers: ReadonlyMap<string, ProviderLayout>;
  readonly kinds: ReadonlyMap<string, KindLayout>;
}

/**
 * Builds the layout; schemas are compiled once here and not per resource.
 * @throws InternalError when two descriptors want the same place.
 */
export function layoutOf(providers: readonly AnyProvider[]): Layout {
  const kinds = new Map<string, KindLayout>();
  const byName = new Map<string, ProviderLayout>();
  for (const provider of providers) {
    const block = blockSchema(provider);
    const sections = childLayouts(provider.kinds, undefined, 1, kinds);
    refuseOverlap(provider.name, Object.keys(block.shape), sections.keys());
    byName.set(provider.name, { provider, block, sections });
  }
  return { head: headSchema, providers: byName, kinds };
}

function childLayouts(
  kinds: readonly AnyKind[],
  parent: string | undefined,
  depth: number,
  all: Map<string, KindLayout>,
): ReadonlyMap<string, KindLayout> {
  const sections = new Map<string, KindLayout>();
  for (const kind of kinds) {
    const { definition } = kind;
    if (definition.parent !== parent) continue;
    const children = childLayouts(kinds, definition.kind, depth + 1, all);
    const layout: KindLayout = {
      kind,
      name: definition.kind,
      noun: definition.noun,
      section: definition.section,
      body: bodySchema(kind),
      children,
      depth,
    };
    refuseOverlap(definition.kind, Object.keys(layout.body.shape), children.keys());
    all.set(definition.kind, layout);
    if (definition.section === null) continue;
    refuseOverlap(definition.kind, sections.keys(), [definition.section]);
    sections.set(definition.section, layout);
  }
  return sections;
}

function bodySchema(kind: AnyKind): z.ZodObject {
  const { spec, one_time_value } = kind.definition;
  refuseOverlap(kind.definition.kind, Object.keys(spec.shape), [
    "lifecycle",
    "deliver",
    "rotate_after",
    "grace",
  ]);
  return spec.safeExtend({
    lifecycle: lifecycleSchema.optional(),
    ...(one_time_value ? { deliver: deliverSchema.optional(), ...rotationShape } : {}),
  });
}

function refuseOverlap(where: string, taken: Iterable<string>, wanted: Iterable<string>): void {
  const known = new Set(taken);
  for (const name of wanted) {
    if (known.has(name)) throw new InternalError(`${where}: two things want the key ${name}`);
  }
}
