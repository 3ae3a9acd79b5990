// JSON Schemas of the file, for editors: the whole document, and a layer of which nothing is required. Draft 7,
// since the language server behind most YAML editors "supports JSON Schema 7 and below" (yaml-language-server
// README, 2026-11). The structure comes from the layout, fields from zod's own toJSONSchema.

import type { z } from "zod";
import { KEY_PATTERN } from "../base/address.ts";
import type { JsonObject, JsonValue } from "../base/json.ts";
import type { AnyProvider } from "../provider/provider.ts";
import { DEFAULTS_NOTES } from "./document.ts";
import { jsonSchemaOf } from "./json-schema-of.ts";
import { underKey } from "./keys.ts";
import { type KindLayout, type Layout, layoutOf, type ProviderLayout } from "./layout.ts";
import { allowEnv, relax } from "./schema-rewrite.ts";
import { capital } from "./schema-words.ts";

const ENV: JsonObject = {
  title: "Environment variable",
  description:
    "Text with a variable in it, replaced when the file is read; after the name :- gives a fallback",
  type: "string",
  pattern: "\\$\\{env:[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}",
  examples: ["${env:GATEFORM_NAME}"],
};

const REMOVE: JsonObject = {
  title: "Remove",
  description: "Takes away what an earlier layer declares here",
  type: "object",
  properties: {
    $remove: {
      title: "Remove",
      description: "Takes away what an earlier layer declares here",
      const: true,
      examples: [true],
    },
  },
  required: ["$remove"],
  additionalProperties: false,
  examples: [{ $remove: true }],
};

/** The schema of a whole document. */
export function configSchema(providers: readonly AnyProvider[]): JsonObject {
  const builder = builderFor(layoutOf(providers), false);
  const root = documentSchema(builder, "gateform configuration", "What this stack declares at both vendors");
  return {
    $schema: DRAFT,
    ...(allowEnv(root) as JsonObject),
    definitions: { ...(allowEnv(builder.definitions) as JsonObject), env: ENV },
  };
}

/** The schema of a file that is laid over others, or beside others: nothing is required in it. */
export function layerSchema(providers: readonly AnyProvider[]): JsonObject {
  const builder = builderFor(layoutOf(providers), true);
  const root = documentSchema(builder, "gateform layer", "Laid over, or read beside, other files of a stack");
  return {
    $schema: DRAFT,
    ...(relax(allowEnv(root)) as JsonObject),
    definitions: { ...(relax(allowEnv(builder.definitions)) as JsonObject), env: ENV, remove: REMOVE },
  };
}

const DRAFT = "http://json-schema.org/draft-07/schema#";

interface Builder {
  readonly layout: Layout;
  readonly definitions: Record<string, JsonValue>;
  /** Nothing will be required in the definitions, so that a default can be described by them. */
  readonly partial: boolean;
}

function builderFor(layout: Layout, partial: boolean): Builder {
  const builder: Builder = { layout, definitions: {}, partial };
  for (const kind of layout.kinds.values()) {
    if (kind.section !== null) builder.definitions[kind.name] = bodySchema(builder, kind);
  }
  return builder;
}

function documentSchema(builder: Builder, title: string, description: string): JsonObject {
  const head = fromZod(builder, builder.layout.head, "head");
  const blocks: Record<string, JsonValue> = {};
  for (const of of builder.layout.providers.values()) blocks[of.provider.name] = blockSchema(builder, of);
  return {
    title,
    description,
    ...head,
    properties: { ...propertiesOf(head), defaults: defaultsSchema(builder), ...blocks },
  };
}

function blockSchema(builder: Builder, of: ProviderLayout): JsonObject {
  const { provider, sections } = of;
  const block = fromZod(builder, of.block, provider.name);
  return {
    title: provider.title,
    description: provider.description,
    ...block,
    properties: { ...propertiesOf(block), ...sectionSchemas(sections) },
    examples: [exampleOf(block)],
  };
}

function bodySchema(builder: Builder, kind: KindLayout): JsonObject {
  const { definition } = kind.kind;
  const body = fromZod(builder, kind.body, kind.name);
  return {
    title: capital(kind.noun),
    description: definition.description,
    ...body,
    properties: { ...propertiesOf(body), ...sectionSchemas(kind.children) },
    // Examples are JSON: they are what a user would write.
    examples: [definition.example as JsonValue],
  };
}

