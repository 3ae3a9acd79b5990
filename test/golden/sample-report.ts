// An apply report with every outcome.

import { reportOf, resultOf } from "./sample-plan.ts";

export const everyOutcome = reportOf({
  results: [
    resultOf({ action: "create", address: "cloudflare.gateway.support", outcome: "done" }),
    resultOf({
      action: "create",
      address: "vercel.key.ci",
      outcome: "done",
      vendor_id: "key_1",
      delivered: [
        { sink: "file", target: "out/ci.key", at: "2026-11-20T09:30:01Z" },
        { sink: "stdout", target: "", at: "2026-11-20T09:30:01Z" },
      ],
    }),
    resultOf({ action: "update", address: "vercel.rule.a", outcome: "already" }),
    resultOf({ action: "check-secret", address: "cloudflare.provider_config.support/a", outcome: "written" }),
    resultOf({
      action: "check-secret",
      address: "cloudflare.provider_config.support/b",
      outcome: "unchecked",
    }),
    resultOf({
      action: "check-secret",
      address: "cloudflare.provider_config.support/c",
      outcome: "unverified",
    }),
    resultOf({
      action: "update",
      address: "vercel.rule.b",
      outcome: "failed",
      code: "PERMISSION",
      message: "403 forbidden: the token may not change rules",
      hint: "use a token of a member who may",
      request_id: "fra1::abc-123",
    }),
    resultOf({
      action: "create",
      address: "vercel.rule.c",
      outcome: "blocked",
      because: "update vercel.rule.b",
    }),
    resultOf({
      action: "update",
      address: "cloudflare.gateway.intern",
      outcome: "failed",
      code: "MOVED",
      message: "cloudflare.gateway.intern has changed since the plan was made",
      hint: "nothing was done to it; plan again",
      deviations: [
        { path: "cache_ttl", expected: 300, found: 900 },
        { path: "otel", expected: { $secret: {} }, found: { $secret: {} }, sensitive: true },
        { path: "retry_delay", expected: null, found: 500 },
        {
          path: "logpush_public_key",
          expected: "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
          found: "-----BEGIN PUBLIC KEY-----\nMIIC\n-----END PUBLIC KEY-----",
        },
      ],
    }),
    resultOf({ action: "delete", address: "vercel.rule.d", outcome: "cancelled" }),
  ],
  refused: [
    {
      address: "vercel.rule.e",
      code: "NOT_OWNED",
      message: "a rule exists already and is not in the ledger",
      hint: "run `gateform adopt vercel.rule.e=rule_5`",
    },
  ],
  settling: [{ address: "vercel.rule.a", path: "reason", until: "2026-11-20T09:31:00Z" }],
  diagnostics: [
    {
      severity: "error",
      code: "NOT_CONVERGED",
      address: "cloudflare.gateway.support",
      message: "cache_ttl is 60 after 300 was written: another writer may have changed it",
      hint: "`lifecycle: { ignore_changes: [cache_ttl] }` would silence it",
    },
  ],
  converged: false,
});
