/**
 * What a request says beside its model, in `providerOptions.gateway` (docs *Provider Options*, 2026-10-02; *Model
 * Fallbacks*, *BYOK*, *Provider Timeouts*, *Zero Data Retention*, 2026), and what a virtual model adds to it. Where both
 * say something, the request counts (our choice).
 */
import * as z from "zod";
import type { Incoming } from "../../http.ts";
import type { VirtualModelRecord } from "../state.ts";
import { badRequest } from "./errors.ts";

const texts = z.array(z.string());

const gatewayOptions = z.object({
  /** Fallbacks, tried after the requested model. */
  models: texts.default([]),
  order: texts.optional(),
  only: texts.optional(),
  /** The request's own credentials by provider. */
  byok: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))).default({}),
  providerTimeouts: z.object({ byok: z.record(z.string(), z.number()).default({}) }).optional(),
  zeroDataRetention: z.boolean().default(false),
});

const chatBody = z.object({
  model: z.string().min(1),
  providerOptions: z.object({ gateway: gatewayOptions.prefault({}) }).prefault({}),
});

export type GatewayOptions = z.infer<typeof gatewayOptions>;

/** The model and options of a chat completion. @throws Refusal 400 */
export function readChat({ payload }: Incoming): { model: string; options: GatewayOptions } {
  if (payload.kind !== "json") throw badRequest("the body is not JSON");
  const parsed = chatBody.safeParse(payload.value);
  if (parsed.success) return { model: parsed.data.model, options: parsed.data.providerOptions.gateway };
  const [issue] = parsed.error.issues;
  throw badRequest(`'${issue?.path.join(".") ?? "body"}': ${issue?.message ?? "invalid"}`);
}

/** How the models of one candidate are to be reached. */
export interface Way {
  readonly order: readonly string[];
  readonly only: readonly string[] | undefined;
  /** Milliseconds that a provider may take with a credential of the team's own. */
  readonly timeouts: Readonly<Record<string, number>>;
  readonly zeroDataRetention: boolean;
  /** The stored credentials that may be used; undefined: all. */
  readonly credentialIds: readonly string[] | undefined;
}

/** The request's options and those of the virtual model that it came to. `zeroDataRetention` is what holds for all of it. */
export function wayOf(
  options: GatewayOptions,
  virtual: VirtualModelRecord | undefined,
  zeroDataRetention: boolean,
): Way {
  const timeouts = virtual?.providerTimeouts;
  return {
    order: options.order ?? virtual?.providerOrder ?? [],
    only: options.only ?? virtual?.providerOnly,
    timeouts: {
      ...(typeof timeouts === "object" ? timeouts.byok : {}),
      ...options.providerTimeouts?.byok,
    },
    zeroDataRetention: zeroDataRetention || options.zeroDataRetention || virtual?.zeroDataRetention === true,
    credentialIds: virtual?.byokCredentialIds,
  };
}
