// A ledger in which every member of an entry and of a run stands somewhere.

import type { Ledger } from "../../src/model/ledger.ts";
import { MARKDOWN_ATTACKS, TERMINAL_ATTACKS } from "./sample-hostile.ts";

/** Must be shown nowhere. */
export const FINGERPRINT = "kid:5f0c2b7e9a1d4c3f";
export const SALT = "salt-9b1f7c3e5a2d8064";

export const sampleLedger: Ledger = {
  format: 1,
  stack: "acme-prod",
  lineage: "4b1f6f0e-0f3b-4a57-9c7e-5b1d6a2f9e10",
  serial: 31,
  accounts: { cloudflare: "023e105f", vercel: "team_4mX1uG" },
  salt: SALT,
  resources: {
    "vercel.key.ci": {
      kind: "vercel.key",
      status: "ready",
      id: "key_2",
      applied: { name: "ci", "budget.limit": 500 },
      needs: [],
      retiring: [{ id: "key_1", due: "2026-10-06T00:00:00.000Z" }],
      delivered: [
        { sink: "file", target: "out/ci.key", at: "2026-10-05T09:30:00.000Z" },
        { sink: "stdout", target: "", at: "2026-10-05T09:30:01.000Z" },
      ],
      changed_at: "2026-10-05T09:30:00.000Z",
    },
    "cloudflare.gateway.support": {
      kind: "cloudflare.gateway",
      status: "ready",
      id: "support",
      mark: "2026-10-01 08:00:00",
      applied: {
        authentication: true,
        otel: [{ url: "https://otel.example", authorization: { $secret: { fingerprint: FINGERPRINT } } }],
      },
      prevent_destroy: true,
      on_remove: "retain",
      needs: ["cloudflare.secrets_store.default"],
      settling: {
        until: "2026-10-05T09:31:00.000Z",
        before: { cache_ttl: 300, otel: { $secret: { fingerprint: FINGERPRINT } } },
      },
      changed_at: "2026-10-05T09:30:00.000Z",
    },
    "cloudflare.provider_config.support/openai": {
      kind: "cloudflare.provider_config",
      status: "creating",
      id: null,
      parent: "cloudflare.gateway.support",
      parent_id: "support",
      applied: { secret: { $secret: { fingerprint: FINGERPRINT } } },
      needs: ["cloudflare.gateway.support"],
      intent: { identity: "openai default", known_ids: ["pc_1"], not_before: 1, not_after: 2, creator: "u1" },
      changed_at: "2026-10-05T09:30:02.000Z",
    },
    "vercel.rule.a": {
      kind: "vercel.rule",
      status: "deleted",
      id: null,
      applied: {},
      needs: [],
      changed_at: "2026-10-05T09:30:03.000Z",
    },
  },
  history: [
    {
      serial: 4,
      at: "2026-10-01T08:00:00.000Z",
      command: "adopt",
      by: "alice@laptop",
      changes: [{ address: "cloudflare.gateway.support", action: "adopt", outcome: "done", id: "support" }],
    },
    {
      serial: 30,
      at: "2026-10-05T09:30:04.000Z",
      command: "apply",
      by: "octocat",
      job: "https://github.com/acme/ai/actions/runs/42",
      changes: [
        {
          address: "vercel.key.ci",
          action: "create",
          outcome: "done",
          id: "key_2",
          delivered: ["file out/ci.key", "stdout"],
        },
        { address: "cloudflare.gateway.old", action: "delete", outcome: "done", id: "old" },
        {
          address: "cloudflare.provider_config.support/openai",
          action: "create",
          outcome: "failed",
          code: "UNAVAILABLE",
        },
        { address: "vercel.rule.a", action: "check-secret", outcome: "written", id: "rule_1" },
      ],
      more: 12,
    },
  ],
};

const attack = [...TERMINAL_ATTACKS, ...MARKDOWN_ATTACKS].join(" ");

/** Somebody else's text wherever the form allows any. */
export const hostileLedger: Ledger = {
  ...sampleLedger,
  lineage: attack,
  accounts: { vercel: attack },
  resources: {
    "vercel.rule.a": {
      kind: "vercel.rule",
      status: "ready",
      id: attack,
      mark: attack,
      parent: "vercel.rule.b",
      parent_id: attack,
      applied: { [attack]: attack },
      needs: [],
      delivered: [{ sink: attack, target: attack, at: "2026-10-05T09:30:00.000Z" }],
      changed_at: "2026-10-05T09:30:00.000Z",
    },
  },
  history: [
    {
      serial: 1,
      at: "2026-10-05T09:30:00.000Z",
      command: attack,
      by: attack,
      job: attack,
      changes: [
        {
          address: "vercel.rule.a",
          action: "create",
          outcome: "failed",
          id: attack,
          code: attack,
          delivered: [attack],
        },
      ],
    },
  ],
};
