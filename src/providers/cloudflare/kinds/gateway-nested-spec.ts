// The objects nested in a gateway's body, as a user may write them. Bounds and enums: Cloudflare OpenAPI 2026-10,
// "AI Gateway Gateways".

import * as z from "zod";
import { secretField } from "../../../provider/spec.ts";

const action = z.enum(["FLAG", "BLOCK"]);

const dlpProfiles = z.array(z.string().min(1)).meta({
  title: "Profiles",
  description: "Ids of Data Loss Prevention profiles; their order does not matter",
  examples: [["ddd00000-0000-4000-8000-000000000001"]],
});

export const dlpPolicies = z.strictObject({
  enabled: z.boolean().meta({
    title: "Enabled",
    description: "Whether Data Loss Prevention scans anything at all",
    examples: [true],
  }),
  policies: z
    .array(
      z.strictObject({
        id: z
          .string()
          .min(1)
          .meta({
            title: "Id",
            description: "Name of the policy within this gateway",
            examples: ["no-cards"],
          }),
        enabled: z.boolean().meta({
          title: "Enabled",
          description: "Whether this policy is applied",
          examples: [true],
        }),
        action: action.meta({
          title: "Action",
          description: "FLAG notes a match in the log, BLOCK refuses the request or response",
          examples: ["BLOCK"],
        }),
        check: z.array(z.enum(["REQUEST", "RESPONSE"])).meta({
          title: "Check",
          description: "What is scanned; the order does not matter",
          examples: [["REQUEST", "RESPONSE"]],
        }),
        profiles: dlpProfiles,
      }),
    )
    .meta({
      title: "Policies",
      description: "Data Loss Prevention policies",
      examples: [
        [{ id: "no-cards", enabled: true, action: "BLOCK", check: ["REQUEST"], profiles: ["ddd00000"] }],
      ],
    }),
});

export const dlpSingle = z.strictObject({
  enabled: z.boolean().meta({
    title: "Enabled",
    description: "Whether Data Loss Prevention scans anything at all",
    examples: [true],
  }),
  action: action.meta({
    title: "Action",
    description: "FLAG notes a match in the log, BLOCK refuses the request or response",
    examples: ["BLOCK"],
  }),
  profiles: dlpProfiles,
});

export const hazards = z
  .partialRecord(
    z.enum(["P1", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12", "S13"]),
    action,
  )
  .meta({
    title: "Hazard categories",
    description: "Category (P1, S1 to S13) to action; a category left out is not acted on",
    examples: [{ P1: "FLAG", S1: "BLOCK" }],
  });

export const otel = z.strictObject({
  url: z
    .url()
    .max(2048)
    .meta({
      title: "URL",
      description: "Where traces are sent",
      examples: ["https://otel.acme.com/v1/traces"],
    }),
  headers: z.record(z.string().min(1), secretField()).meta({
    title: "Headers",
    description: "Header name to a secret reference; write {} for none",
    examples: [{ "x-api-key": { env: "OTEL_API_KEY" } }],
  }),
  authorization: secretField()
    .meta({
      title: "Authorization",
      description: "Value of the Authorization header, by reference",
      examples: [{ env: "OTEL_AUTHORIZATION" }],
    })
    .optional(),
  content_type: z
    .enum(["json", "protobuf"])
    .meta({
      title: "Content type",
      description: "Encoding of the traces; json if left out",
      examples: ["json"],
    })
    .optional(),
});

export const stripe = z.strictObject({
  authorization: secretField().meta({
    title: "Authorization",
    description: "Stripe key, by reference",
    examples: [{ env: "STRIPE_KEY" }],
  }),
  usage_events: z
    .array(
      z.strictObject({
        payload: z.string().meta({
          title: "Payload",
          description: "Template of the meter event",
          examples: ['{"event_name":"tokens"}'],
        }),
      }),
    )
    .meta({
      title: "Usage events",
      description: "Meter events sent for each request",
      examples: [[{ payload: '{"event_name":"tokens"}' }]],
    }),
});

const filterValues = z.array(z.string().min(1)).meta({
  title: "Values",
  description: "Values that the rule covers; the order does not matter",
  examples: [["openai"]],
});

const valueFilter = z.strictObject({
  mode: z.literal("filter").meta({
    title: "Mode",
    description: "The rule covers the listed values only",
    examples: ["filter"],
  }),
  values: filterValues,
});

const partition = z.strictObject({
  mode: z.literal("partition").meta({
    title: "Mode",
    description: "Each value gets a limit of its own",
    examples: ["partition"],
  }),
});

const spendRule = z.strictObject({
  id: z
    .string()
    .regex(/^[a-zA-Z0-9_-]+$/)
    .meta({
      title: "Id",
      description: "Name of the rule; the server makes one up if it is left out",
      examples: ["monthly"],
    })
    .optional(),
  limitType: z
    .literal("cost")
    .meta({ title: "Limit type", description: "What is counted: cost", examples: ["cost"] }),
  limit: z
    .number()
    .positive()
    .meta({
      title: "Limit",
      description: "US dollars, not cents, per window; fractions allowed",
      examples: [250],
    }),
  window: z
    .int()
    .positive()
    .meta({ title: "Window", description: "Length of the window in seconds", examples: [2592000] }),
  enabled: z
    .boolean()
    .meta({
      title: "Enabled",
      description: "Whether the rule is applied; true if left out",
      examples: [true],
    })
    .optional(),
  technique: z
    .enum(["sliding", "fixed"])
    .meta({
      title: "Technique",
      description: "How the window moves; sliding if left out",
      examples: ["sliding"],
    })
    .optional(),
  model: valueFilter
    .meta({
      title: "Model",
      description: "Models that the rule covers; all if left out",
      examples: [{ mode: "filter", values: ["gpt-5.1"] }],
    })
    .optional(),
  provider: valueFilter
    .meta({
      title: "Provider",
      description: "Providers that the rule covers; all if left out",
      examples: [{ mode: "filter", values: ["openai"] }],
    })
    .optional(),
  metadata: z
    .record(z.string().min(1), z.union([partition, valueFilter]))
    .meta({
      title: "Metadata",
      description: "Request metadata key to how the rule uses it",
      examples: [{ user_id: { mode: "partition" } }],
    })
    .optional(),
});

export const spendLimits = z.strictObject({
  enabled: z.boolean().meta({
    title: "Enabled",
    description: "Whether any of the rules is applied",
    examples: [true],
  }),
  rules: z
    .array(spendRule)
    .max(20)
    .meta({
      title: "Rules",
      description: "At most 20 spend limits",
      examples: [[{ limitType: "cost", limit: 250, window: 2592000 }]],
    }),
});
