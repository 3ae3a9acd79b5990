// How a gateway's fields compare: laws of the canonical forms, ids of spend limits, and what counts as a risk.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type JsonObject, type JsonValue, jsonEqual } from "../../../src/base/json.ts";
import { canonicalValue } from "../../../src/engine/normalise.ts";
import { policyOf } from "../../../src/model/kind-rules.ts";
import { gateway } from "../../../src/providers/cloudflare/kinds/gateway.ts";

const canonical = (field: string, value: JsonValue) => canonicalValue(policyOf(gateway.rules, field), value);
const risk = (field: string, before: JsonValue, after: JsonValue): boolean =>
  policyOf(gateway.rules, field).risk?.when(canonical(field, before), canonical(field, after)) === true;

const names = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 4 });
const action = fc.constantFrom("FLAG", "BLOCK");
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

const single = fc.record({ enabled: fc.boolean(), action, profiles: names });
const policies = fc.record({
  enabled: fc.boolean(),
  policies: fc.array(
    fc.record({ id: fc.string(), enabled: fc.boolean(), action, check: names, profiles: names }),
  ),
});
const hazards = fc.dictionary(fc.constantFrom("P1", "S1", "S2"), maybe(action));
const filter = fc.record({ mode: fc.constant("filter"), values: names });
const rule = fc.record(
  {
    id: fc.constantFrom("r1", "r2", "r3"),
    limitType: fc.constant("cost"),
    limit: fc.integer({ min: 1, max: 9 }),
    window: fc.constantFrom(60, 3600),
    enabled: fc.boolean(),
    technique: fc.constantFrom("sliding", "fixed"),
    model: maybe(filter),
    metadata: maybe(fc.dictionary(fc.constantFrom("user", "team"), filter)),
  },
  { requiredKeys: ["limitType", "limit", "window"] },
);
const limits = fc.record({ enabled: fc.boolean(), rules: fc.array(rule, { maxLength: 4 }) });
const secret = fc.constant({ $secret: { fingerprint: "k:1" } });
const otel = fc.array(
  fc.record(
    {
      url: fc.webUrl(),
      headers: fc.dictionary(fc.string(), secret),
      authorization: maybe(secret),
      content_type: maybe(fc.constantFrom("json", "protobuf")),
    },
    { requiredKeys: ["url", "headers"] },
  ),
);

const values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  authentication: maybe(fc.boolean()),
  cache_ttl: maybe(fc.nat()),
  dlp: maybe(fc.oneof(single, policies)),
  guardrails: maybe(fc.record({ prompt: hazards, response: hazards })),
  otel: maybe(otel),
  rate_limiting_limit: maybe(fc.nat()),
  rate_limiting_technique: maybe(fc.constantFrom("fixed", "sliding")),
  spend_limits: maybe(limits),
  store_id: maybe(fc.constantFrom("", "id")),
  workers_ai_billing_mode: maybe(fc.constantFrom("postpaid", "unified")),
};

describe.each(Object.entries(values))("the canonical form of %s", (field, arbitrary) => {
  test("is the canonical form of itself, and its making changes no input", () => {
    fc.assert(
      fc.property(arbitrary as fc.Arbitrary<JsonValue>, (value) => {
        const copy = structuredClone(value);
        const once = canonical(field, value);
        return jsonEqual(canonical(field, once), once) && jsonEqual(value, copy as JsonValue);
      }),
    );
  });
});

