// The parts of a file that belong to no provider, and the two members that every resource's body has beside its own
// fields. What the providers add is in their descriptors.

import * as z from "zod";
import type { AnyProvider } from "../provider/provider.ts";
import { secretField } from "../provider/spec.ts";
import { ledgerSchema } from "./ledger-schema.ts";

export const STACK_PATTERN = /^[a-z0-9][a-z0-9-]{0,62}$/;

const policySchema = z
  .strictObject({
    prune: z
      .enum(["owned", "never"])
      .optional()
      .meta({
        title: "Prune",
        description:
          "What happens to a resource that this stack owns and the files no longer declare: owned deletes it, never keeps it",
        default: "owned",
        examples: ["never"],
      }),
    exclusive: z
      .array(z.string())
      .optional()
      .meta({
        title: "Exclusive sections",
        description:
          "Sections of which this stack owns everything live: what nobody declares there is deleted",
        default: [],
        examples: [["cloudflare.gateways"]],
      }),
    max_deletes: z
      .int()
      .min(0)
      .optional()
      .meta({
        title: "Most deletes",
        description:
          "A run that would delete more than this, beside what `removed` lists, stops before it starts",
        default: 0,
        examples: [2],
      }),
    adopt: z
      .boolean()
      .optional()
      .meta({
        title: "Adopt",
        description: "true: take over a live resource of the same identity instead of refusing",
        default: false,
        examples: [true],
      }),
  })
  .meta({ title: "Policy", description: "How far a run may go", examples: [{ max_deletes: 2 }] });

export const headSchema = z.strictObject({
  version: z.literal(1).meta({
    title: "Format version",
    description: "Version of the file format",
    examples: [1],
  }),
  stack: z
    .string()
    .regex(
      STACK_PATTERN,
      "expected 1 to 63 lower-case letters, digits and -, beginning with a letter or digit",
    )
    .meta({
      title: "Stack",
      description:
        "Name of this stack; it names the ledger. One stack is one Cloudflare account and one Vercel team",
      examples: ["acme-prod"],
    }),
  policy: policySchema.optional(),
  ledger: ledgerSchema.optional(),
  removed: z
    .array(z.string().min(1))
    .optional()
    .meta({
      title: "Removed",
      description: "Addresses whose delete a reviewer has seen: they do not count towards max_deletes",
      default: [],
      examples: [["vercel.rule.opus-to-haiku"]],
    }),
  moved: z
    .array(
      z.strictObject({
        from: movedAddress("From", "The address until now", "vercel.rule.opus"),
        to: movedAddress(
          "To",
          "The address from now on, which these files declare",
          "vercel.rule.opus-to-haiku",
        ),
      }),
    )
    .optional()
    .meta({
      title: "Moved",
      description:
        "Addresses that were renamed: what is live stays, and its ledger entry follows. Lines may stay for good",
      default: [],
      examples: [[{ from: "vercel.rule.opus", to: "vercel.rule.opus-to-haiku" }]],
    }),
});

function movedAddress(title: string, description: string, example: string) {
  return z
    .string()
    .min(1)
    .meta({ title, description, examples: [example] });
}

/** `defaults` is checked where it is used and has no schema of its own here. */
export const DEFAULTS_NOTES = {
  title: "Defaults",
  description: "Bodies by kind that are merged under every resource of that kind",
  examples: [{ "cloudflare.gateway": { collect_logs: true } }],
} as const;

export const lifecycleSchema = z
  .strictObject({
    prevent_destroy: z
      .boolean()
      .optional()
      .meta({
        title: "Prevent destroy",
        description: "true: a plan that would delete or replace this resource is refused",
        default: false,
        examples: [true],
      }),
    ignore_changes: z
      .array(z.string().min(1))
      .optional()
      .meta({
        title: "Ignore changes",
        description: "Fields, or dotted paths, whose differences are not acted on",
        default: [],
        examples: [["collect_logs"]],
      }),
    on_remove: z
      .enum(["delete", "retain"])
      .optional()
      .meta({
        title: "On remove",
        description: "What happens when the resource leaves the file: delete it, or retain it and forget it",
        default: "delete",
        examples: ["retain"],
      }),
    silence: z
      .array(z.string().min(1))
      .optional()
      .meta({
        title: "Silence",
        description: "Codes of checks that do not apply to this resource",
        default: [],
        examples: [["UNKNOWN_PROVIDER"]],
      }),
  })
  .meta({
    title: "Lifecycle",
    description: "Protection of this resource",
    examples: [{ prevent_destroy: true }],
  });

/** A provider's own keys in its block: settings, credentials and base_url, without the sections of its kinds. */
export function blockSchema(provider: AnyProvider): z.ZodObject {
  const credentials: Record<string, z.ZodType> = {};
  for (const [name, { env, title, description }] of Object.entries(provider.credentials)) {
    credentials[name] = secretField()
      .optional()
      .meta({
        title,
        description: `${description}; the default is { env: ${env} }`,
        default: { env },
        examples: [{ env }],
      });
  }
  return provider.settings.safeExtend({
    ...credentials,
    base_url: z
      .string()
      .min(1)
      .optional()
      .meta({
        title: "Base URL",
        description: `URL of the API; only ${provider.hosts.join(", ")} and this machine. Others by ${provider.base_url_env}`,
        examples: ["http://127.0.0.1:8787"],
      }),
  });
}
