// What a user may write for a gateway. Bounds and enums: Cloudflare OpenAPI 2026-10, "AI Gateway Gateways".

import { z } from "zod";
import { idOrRef, secretField } from "../../../provider/spec.ts";

const action = z.enum(["FLAG", "BLOCK"]);

const dlpProfiles = z.array(z.string().min(1)).meta({
  title: "Profiles",
  description: "Ids of Data Loss Prevention profiles; their order does not matter",
  examples: [["ddd00000-0000-4000-8000-000000000001"]],
});

const dlpPolicies = z.strictObject({
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

const dlpSingle = z.strictObject({
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

const hazards = z
  .partialRecord(
    z.enum(["P1", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12", "S13"]),
    action,
  )
  .meta({
    title: "Hazard categories",
    description: "Category (P1, S1 to S13) to action; a category left out is not acted on",
    examples: [{ P1: "FLAG", S1: "BLOCK" }],
  });

const otel = z.strictObject({
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

const stripe = z.strictObject({
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
    .meta({ title: "Limit", description: "US dollars per window, fractions allowed", examples: [250] }),
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

const spendLimits = z.strictObject({
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

const protection = (title: string, description: string) =>
  z
    .boolean()
    .meta({ title, description, examples: [true] })
    .optional();

const wholeNumber = (title: string, description: string, example: number) =>
  z
    .int()
    .min(0)
    .nullable()
    .meta({ title, description, examples: [example, null] })
    .optional();

export const gatewaySpec = z.strictObject({
  authentication: protection(
    "Authentication",
    "Refuse callers that do not present a token with the permission AI Gateway Run",
  ),
  byok_only: protection(
    "Bring-your-own keys only",
    "Never fall back to Unified Billing when no stored key fits",
  ),
  cache_invalidate_on_update: z
    .boolean()
    .meta({
      title: "Invalidate cache on update",
      description: "Drop the cache when the gateway changes; a new gateway gets false",
      examples: [false],
    })
    .optional(),
  cache_ttl: wholeNumber("Cache time", "Seconds an answer is cached; 0 or null for no cache", 300),
  collect_logs: protection("Collect logs", "Keep a log of requests; a new gateway gets true"),
  dlp: z
    .union([dlpPolicies, dlpSingle])
    .meta({
      title: "Data Loss Prevention",
      description: "Scan requests and responses; cannot be null, turn it off with enabled: false",
      examples: [{ enabled: true, action: "BLOCK", profiles: ["ddd00000"] }],
    })
    .optional(),
  guardrails: z
    .strictObject({
      prompt: hazards.meta({
        title: "Prompt",
        description: "Actions on prompts, by hazard category",
        examples: [{ P1: "BLOCK" }],
      }),
      response: hazards.meta({
        title: "Response",
        description: "Actions on responses, by hazard category",
        examples: [{ S1: "FLAG" }],
      }),
    })
    .nullable()
    .meta({
      title: "Guardrails",
      description: "Content checks on prompts and responses; null turns them off",
      examples: [{ prompt: { P1: "BLOCK" }, response: {} }, null],
    })
    .optional(),
  log_classification: z
    .boolean()
    .meta({ title: "Log classification", description: "Classify logged requests", examples: [false] })
    .optional(),
  log_management: z
    .int()
    .min(10_000)
    .max(10_000_000)
    .nullable()
    .meta({
      title: "Log management",
      description:
        "How many log entries are kept, 10 000 to 10 000 000; the server's default depends on the plan",
      examples: [100_000],
    })
    .optional(),
  log_management_strategy: z
    .enum(["STOP_INSERTING", "DELETE_OLDEST"])
    .nullable()
    .meta({
      title: "Log management strategy",
      description: "What happens when the log is full",
      examples: ["DELETE_OLDEST"],
    })
    .optional(),
  logpush: z
    .boolean()
    .meta({ title: "Logpush", description: "Let Logpush jobs take the logs", examples: [false] })
    .optional(),
  logpush_public_key: z
    .string()
    .min(16)
    .max(1024)
    .nullable()
    .meta({
      title: "Logpush public key",
      description: "Public key that pushed logs are encrypted with, 16 to 1024 characters",
      examples: ["MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"],
    })
    .optional(),
  otel: z
    .array(otel)
    .max(5)
    .nullable()
    .meta({
      title: "OpenTelemetry",
      description: "At most 5 targets that traces are sent to; null or [] for none",
      examples: [[{ url: "https://otel.acme.com/v1/traces", headers: {} }]],
    })
    .optional(),
  rate_limiting_interval: wholeNumber(
    "Rate limit interval",
    "Seconds in which rate_limiting_limit requests are let through; 0 or null for no limit",
    60,
  ),
  rate_limiting_limit: wholeNumber(
    "Rate limit",
    "Requests let through per interval; 0 or null for no limit",
    100,
  ),
  rate_limiting_technique: z
    .enum(["fixed", "sliding"])
    .nullable()
    .meta({
      title: "Rate limit technique",
      description: "How the interval moves; a new gateway gets fixed",
      examples: ["sliding"],
    })
    .optional(),
  retry_max_attempts: z
    .int()
    .min(1)
    .max(5)
    .nullable()
    .meta({
      title: "Retry attempts",
      description: "How often a failed provider request is tried, 1 to 5; null for no retries",
      examples: [3],
    })
    .optional(),
  retry_delay: z
    .int()
    .min(0)
    .max(60_000)
    .nullable()
    .meta({
      title: "Retry delay",
      description: "Milliseconds between two tries, 0 to 60 000",
      examples: [1000],
    })
    .optional(),
  retry_backoff: z
    .enum(["constant", "linear", "exponential"])
    .nullable()
    .meta({
      title: "Retry back-off",
      description: "How the delay grows from try to try",
      examples: ["exponential"],
    })
    .optional(),
  spend_limits: spendLimits
    .nullable()
    .meta({
      title: "Spend limits",
      description: "Limits in US dollars; null for none",
      examples: [{ enabled: true, rules: [{ limitType: "cost", limit: 250, window: 2592000 }] }, null],
    })
    .optional(),
  store_id: idOrRef("cloudflare.secrets_store")
    .nullable()
    .meta({
      title: "Secrets Store",
      description:
        "Id of the Secrets Store that holds the provider keys; found by itself when the gateway has provider_configs",
      examples: ["023e105f4ecef8ad9ca31a8372d0c353"],
    })
    .optional(),
  stripe: stripe
    .nullable()
    .meta({
      title: "Stripe",
      description: "Report usage to Stripe; null for off",
      examples: [
        {
          authorization: { env: "STRIPE_KEY" },
          usage_events: [{ payload: '{"event_name":"tokens"}' }],
        },
        null,
      ],
    })
    .optional(),
  workers_ai_billing_mode: z
    .enum(["postpaid", "unified"])
    .meta({
      title: "Workers AI billing mode",
      description: "How Workers AI requests are billed",
      examples: ["postpaid"],
    })
    .optional(),
  zdr: protection("Zero data retention", "Use only provider endpoints that retain no data"),
});