describe("equal settings have one form:", () => {
  test.each<[string, JsonValue, JsonValue]>([
    ["cache_ttl", null, 0],
    ["rate_limiting_interval", null, 0],
    ["rate_limiting_limit", null, 0],
    ["authentication", null, false],
    ["byok_only", null, false],
    ["log_classification", null, false],
    ["logpush", null, false],
    ["zdr", null, false],
    ["store_id", "", null],
    ["otel", null, []],
    ["otel", [{ url: "u", headers: {} }], [{ url: "u", headers: {}, content_type: "json" }]],
    ["spend_limits", null, { enabled: false, rules: [] }],
    ["guardrails", null, { prompt: {}, response: {} }],
    ["rate_limiting_technique", null, "fixed"],
    ["workers_ai_billing_mode", null, "postpaid"],
    [
      "dlp",
      { enabled: true, action: "BLOCK", profiles: ["b", "a", "a"] },
      { enabled: true, action: "BLOCK", profiles: ["a", "b"] },
    ],
    [
      "spend_limits",
      { enabled: true, rules: [{ limitType: "cost", limit: 1, window: 2, metadata: {} }] },
      {
        enabled: true,
        rules: [{ limitType: "cost", limit: 1, window: 2, enabled: true, technique: "sliding" }],
      },
    ],
  ])("%s: %j and %j", (field, one, other) => {
    expect(canonical(field, one)).toEqual(canonical(field, other));
  });

  test.each<[string, JsonValue, JsonValue]>([
    ["collect_logs", false, true],
    ["otel", [{ url: "a", headers: {} }], [{ url: "b", headers: {} }]],
    ["dlp", { enabled: false, policies: [] }, { enabled: true, policies: [] }],
  ])("but not %s: %j and %j", (field, one, other) => {
    expect(canonical(field, one)).not.toEqual(canonical(field, other));
  });
});

describe("spend limits", () => {
  const complete = (declared: JsonValue, live: JsonValue) =>
    policyOf(gateway.rules, "spend_limits").complete?.(declared, live) ?? null;
  const named = (id: string, limit: number): JsonObject => ({
    id,
    limitType: "cost",
    limit,
    window: 60,
    enabled: true,
    technique: "sliding",
  });
  const idsOf = (value: JsonValue): unknown[] =>
    (value as { rules: { id?: string }[] }).rules.map(({ id }) => id);
  const bare = (limit: number): JsonObject => ({ limitType: "cost", limit, window: 60 });

  test("without ids equal the live ones that they were made as", () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), (rules) => {
        const live = {
          enabled: true,
          rules: rules.map((item, index) => ({ ...item, id: `server-${index}` })),
        };
        const declared = { enabled: true, rules: rules.map(({ id: _, ...rest }) => rest) };
        return jsonEqual(
          canonical("spend_limits", complete(declared as JsonValue, live as JsonValue)),
          canonical("spend_limits", live as JsonValue),
        );
      }),
    );
  });

  test("find their ids in whatever order the server lists them", () => {
    const live = { enabled: true, rules: [named("x", 2), named("y", 1)] };
    expect(idsOf(complete({ enabled: true, rules: [bare(1), bare(2)] }, live))).toEqual(["y", "x"]);
  });

  test("keep their ids when a limit changes", () => {
    const live = { enabled: true, rules: [named("x", 1), named("y", 2)] };
    expect(idsOf(complete({ enabled: true, rules: [bare(1), bare(3)] }, live))).toEqual(["x", "y"]);
  });

  test("never take an id that the file gives to another rule", () => {
    const live = { enabled: true, rules: [named("x", 1)] };
    const declared = { enabled: true, rules: [bare(1), { ...bare(5), id: "x" }] };
    expect(idsOf(complete(declared, live))).toEqual([undefined, "x"]);
  });
});