function sectionSchemas(sections: ReadonlyMap<string, KindLayout>): Record<string, JsonValue> {
  const schemas: Record<string, JsonValue> = {};
  for (const [section, kind] of sections) {
    schemas[section] = kind.kind.definition.groups === undefined ? sectionSchema(kind) : groupedSchema(kind);
  }
  return schemas;
}

function sectionSchema(kind: KindLayout): JsonObject {
  const { key, description, example, example_key } = kind.kind.definition;
  return {
    title: capital(kind.section ?? kind.noun).replaceAll("_", " "),
    description: `${description.replace(/\.$/, "")}. ${PRESENCE}`,
    type: "object",
    propertyNames: {
      pattern: KEY_PATTERN,
      ...(key === undefined
        ? {}
        : {
            allOf: [
              { pattern: key.pattern.source, ...(key.max === undefined ? {} : { maxLength: key.max }) },
            ],
          }),
    },
    additionalProperties: { $ref: `#/definitions/${kind.name}` },
    examples: [{ [example_key]: example as JsonValue }],
  };
}

const PRESENCE = "{} says that there are none; left out, live ones are left alone";

/** A section that consists of sections. */
function groupedSchema(kind: KindLayout): JsonObject {
  const { groups = {}, description, example, example_key } = kind.kind.definition;
  const body = { $ref: `#/definitions/${kind.name}` };
  // Examples are JSON: they are what a user would write.
  const sample = underKey(example_key, example as JsonObject);
  const properties = Object.entries(groups).map(([name, { single, description: about, key }]) => [
    name,
    {
      title: capital(name),
      description: `${capital(about)}. ${PRESENCE}`,
      ...(single === true
        ? { anyOf: [body, { type: "object", maxProperties: 0 }] }
        : {
            type: "object",
            propertyNames: { pattern: key?.pattern.source ?? KEY_PATTERN },
            additionalProperties: body,
          }),
      examples: [single === true ? (example as JsonValue) : (sample[name] ?? {})],
    },
  ]);
  return {
    title: capital(kind.section ?? kind.noun).replaceAll("_", " "),
    description: `${description.replace(/\.$/, "")}. Each of its sections is looked at if it is there`,
    type: "object",
    properties: Object.fromEntries(properties),
    additionalProperties: false,
    minProperties: 1,
    examples: [sample],
  };
}

function defaultsSchema(builder: Builder): JsonObject {
  const properties: Record<string, JsonValue> = {};
  const examples: JsonValue[] = [];
  for (const kind of builder.layout.kinds.values()) {
    if (kind.section === null) continue;
    const partial = builder.partial
      ? { allOf: [{ $ref: `#/definitions/${kind.name}` }] }
      : (relax(builder.definitions[kind.name] ?? {}, false) as JsonObject);
    properties[kind.name] = {
      ...partial,
      examples: [{ lifecycle: { prevent_destroy: true } }],
      title: `Defaults: ${kind.noun}`,
      description: `Goes under the body of every ${kind.noun}: what the body says wins`,
    };
    examples.push({ [kind.name]: { lifecycle: { prevent_destroy: true } } });
  }
  return {
    title: DEFAULTS_NOTES.title,
    description: `${DEFAULTS_NOTES.description}. Editors cannot see the merge: where defaults set a required field, use the layer schema`,
    type: "object",
    properties,
    additionalProperties: false,
    examples: examples.slice(0, 1),
  };
}

/** The first examples of what a block requires. */
function exampleOf(block: JsonObject): JsonObject {
  const required = (block.required ?? []) as readonly string[];
  const properties = propertiesOf(block) as Readonly<
    Record<string, { readonly examples?: readonly JsonValue[] }>
  >;
  return Object.fromEntries(required.map((name) => [name, properties[name]?.examples?.[0] ?? null]));
}

/** zod's own JSON Schema of what may be written, its shared parts moved to the root's definitions. */
function fromZod(builder: Builder, schema: z.ZodType, prefix: string): JsonObject {
  // As text, references can be renamed wherever they stand.
  const text = JSON.stringify(jsonSchemaOf(schema)).replaceAll(
    '"#/definitions/',
    `"#/definitions/${prefix}.`,
  );
  const { $schema: _, definitions, ...rest } = JSON.parse(text) as Record<string, JsonValue>;
  for (const [name, definition] of Object.entries((definitions ?? {}) as JsonObject)) {
    builder.definitions[`${prefix}.${name}`] = definition;
  }
  return rest;
}

function propertiesOf(schema: JsonObject): JsonObject {
  return (schema.properties ?? {}) as JsonObject;
}
