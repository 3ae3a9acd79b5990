// What a user may write for each kind, and what is refused.

import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { AnyKind } from "../../../src/provider/provider.ts";
import { gateway } from "../../../src/providers/cloudflare/kinds/gateway.ts";
import { providerConfig } from "../../../src/providers/cloudflare/kinds/provider-config.ts";
import { providers } from "../../../src/providers/index.ts";
import { key } from "../../../src/providers/vercel/kinds/key.ts";
import { rule } from "../../../src/providers/vercel/kinds/rule.ts";

const kinds: readonly AnyKind[] = providers.flatMap((provider) => provider.kinds);
const accepts = (kind: AnyKind, body: unknown): boolean => kind.definition.spec.safeParse(body).success;

describe.each(kinds.map((kind) => [kind.rules.kind, kind] as const))("%s", (_, kind) => {
  test("takes its own example", () => {
    expect(kind.definition.spec.safeParse(kind.definition.example).error).toBeUndefined();
  });

  test("refuses a key that it does not know", () => {
    const body = { ...(kind.definition.example as object), surprise: 1 };
    expect(accepts(kind, body)).toBe(false);
  });

  test("explains every field with title, description and examples that it takes itself", () => {
    const problems: string[] = [];
    const visit = (schema: z.core.$ZodType, path: string): void => {
      const def = (schema as z.ZodType).def as unknown as {
        type: string;
        shape?: Record<string, z.ZodType>;
        innerType?: z.ZodType;
        element?: z.ZodType;
        options?: z.ZodType[];
        valueType?: z.ZodType;
      };
      for (const inner of [def.innerType, def.element, def.valueType, ...(def.options ?? [])]) {
        // How a secret or a reference is written is explained by the kit, once.
        if (inner !== undefined && (schema as z.ZodType).meta()?.gateform === undefined) visit(inner, path);
      }
      for (const [name, field] of Object.entries(def.shape ?? {})) {
        const at = path === "" ? name : `${path}.${name}`;
        let explained: z.ZodType = field;
        while (explained.meta()?.title === undefined && explained.def.type === "optional") {
          explained = (explained.def as unknown as { innerType: z.ZodType }).innerType;
        }
        const { title, description, examples } = explained.meta() ?? {};
        if (!title || !description || !Array.isArray(examples)) problems.push(`${at} is not explained`);
        for (const example of Array.isArray(examples) ? examples : []) {
          if (!field.safeParse(example).success) problems.push(`${at} refuses its example ${example}`);
        }
        visit(field, at);
      }
    };
    visit(kind.definition.spec, "");
    expect(problems).toEqual([]);
  });

  test("has a JSON Schema", () => {
    const schema = z.toJSONSchema(kind.definition.spec, { io: "input" });
    expect(schema.additionalProperties).toBe(false);
  });
});

describe("a gateway's body", () => {
  test.each([
    [{}, true],
    [{ cache_ttl: null }, true],
    [{ cache_ttl: -1 }, false],
    [{ cache_ttl: 1.5 }, false],
    [{ authentication: null }, false],
    [{ zdr: null }, false],
    [{ dlp: null }, false],
    [{ dlp: { enabled: true, action: "BLOCK", profiles: [] } }, true],
    [{ dlp: { enabled: true, policies: [] } }, true],
    [{ dlp: { enabled: true } }, false],
    [{ dlp: { enabled: true, action: "block", profiles: [] } }, false],
    [{ guardrails: { prompt: { S13: "FLAG" }, response: {} } }, true],
    [{ guardrails: { prompt: { S14: "FLAG" }, response: {} } }, false],
    [{ guardrails: { prompt: {} } }, false],
    [{ log_management: 9_999 }, false],
    [{ log_management: 10_000_000 }, true],
    [{ retry_max_attempts: 6 }, false],
    [{ retry_delay: 60_000 }, true],
    [{ retry_delay: 60_001 }, false],
    [{ retry_backoff: "Linear" }, false],
    [{ logpush_public_key: "short" }, false],
    [{ store_id: { ref: "cloudflare.secrets_store.default" } }, true],
    [{ store_id: { ref: "vercel.key.ci" } }, false],
    [
      { otel: [{ url: "https://o.example", headers: { a: { env: "A" } }, authorization: { env: "B" } }] },
      true,
    ],
    [{ otel: [{ url: "https://o.example", headers: { a: "literal" } }] }, false],
    [{ otel: [{ url: "https://o.example", headers: {}, authorization: "literal" }] }, false],
    [{ stripe: { authorization: "sk_live", usage_events: [] } }, false],
    [{ spend_limits: { enabled: true, rules: [{ limitType: "cost", limit: 0.5, window: 60 }] } }, true],
    [{ spend_limits: { enabled: true, rules: [{ limitType: "cost", limit: 0, window: 60 }] } }, false],
    [{ id: "x" }, false],
    [{ is_default: true }, false],
  ])("%j is taken: %s", (body, taken) => {
    expect(accepts(gateway, body)).toBe(taken);
  });
});

