// The schema of what a plan says of requests. The types stand in model/behaviour.ts.

import * as z from "zod";
import { about, text } from "./schema-parts.ts";

const outcome = z
  .strictObject({
    verdict: z
      .enum(["served", "denied", "failed", "unknown"])
      .meta(
        about(
          "Verdict",
          "How it ends; `failed`: the vendor refuses it as misconfigured, `unknown`: what was read does not tell",
          "served",
        ),
      ),
    served_by: z
      .array(z.string())
      .meta(about("Served by", "What serves it, in the order in which it is tried", ["openai/gpt-5.1"])),
    unordered: z
      .literal(true)
      .meta(about("Unordered", "There is no such order: the vendor chooses among them", true))
      .exactOptional(),
    relay: text(
      "Relay",
      "Address that it is passed on to, where a relay does",
      "https://relay.acme.com/v1",
    ).exactOptional(),
    through: z
      .array(z.string())
      .meta(
        about("Through", "What decided it, in order: addresses, or what unowned live things are called", [
          "vercel.rule.opus-to-haiku",
        ]),
      ),
    status: z
      .int()
      .meta(about("Status", "HTTP status of a refusal", 403))
      .exactOptional(),
    code: text("Code", "Stable name of why it failed or is unknown", "rewrite-cycle").exactOptional(),
    message: text("Message", "The same for people", "the rewrites lead in a circle").exactOptional(),
    reason: text("Reason", "The reason that the denying rule has", "cost").exactOptional(),
  })
  .meta({ id: "PlanOutcome", ...about("Outcome", "How a request ends") });

/** The part of a plan that says what requests get before and after. */
export const behaviour = z
  .strictObject({
    format: z.literal(1).meta(about("Format", "Version of this part", 1)),
    changes: z
      .array(
        z
          .strictObject({
            provider: text("Provider", "Whose requests", "vercel"),
            subject: text("Subject", "What requests name", "anthropic/claude-opus-4.7"),
            before: outcome,
            after: outcome,
          })
          .meta({
            id: "PlanBehaviourChange",
            ...about("Behaviour change", "A request that ends another way than before"),
          }),
      )
      .meta(about("Changes", "By provider, then by subject", [])),
  })
  .meta({
    id: "PlanBehaviour",
    ...about(
      "Behaviour",
      "What the steps change in what requests get. For the reader: apply does not look at it",
    ),
  });
