// What a user may write for a dynamic route: a list of elements, each with an id, a type and edges to other ids.
// Element types, properties and outputs: Cloudflare OpenAPI 2026-10, "AI Gateway Dynamic Routes".

import * as z from "zod";

const ID_EXAMPLE = "large";

/** An edge: the id of the element that comes next, plain or in the API's own form. */
const edge = (title: string, description: string) =>
  z
    .union([
      z.string().min(1),
      z.strictObject({
        elementId: z
          .string()
          .min(1)
          .meta({ title: "Element id", description: "Id of the next element", examples: [ID_EXAMPLE] }),
      }),
    ])
    .meta({ title, description, examples: [ID_EXAMPLE, { elementId: ID_EXAMPLE }] });

const id = z
  .string()
  .min(1)
  .meta({
    title: "Id",
    description: "Name of the element, unique in its route; edges lead to it",
    examples: [ID_EXAMPLE],
  });

const type = <T extends string>(name: T, description: string) =>
  z.literal(name).meta({ title: "Type", description, examples: [name] });

const outputs = <T extends z.ZodType>(schema: T, example: unknown) =>
  schema.meta({
    title: "Outputs",
    description: "Where a request goes from here: output to id of the next element",
    examples: [example],
  });

const properties = <T extends z.ZodType>(schema: T, example: unknown) =>
  schema.meta({ title: "Properties", description: "What the element does", examples: [example] });

const atLeastZero = (title: string, description: string, example: number) =>
  z
    .number()
    .min(0)
    .meta({ title, description, examples: [example] });

const start = z.strictObject({
  id,
  type: type("start", "Where every request begins; a route has one"),
  outputs: outputs(z.strictObject({ next: edge("Next", "The first element") }), { next: ID_EXAMPLE }),
});

const conditional = z.strictObject({
  id,
  type: type("conditional", "Chooses by what the request says"),
  properties: properties(
    z.strictObject({
      conditions: z
        .record(z.string().min(1), z.unknown())
        .meta({
          title: "Conditions",
          description:
            "Dotted path to what it has to be, with operators as in MongoDB; left out, it always holds",
          examples: [{ "metadata.plan": { $eq: "paid" } }],
        })
        .optional(),
    }),
    { conditions: { "metadata.plan": { $eq: "paid" } } },
  ).optional(),
  outputs: outputs(
    z.strictObject({
      true: edge("True", "Where requests go for which the conditions hold"),
      false: edge("False", "Where all others go"),
    }),
    { true: ID_EXAMPLE, false: "small" },
  ),
});

const percentage = z.strictObject({
  id,
  type: type("percentage", "Splits requests by chance"),
  outputs: outputs(
    z.record(z.string().min(1), edge("Share", "Where requests of this share go, such as 10%, or else")),
    { "10%": ID_EXAMPLE, else: "small" },
  ),
});

const twoWays = (success: string, fallback: string) =>
  outputs(
    z.strictObject({
      success: edge("Success", success),
      // Required by OpenAPI 2026-10, optional in the docs of 2026-04-29; what is live must be writable.
      fallback: edge("Fallback", `${fallback}; the API asks for it`).optional(),
    }),
    { success: "end", fallback: "small" },
  );

const rate = z.strictObject({
  id,
  type: type("rate", "Counts requests or their cost, and sends away what is over the limit"),
  properties: properties(
    z.strictObject({
      limitType: z.enum(["count", "cost"]).meta({
        title: "Limit type",
        description: "What is counted: requests, or what they cost",
        examples: ["count"],
      }),
      key: z.string().meta({
        title: "Key",
        description: "Dotted path of what to count by; each of its values has a limit of its own",
        examples: ["metadata.user_id"],
      }),
      limit: atLeastZero("Limit", "How much is let through in one window", 100),
      window: atLeastZero("Window", "Length of the window in seconds", 3600),
    }),
    { limitType: "count", key: "metadata.user_id", limit: 100, window: 3600 },
  ),
  outputs: twoWays("Where requests within the limit go", "Where requests over the limit go"),
});

const model = z.strictObject({
  id,
  type: type("model", "Calls a model"),
  properties: properties(
    z.strictObject({
      provider: z.string().meta({
        title: "Provider",
        description: "Provider as Cloudflare names it; custom-<slug> for a custom provider",
        examples: ["openai", "custom-acme-llm"],
      }),
      model: z.string().meta({
        title: "Model",
        description: "Model as the provider names it",
        examples: ["gpt-5.1"],
      }),
      timeout: atLeastZero("Timeout", "Milliseconds after which a call has failed", 30_000),
      retries: atLeastZero("Retries", "How often a failed call is tried again", 1),
    }),
    { provider: "openai", model: "gpt-5.1", timeout: 30_000, retries: 1 },
  ),
  outputs: twoWays("Where it goes after an answer", "Where it goes when the model does not answer"),
});

const end = z.strictObject({ id, type: type("end", "Ends the route with the last answer") });

/** A graph that a person would write; the docs and the schema show it too. */
export const routeExample = [
  { id: "start", type: "start" as const, outputs: { next: "plan" } },
  {
    id: "plan",
    type: "conditional" as const,
    properties: { conditions: { "metadata.plan": { $eq: "paid" } } },
    outputs: { true: "large", false: "small" },
  },
  {
    id: "large",
    type: "model" as const,
    properties: { provider: "anthropic", model: "claude-opus-4-7", timeout: 30_000, retries: 1 },
    outputs: { success: "end", fallback: "small" },
  },
  {
    id: "small",
    type: "model" as const,
    properties: { provider: "openai", model: "gpt-5.1-mini", timeout: 30_000, retries: 1 },
    outputs: { success: "end", fallback: "end" },
  },
  { id: "end", type: "end" as const },
];

export const routeSpec = z.strictObject({
  name: z
    .string()
    .min(1)
    .meta({
      title: "Name",
      description: "Callers ask for the model dynamic/<name>; the key of this entry if left out",
      examples: ["tiered"],
    })
    .optional(),
  elements: z.array(z.discriminatedUnion("type", [start, conditional, percentage, rate, model, end])).meta({
    title: "Elements",
    description: "The graph that requests follow, from the start element to an end; the order is free",
    examples: [routeExample],
  }),
});
