// What an answer means, row by row. The status alone never decides.

import { describe, expect, test } from "vitest";
import type { RawAnswer } from "../../../src/provider/failure.ts";
import { classifyCloudflare } from "../../../src/providers/cloudflare/classify.ts";
import { classifyVercel } from "../../../src/providers/vercel/classify.ts";

const HTML = Symbol("a body that is not JSON");

function answer(status: number, body: unknown, more: Partial<RawAnswer> = {}): RawAnswer {
  return {
    method: "POST",
    path: "/accounts/a/ai-gateway/gateways",
    status,
    header: (name) => (name === "content-type" && body === HTML ? "text/html" : undefined),
    body: body === HTML ? undefined : body,
    json: body !== HTML,
    ...more,
  };
}

const refusedBy = (code: number | undefined, message = "", path?: (string | number)[]) => ({
  success: false,
  errors: [{ ...(code === undefined ? {} : { code }), message, ...(path === undefined ? {} : { path }) }],
});

describe("Cloudflare", () => {
  test.each([
    ["envelope A", { success: true, result: {} }],
    ["envelope B of a list", { success: true, data: { routes: [] } }],
    ["envelope C", { success: true, errors: [], messages: [], result: null }],
    ["an empty body", undefined],
  ])("success in %s is a success", (_, body) => {
    expect(classifyCloudflare(answer(200, body))).toBeNull();
  });

  test.each([
    // status, body, refused, outcome
    [400, refusedBy(7001, "Required", ["body", "cache_ttl"]), "invalid", "not-applied"],
    [400, refusedBy(7001, "Gateway already exists", ["body", "id"]), "exists", "not-applied"],
    [400, refusedBy(7001, "Gateway limit of 10 per account reached"), "limit", "not-applied"],
    [400, refusedBy(7001, "Number must be at most the limit", ["body", "x"]), "invalid", "not-applied"],
    [404, refusedBy(7002, "Gateway not found"), "not-found", "not-applied"],
    [
      404,
      refusedBy(7003, "Could not route, perhaps your object identifier is invalid?"),
      "invalid",
      "not-applied",
    ],
    [404, refusedBy(7005, "Route not found"), "not-found", "not-applied"],
    [400, refusedBy(7005, "Route already exists"), "exists", "not-applied"],
    [400, refusedBy(undefined, "Dataset already exists"), "exists", "not-applied"],
    [404, refusedBy(1001, "secret_not_found"), "not-found", "not-applied"],
    [400, refusedBy(1001, "secret_name_empty"), "invalid", "not-applied"],
    [400, refusedBy(1003, "maximum_stores_exceeded"), "exists", "not-applied"],
    [400, refusedBy(1003, "secret_name_already_exists"), "exists", "not-applied"],
    [409, refusedBy(1003, "slug taken"), "exists", "not-applied"],
    [409, refusedBy(undefined, "conflict"), "exists", "not-applied"],
    [400, refusedBy(6003, "Invalid request headers"), "authentication", "not-applied"],
    [400, refusedBy(9103, "Unknown X-Auth-Key"), "authentication", "not-applied"],
    [400, refusedBy(9106, "Missing headers"), "authentication", "not-applied"],
    [400, refusedBy(9109, "Invalid access token"), "authentication", "not-applied"],
    [401, refusedBy(10000, "Authentication error"), "authentication", "not-applied"],
    [403, refusedBy(10000, "Authentication error"), "permission", "not-applied"],
    [403, refusedBy(9109, "Unauthorized to access requested resource"), "permission", "not-applied"],
    [403, refusedBy(9109, "Invalid access token"), "authentication", "not-applied"],
    [
      403,
      refusedBy(9109, "Cannot use the access token from location: 192.0.2.1"),
      "authentication",
      "not-applied",
    ],
    [403, HTML, "malformed", "not-applied"],
    [403, refusedBy(10001, "method not allowed for token"), "permission", "not-applied"],
    [403, refusedBy(10001, "internal error"), "unavailable", "unknown"],
    [200, refusedBy(971, "Please slow down"), "throttled", "not-applied"],
    [400, refusedBy(971, "Please slow down"), "throttled", "not-applied"],
    [429, undefined, "throttled", "not-applied"],
    [429, HTML, "throttled", "not-applied"],
    [200, refusedBy(undefined, "something else"), "invalid", "not-applied"],
    [200, HTML, "malformed", "unknown"],
    [401, HTML, "authentication", "not-applied"],
    [403, undefined, "permission", "not-applied"],
    [404, HTML, "malformed", "not-applied"],
    [404, { error: "no such page" }, "malformed", "not-applied"],
    [408, undefined, "unavailable", "unknown"],
    [500, refusedBy(7002, "Gateway not found"), "unavailable", "unknown"],
    [502, HTML, "unavailable", "unknown"],
    [504, refusedBy(7001, "Gateway already exists"), "unavailable", "unknown"],
  ])("%s %j is %s, %s", (status, body, refused, outcome) => {
    expect(classifyCloudflare(answer(status, body))).toMatchObject({ refused, outcome });
  });

  test("a stored key that is not there yet is worth waiting for", () => {
    const path = "/accounts/a/ai-gateway/gateways/g/provider_configs";
    const body = refusedBy(7001, "Secret g_openai_default was not found");
    expect(classifyCloudflare(answer(400, body, { path }))?.refused).toBe("waiting");
  });

  test.each([
    ["GET", "/accounts/a/ai-gateway/gateways", "AI Gateway Read"],
    ["PUT", "/accounts/a/ai-gateway/gateways/g", "AI Gateway Write"],
    ["GET", "/accounts/a/ai-gateway/gateways/g/provider_configs", "AI Gateway Read"],
    ["POST", "/accounts/a/ai-gateway/gateways/g/provider_configs", "Secrets Store Write"],
    ["GET", "/accounts/a/secrets_store/quota", "Secrets Store Read"],
    ["POST", "/accounts/a/secrets_store/stores", "Secrets Store Write"],
    ["GET", "/accounts/a/tokens", "Account API Tokens Read"],
    ["PUT", "/accounts/a/tokens/t", "Account API Tokens Write"],
    ["GET", "/accounts/a/ai-gateway/gateways/tokens", "AI Gateway Read"],
  ] as const)("a refused %s %s names the permission group %s", (method, path, group) => {
    const verdict = classifyCloudflare(answer(403, refusedBy(10000, "no"), { method, path }));
    expect(verdict?.hint).toContain(`"${group}"`);
  });

  test("a token that may not be used from this address is told so, and not to get a permission", () => {
    const message = "Cannot use the access token from location: 192.0.2.1";
    const hint = classifyCloudflare(answer(403, refusedBy(9109, message)))?.hint;
    expect(hint).toContain("condition");
    expect(hint).not.toContain("permission");
  });

  test.each([
    [401, 10000, "CLOUDFLARE_API_TOKEN"],
    [404, 7003, "cloudflare.account_id"],
  ])("a %i with the code %i names the setting to check, %s", (status, code, setting) => {
    expect(classifyCloudflare(answer(status, refusedBy(code, "no")))?.hint).toContain(setting);
  });

  test("a refused write of AI Gateway has the group's name of API and dashboard", () => {
    const path = "/accounts/a/ai-gateway/gateways";
    const { hint } = classifyCloudflare(answer(403, refusedBy(10000, "no"), { method: "POST", path })) ?? {};
    expect(hint).toContain('"AI Gateway Write" ("AI Gateway Edit" in the dashboard)');
  });

  test.each([
    [403, 9103, "cloudflare.api_key"],
    [400, 6003, "CLOUDFLARE_EMAIL"],
    [403, 10000, "role"],
    [404, 7003, "Global API key"],
  ])("to a Global API key a %i with the code %i speaks of that, and of no token", (status, code, says) => {
    const { hint } = classifyCloudflare(answer(status, refusedBy(code, "no")), "key") ?? {};
    expect(hint).toContain(says);
    expect(hint).not.toContain("token");
  });

  test("all errors of an answer are told, each with the path of the value it is about", () => {
    const body = {
      success: false,
      errors: [
        { code: 7001, message: "Required", path: ["body", "collect_logs"] },
        { code: 7001, message: "Expected string", path: ["body", "otel", 0, "url"] },
      ],
    };
    const verdict = classifyCloudflare(answer(400, body));
    expect(verdict?.message).toBe("body.collect_logs: Required; body.otel.0.url: Expected string");
    expect(verdict?.vendor_code).toBe("7001");
  });

  test.each([null, [], "text", 7, { errors: "none" }, { errors: [null, 3, { message: 4 }] }])(
    "an error body of another shape, %j, is judged by its status",
    (body) => {
      expect(classifyCloudflare(answer(503, body))?.refused).toBe("unavailable");
      expect(classifyCloudflare(answer(404, body))?.refused).not.toBe("not-found");
    },
  );
});

