// What a text means to `gateform explain`: one thing, always the same, whatever else it could be.

import { describe, expect, test } from "vitest";
import { explainTopic } from "../../../src/app/explain/explain.ts";
import { findTopic, type Known, nearTopics, type Topic } from "../../../src/app/explain/topic.ts";
import { providers } from "../../../src/providers/index.ts";

const alone: Known = { providers, declared: [] };
const DECLARED = [
  "cloudflare.gateway.support",
  "cloudflare.gateway.zdr",
  "cloudflare.provider_config.support/openai",
  "vercel.rule.no-gpt-5.5",
  "vercel.rule.a",
  "vercel.rule.a.reason",
];
const withFile: Known = { providers, declared: DECLARED };

/** `field cloudflare.gateway cache_ttl @support` */
function said(topic: Topic | undefined): string {
  if (topic === undefined) return "nothing";
  const address = "address" in topic && topic.address !== undefined ? ` @${topic.address}` : "";
  switch (topic.type) {
    case "kind":
      return `kind ${topic.of.name}${address}`;
    case "field":
      return `field ${topic.of.name} ${topic.row.path}${address}`;
    case "head":
      return `head ${topic.row.path}`;
    case "block":
      return `block ${topic.of.provider.name}${topic.row === undefined ? "" : ` ${topic.row.path}`}`;
    case "check":
      return `check ${topic.check.code}`;
    case "overview":
      return "overview";
    default:
      return `${topic.type} ${topic.code}`;
  }
}

describe("a text without a file", () => {
  test.each([
    ["vercel.budget.projects", "kind vercel.budget"],
    ["vercel.budgets.projects", "kind vercel.budget"],
    ["", "overview"],
    ["cloudflare.gateway", "kind cloudflare.gateway"],
    ["cloudflare.gateways", "kind cloudflare.gateway"],
    ["cloudflare.provider_configs", "kind cloudflare.provider_config"],
    ["cloudflare.gateway.provider_configs", "kind cloudflare.provider_config"],
    ["cloudflare.secrets_store", "kind cloudflare.secrets_store"],
    ["cloudflare.gateway.cache_ttl", "field cloudflare.gateway cache_ttl"],
    ["cloudflare.gateway.guardrails.prompt", "field cloudflare.gateway guardrails.prompt"],
    ["cloudflare.gateway.guardrails.prompt.P1", "field cloudflare.gateway guardrails.prompt"],
    ["cloudflare.gateway.otel.url", "field cloudflare.gateway otel[].url"],
    ["cloudflare.gateway.otel[].url", "field cloudflare.gateway otel[].url"],
    ["cloudflare.gateway.otel[2].url", "field cloudflare.gateway otel[].url"],
    ["cloudflare.gateway.otel.2.headers.x-key", "field cloudflare.gateway otel[].headers"],
    [
      "cloudflare.gateway.spend_limits.rules.metadata.team.mode",
      "field cloudflare.gateway spend_limits.rules[].metadata.<name>.mode",
    ],
    ["cloudflare.gateway.lifecycle.silence", "field cloudflare.gateway lifecycle.silence"],
    ["vercel.key.deliver.file.path", "field vercel.key deliver[].file.path"],
    ["policy", "head policy"],
    ["policy.max_deletes", "head policy.max_deletes"],
    ["defaults", "head defaults"],
    ["lifecycle.prevent_destroy", "head lifecycle.prevent_destroy"],
    ["deliver", "head deliver"],
    ["cloudflare", "block cloudflare"],
    ["cloudflare.account_id", "block cloudflare account_id"],
    ["vercel.token", "block vercel token"],
    ["GATEWAY_OPEN_WITH_KEYS", "check GATEWAY_OPEN_WITH_KEYS"],
    ["NOT_OWNED", "code NOT_OWNED"],
    ["UNKNOWN_KEY", "code UNKNOWN_KEY"],
    ["authentication-off", "risk authentication-off"],
    ["cloudflare.gateway.support", "kind cloudflare.gateway @cloudflare.gateway.support"],
    [
      "cloudflare.provider_config.support/openai",
      "kind cloudflare.provider_config @cloudflare.provider_config.support/openai",
    ],
    ["vercel.rule.no-gpt-5.5", "kind vercel.rule @vercel.rule.no-gpt-5.5"],
    ["vercel.rule.no-gpt-5.5.reason", "field vercel.rule reason @vercel.rule.no-gpt-5.5"],
    [
      "cloudflare.gateway.support.cache_ttl",
      "field cloudflare.gateway cache_ttl @cloudflare.gateway.support",
    ],
  ])("%j means: %s", (text, meaning) => {
    expect(said(findTopic(text, alone))).toBe(meaning);
  });

  test.each([
    "nonsense",
    "cloudflare.nonsense",
    "cloudflare.provider_config.support",
    "cloudflare.gateway.Support",
    "cloudflare.gateway.a.b",
    "cloudflare.gateway.cache_tll",
    "cloudflare.gateway.cache_ttl.more",
    "cloudflare.gateway.",
    ".",
    "policy.",
    "__proto__",
    "constructor",
  ])("%j means nothing", (text) => {
    expect(said(findTopic(text, alone))).toBe("nothing");
  });
});

