// What becomes of requests, one of every verdict, and the answers of a trace.

import type { Outcome, PlanBehaviour, TraceAnswer } from "../../src/model/behaviour.ts";

const served = (by: readonly string[], ...through: string[]): Outcome => ({
  verdict: "served",
  served_by: by,
  through,
});

const denied: Outcome = {
  verdict: "denied",
  served_by: [],
  through: ["vercel.rule.opus-to-gpt", "vercel.rule.no-gpt-5-5"],
  status: 403,
  reason: "not approved",
};

export const behaviour: PlanBehaviour = {
  format: 1,
  changes: [
    {
      provider: "vercel",
      subject: "anthropic/claude-opus-4.7",
      before: served(["anthropic/claude-haiku-4.5"], "vercel.rule.opus-to-gpt"),
      after: denied,
    },
    {
      provider: "vercel",
      subject: "openai/gpt-5.1",
      before: served(["openai/gpt-5.1"]),
      after: {
        verdict: "failed",
        served_by: [],
        through: ["vercel.rule.a", "live rule rule_1"],
        status: 400,
        code: "rewrite-cycle",
        message: "the rewrites lead in a circle: openai/gpt-5.1 → openai/gpt-5.2 → openai/gpt-5.1",
      },
    },
    {
      provider: "vercel",
      subject: "vmc/fast",
      before: served(["openai/gpt-5.1", "openai/gpt-5.2"], "vercel.virtual_model.fast"),
      after: {
        verdict: "unknown",
        served_by: [],
        through: ["vercel.rule.slow"],
        code: "virtual-model-unknown",
        message: "virtual models were not read, so nobody knows what vmc/slow stands for",
      },
    },
  ],
};

/** A chain of three rewrites that ends in a deny. */
export const chainToDeny: TraceAnswer = {
  provider: "vercel",
  source: "file",
  subject: "anthropic/claude-opus-4.7",
  steps: [
    {
      action: "rewrite",
      by: "vercel.rule.opus",
      address: "vercel.rule.opus",
      position: { file: "gateform.yaml", line: 6, column: 5 },
      from: "anthropic/claude-opus-4.7",
      to: ["anthropic/claude-sonnet-4.6"],
      reason: "cost",
    },
    {
      action: "rewrite",
      by: "live rule rule_1",
      id: "rule_1",
      from: "anthropic/claude-sonnet-4.6",
      to: ["anthropic/claude-haiku-4.5"],
    },
    {
      action: "rewrite",
      by: "vercel.rule.haiku",
      address: "vercel.rule.haiku",
      position: { file: "gateform.yaml", line: 7, column: 5 },
      from: "anthropic/claude-haiku-4.5",
      to: ["openai/gpt-5.5"],
    },
    {
      action: "deny",
      by: "vercel.rule.no-gpt-5-5",
      address: "vercel.rule.no-gpt-5-5",
      position: { file: "gateform.yaml", line: 8, column: 5 },
      from: "openai/gpt-5.5",
      to: [],
      reason: "not approved",
    },
  ],
  outcome: { ...denied, through: [] },
};

/** Through a virtual model with a fallback. */
export const throughVirtualModel: TraceAnswer = {
  provider: "vercel",
  source: "live",
  subject: "openai/gpt-5.5",
  steps: [
    {
      action: "rewrite",
      by: "vercel.rule.to-fast",
      address: "vercel.rule.to-fast",
      id: "rule_2",
      from: "openai/gpt-5.5",
      to: ["vmc/fast"],
    },
    {
      action: "resolve",
      by: "vercel.virtual_model.fast",
      address: "vercel.virtual_model.fast",
      id: "fast",
      from: "vmc/fast",
      to: ["openai/gpt-5.1", "anthropic/claude-haiku-4.5"],
    },
  ],
  outcome: served(["openai/gpt-5.1", "anthropic/claude-haiku-4.5"]),
};
