// Requests at Vercel's data plane, which show that what was set up there takes effect.

import * as z from "zod";
import type { JsonValue } from "../../src/base/json.ts";
import type { Connection } from "../../src/reference-server/index.ts";

/** What a chat completion at Vercel's data plane came to. */
export interface Prompted {
  readonly status: number;
  /** Models that were asked, the one that answered last; empty unless one did. */
  readonly tried: readonly string[];
  readonly echo: JsonValue | undefined;
  readonly message: string | undefined;
  /** Of the rule that denied it. */
  readonly ruleId: string | undefined;
}

/** Asks Vercel's data plane of a server for a chat completion. */
export async function onDataPlane({ vercel }: Connection, key: string, model: string): Promise<Prompted> {
  const response = await fetch(`${vercel.gateway_base_url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model }),
  });
  const body = completionShape.parse(await response.json());
  const attempts = body.choices?.[0]?.message.provider_metadata.gateway.routing.modelAttempts ?? [];
  return {
    status: response.status,
    tried: attempts.map(({ canonicalSlug }) => canonicalSlug),
    echo: body.echo,
    message: body.error?.message,
    ruleId: body.error?.param?.ruleId,
  };
}

const completionShape = z.object({
  echo: z.json().optional(),
  choices: z
    .array(
      z.object({
        message: z.object({
          provider_metadata: z.object({
            gateway: z.object({
              routing: z.object({ modelAttempts: z.array(z.object({ canonicalSlug: z.string() })) }),
            }),
          }),
        }),
      }),
    )
    .optional(),
  error: z
    .object({ message: z.string(), param: z.object({ ruleId: z.string().optional() }).optional() })
    .optional(),
});