describe("a provider config's body", () => {
  const secret = { env: "KEY" };

  test.each([
    [{ secret }, true],
    [{}, false],
    [{ secret: "sk-literal" }, false],
    [{ secret, provider_slug: "custom-acme" }, true],
    [{ secret, provider_slug: "open ai" }, false],
    [{ secret, provider_slug: "openai/gpt" }, false],
    [{ secret, alias: "a.b" }, false],
    [{ secret, rate_limit: null, rate_limit_period: null }, true],
    [{ secret, rate_limit: 0 }, false],
    [{ secret, secret_id: "x" }, false],
  ])("%j is taken: %s", (body, taken) => {
    expect(accepts(providerConfig, body)).toBe(taken);
  });

  test("gets slug and alias from its key, and an identity from both", () => {
    expect(providerConfig.definition.fromKey?.("openai", {})).toEqual({
      provider_slug: "openai",
      alias: "default",
    });
    expect(providerConfig.rules.identity({ provider_slug: "openai", alias: "batch" })).toBe("openai/batch");
  });

  test("has the contract name in the Secrets Store", () => {
    const fields = { provider_slug: "openai", alias: "batch" };
    expect(providerConfig.definition.derivedName?.of(fields, "support")).toBe("support_openai_batch");
  });
});

describe("a key's body", () => {
  test.each([
    [{}, true],
    [{ budget: null }, true],
    [{ budget: { limit: 0.99 } }, false],
    [{ budget: { limit: 1.5, alert_thresholds: [] } }, true],
    [{ budget: { limit: 5, alert_thresholds: [60] } }, false],
    [{ budget: { refresh_period: "monthly" } }, false],
    [{ budget: { limit: 5, refresh_period: "yearly" } }, false],
    [{ expires_at: "2027-06-30T00:00:00Z" }, true],
    [{ expires_at: "2027-06-30T02:00:00+02:00" }, true],
    [{ expires_at: "2027-06-30" }, false],
    [{ expires_at: 1798588800000 }, false],
    [{ name: " ci" }, false],
    [{ name: "" }, false],
    [{ name: "two words" }, true],
    [{ name: "x".repeat(257) }, false],
  ])("%j is taken: %s", (body, taken) => {
    expect(accepts(key, body)).toBe(taken);
  });
});

describe("a rule's body", () => {
  test.each([
    [{ type: "deny", source: "a/b" }, true],
    [{ type: "deny", source: "a/b", reason: null, description: null, enabled: false }, true],
    [{ type: "deny", source: "a/b", destination: "c/d" }, false],
    [{ type: "rewrite", source: "a/b" }, false],
    [{ type: "rewrite", source: "a/b", destination: "c/d" }, true],
    [{ type: "rewrite", source: "a/b", destination: "vmc/fast" }, true],
    [{ type: "rewrite", source: "a/b", destination: "a/b" }, false],
    [{ type: "allow", source: "a/b" }, false],
    [{ type: "deny", source: "gpt-5" }, false],
    [{ type: "deny" }, false],
  ])("%j is taken: %s", (body, taken) => {
    expect(accepts(rule, body)).toBe(taken);
  });
});
