// What a document says once its bodies are checked: resources, sections and provider blocks, not yet related.

import type { Address } from "../base/address.ts";
import type { SecretSource } from "../base/expression.ts";
import type { Lifecycle, Rotation, Scope } from "../model/desired.ts";
import type { Fields } from "../model/kind-rules.ts";
import type { KindLayout } from "./layout.ts";
import type { Span } from "./source.ts";
import type { MapNode } from "./tree.ts";

/** A declared resource, read but not yet related to others. */
export interface RawResource {
  readonly layout: KindLayout;
  readonly address: Address;
  readonly parent: RawResource | undefined;
  readonly map_key: string;
  readonly node: MapNode;
  /** Where its key stands. */
  readonly at: Span;
  /** `undefined` where the body has mistakes. */
  readonly fields: Fields | undefined;
  readonly lifecycle: Lifecycle;
  /** As the schema gives it: paths not yet resolved. */
  readonly deliver: unknown;
  readonly rotation: Rotation | undefined;
  /** Child section → number of entries, for the sections that are there. */
  readonly children: Readonly<Record<string, number>>;
}

export interface RawProvider {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credentials: Readonly<Record<string, SecretSource>>;
  readonly node: MapNode;
}

export interface RawDocument {
  /** What `headSchema` gives; `undefined` where it has mistakes. */
  readonly head: Readonly<Record<string, unknown>> | undefined;
  readonly providers: Readonly<Record<string, RawProvider>>;
  readonly resources: readonly RawResource[];
  readonly scopes: readonly Scope[];
}