describe("a change is a risk when", () => {
  const dlp = (more: JsonObject): JsonValue => ({
    enabled: true,
    policies: [
      {
        id: "p",
        enabled: true,
        action: "BLOCK",
        check: ["REQUEST", "RESPONSE"],
        profiles: ["a", "b"],
        ...more,
      },
    ],
  });
  const limit = (more: JsonObject): JsonValue => ({
    enabled: true,
    rules: [{ id: "x", limitType: "cost", limit: 5, window: 60, ...more }],
  });

  test.each<[string, JsonValue, JsonValue]>([
    ["authentication", true, false],
    ["zdr", true, false],
    ["byok_only", true, false],
    ["collect_logs", true, false],
    ["rate_limiting_limit", 100, 0],
    ["rate_limiting_limit", 100, null],
    ["rate_limiting_interval", 60, 0],
    ["guardrails", { prompt: { P1: "BLOCK" }, response: {} }, null],
    ["dlp", dlp({}), { enabled: false, policies: [] }],
    ["dlp", dlp({}), dlp({ enabled: false })],
    ["dlp", dlp({}), dlp({ action: "FLAG" })],
    ["dlp", dlp({}), dlp({ check: ["REQUEST"] })],
    ["dlp", dlp({}), dlp({ profiles: ["a"] })],
    ["spend_limits", limit({}), null],
    ["spend_limits", limit({}), { enabled: true, rules: [] }],
    ["spend_limits", limit({}), limit({ enabled: false })],
    ["spend_limits", limit({}), { ...(limit({}) as JsonObject), enabled: false }],
  ])("%s goes from %j to %j", (field, before, after) => {
    expect(risk(field, before, after)).toBe(true);
    expect(risk(field, after, before)).toBe(false);
  });

  test.each<[string, JsonValue, JsonValue]>([
    [
      "guardrails",
      { prompt: { P1: "BLOCK" }, response: {} },
      { prompt: { P1: "FLAG" }, response: { P1: "BLOCK" } },
    ],
    ["dlp", { enabled: true, action: "BLOCK", profiles: ["a"] }, dlp({ profiles: ["b"] })],
  ])("%s goes from %j to %j, whatever it gains", (field, before, after) => {
    expect(risk(field, before, after)).toBe(true);
  });

  test.each<[string, JsonValue, JsonValue]>([
    ["authentication", false, true],
    ["authentication", null, false],
    ["rate_limiting_limit", 100, 50],
    ["rate_limiting_limit", 0, null],
    ["guardrails", null, { prompt: {}, response: {} }],
    ["dlp", dlp({ action: "FLAG" }), dlp({})],
    ["dlp", { enabled: false, action: "BLOCK", profiles: ["a"] }, { enabled: false, policies: [] }],
    ["spend_limits", limit({}), limit({ limit: 9 })],
    ["spend_limits", limit({ enabled: false }), null],
  ])("but not when %s goes from %j to %j", (field, before, after) => {
    expect(risk(field, before, after)).toBe(false);
  });
});

describe("a gateway", () => {
  test("with provider configs and no store counts as declaring the account's store", () => {
    const implied = gateway.definition.imply?.({ id: "g" }, { provider_configs: 1 });
    expect(implied?.fields).toEqual({ store_id: { $ref: "cloudflare.secrets_store.default" } });
    expect(implied?.resources).toMatchObject([{ kind: "cloudflare.secrets_store", key: "default" }]);
  });

  test.each([
    [{ id: "g" }, {}],
    [{ id: "g" }, { provider_configs: 0 }],
    [{ id: "g", store_id: "s" }, { provider_configs: 1 }],
    [{ id: "g", store_id: null }, { provider_configs: 1 }],
  ])("%j with children %j implies nothing", (fields, children) => {
    expect(gateway.definition.imply?.(fields, children)).toEqual({});
  });

  test.each([
    ["default", {}, true],
    ["other", { is_default: true }, true],
    ["other", { is_default: false }, false],
  ])("%s with %j is spared: %s", (id, fields, spared) => {
    expect(gateway.rules.spare?.is({ id, fields })).toBe(spared);
  });

  test.each([
    ["a", true],
    ["a_b-c1", true],
    ["0", true],
    ["A", false],
    ["a--b", false],
    ["-a", false],
    ["a-", false],
    ["a.b", false],
  ])("id %s is good: %s", (id, good) => {
    expect(gateway.definition.key?.pattern.test(id)).toBe(good);
  });
});