const said = (code: string, message: string, more: Record<string, unknown> = {}) => ({
  error: { code, message, ...more },
});

describe("Vercel", () => {
  test.each([
    [200, { rules: [] }],
    [201, {}],
    [204, undefined],
  ])("%s %j is a success", (status, body) => {
    expect(classifyVercel(answer(status, body))).toBeNull();
  });

  test.each([
    [400, said("bad_request", "Invalid"), "invalid", "not-applied"],
    [401, said("forbidden", "Not authorized"), "authentication", "not-applied"],
    [403, said("forbidden", "Not authorized", { invalidToken: true }), "authentication", "not-applied"],
    [403, said("forbidden", "The token is not valid"), "authentication", "not-applied"],
    [403, said("forbidden", "You don't have permission"), "permission", "not-applied"],
    [404, said("not_found", "API key not found"), "not-found", "not-applied"],
    [404, { err: { code: "not_found", message: "Rule not found" } }, "not-found", "not-applied"],
    [404, { code: "not_found", message: "Rule not found" }, "not-found", "not-applied"],
    [404, said("not_found", "The requested API endpoint was not found"), "invalid", "not-applied"],
    [404, said("not_found", "Endpoint not found"), "invalid", "not-applied"],
    [404, said("not_found", 'Virtual model "endpoint-eu" not found'), "not-found", "not-applied"],
    [404, said("not_found", "Virtual model my-endpoint not found"), "not-found", "not-applied"],
    [404, HTML, "malformed", "not-applied"],
    [404, {}, "malformed", "not-applied"],
    [409, said("conflict", "A rule for this model already exists"), "exists", "not-applied"],
    [410, said("gone", "Gone"), "invalid", "not-applied"],
    [429, said("rate_limited", "Slow down"), "throttled", "not-applied"],
    [429, said("rate_limited", "Slow down", { limit: { total: 1 } }), "throttled", "not-applied"],
    [429, said("too_many", "Too many keys", { name: "keys", limit: 50 }), "limit", "not-applied"],
    [429, undefined, "throttled", "not-applied"],
    [500, said("internal", "failed"), "unavailable", "unknown"],
    [503, HTML, "unavailable", "unknown"],
    [200, HTML, "malformed", "unknown"],
  ])("%s %j is %s, %s", (status, body, refused, outcome) => {
    expect(classifyVercel(answer(status, body))).toMatchObject({ refused, outcome });
  });
});