describe("a text that could be a field and a resource", () => {
  test("is the field behind a kind, and the resource behind a section", () => {
    expect(said(findTopic("cloudflare.gateway.zdr", withFile))).toBe("field cloudflare.gateway zdr");
    expect(said(findTopic("cloudflare.gateways.zdr", withFile))).toBe(
      "kind cloudflare.gateway @cloudflare.gateway.zdr",
    );
  });

  test("is the declared resource with the longest key", () => {
    expect(said(findTopic("vercel.rule.a.reason", withFile))).toBe("kind vercel.rule @vercel.rule.a.reason");
    expect(said(findTopic("vercel.rule.a.reason.source", withFile))).toBe(
      "field vercel.rule source @vercel.rule.a.reason",
    );
    expect(said(findTopic("vercel.rule.a.reason", alone))).toBe("field vercel.rule reason @vercel.rule.a");
  });
});

describe("a text that means nothing", () => {
  test.each([
    ["vercel.budgets.projects.web", ["vercel.budget.projects/web"]],
    ["virtual_models", ["vercel.virtual_models"]],
    ["cloudflare.gatway", ["cloudflare.gateway"]],
    ["cloudflare.gateway.cache_tll", ["cloudflare.gateway.cache_ttl"]],
    ["cloudflare.gateway.Support", ["cloudflare.gateway.support"]],
    ["polcy.max_deletes", ["policy.max_deletes"]],
    ["NOT_OWNDE", ["NOT_OWNED"]],
    ["GATEWAY_OPEN_WITH_KEY", ["GATEWAY_OPEN_WITH_KEYS"]],
    ["rate_limiting_limit", ["cloudflare.gateway.rate_limiting_limit"]],
    [
      "limit",
      [
        "cloudflare.route.elements[].properties.limit",
        "cloudflare.gateway.spend_limits.rules[].limit",
        "vercel.key.budget.limit",
      ],
    ],
    ["cloudflare.gateway.a.b", []],
    ["utter nonsense", []],
  ])("%j brings to mind %j", (text, near) => {
    expect(nearTopics(text, withFile)).toEqual(near);
  });
});

describe("what a text means", () => {
  test("is found again under the name that the explanation gives it", () => {
    for (const text of ["cloudflare.gateways", "cloudflare.gateway.otel.2.url", "vercel.token", "policy"]) {
      const topic = findTopic(text, alone);
      if (topic === undefined) throw new Error(`${text} means nothing`);
      expect(said(findTopic(explainTopic(topic, alone).topic, alone))).toBe(said(topic));
    }
  });
});
