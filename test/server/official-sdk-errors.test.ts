/**
 * What Cloudflare's TypeScript SDK 7.3.0 makes of the server's refusals, faults and cut connections: which class of
 * error, after how many requests, and how long it would have waited between them.
 */
import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
} from "cloudflare";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { FaultRule } from "../../src/reference-server/faults.ts";
import type { LogEntry } from "../../src/reference-server/index.ts";
import { type Api, cloudflareToken, makeGateway, makeStore, settings } from "./api.ts";
import { type Sdk, sdk } from "./sdk.ts";

/**
 * Lets the SDK's waits between two tries pass at once, and nobody else's: they come from one small module of it.
 * @param onWait told of each wait, in milliseconds, when it begins.
 * @returns all waits so far.
 */
function hurry(onWait: (ms: number) => void = () => {}): number[] {
  const waits: number[] = [];
  const { setTimeout } = globalThis;
  vi.stubGlobal("setTimeout", (...call: Parameters<typeof setTimeout>) => {
    if (!new Error().stack?.includes("cloudflare/internal/utils/sleep")) return setTimeout(...call);
    const [run, ms = 0] = call;
    waits.push(ms);
    onWait(ms);
    return setTimeout(run, 0);
  });
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
  return waits;
}

const fault = (api: Api, rule: FaultRule) => api.control("POST", "/faults", rule);

/** Statuses of all requests so far; null: no answer. */
async function statuses(api: Api): Promise<(number | null)[]> {
  const log: LogEntry[] = (await api.control("GET", "/requests")).body;
  return log.map(({ status }) => status);
}

const failure = (call: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(call).then(
    () => "no error",
    (error: unknown) => error,
  );

const get = ({ aiGateway, account_id }: Pick<Sdk, "aiGateway" | "account_id">) =>
  aiGateway.get("a", { account_id });
const create = ({ aiGateway, account_id }: Pick<Sdk, "aiGateway" | "account_id">, id = "a") =>
  aiGateway.create({ account_id, id, ...settings });

describe("a refusal by the server itself is", () => {
  test("400: BadRequestError with every mistake of the body", async () => {
    const { aiGateway, account_id } = await sdk();
    const wrong = { ...settings, cache_ttl: -1, rate_limiting_limit: -1 };
    const error = await failure(aiGateway.create({ account_id, id: "a", ...wrong }));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, errors: [{ code: 7001 }, { code: 7001 }] });
  });

  test("400: BadRequestError for a second gateway of the same name and for a second store", async () => {
    const stage = await sdk();
    await create(stage);
    const { account_id, secretsStore } = stage;
    await secretsStore.stores.create({ account_id, name: "one" });
    const twice = await failure(create(stage));
    const second = await failure(secretsStore.stores.create({ account_id, name: "two" }));
    for (const error of [twice, second]) expect(error).toBeInstanceOf(BadRequestError);
    expect([twice, second]).toMatchObject([{ errors: [{ code: 7001 }] }, { errors: [{ code: 1003 }] }]);
  });

  test("400: BadRequestError where the SDK sends no body although one is needed", async () => {
    const { api, secretsStore, account_id } = await sdk();
    const store = await makeStore(api);
    const error = await failure(secretsStore.stores.secrets.bulkDelete(store, { account_id }));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ errors: [{ code: 1001, message: "invalid_json_body" }] });
  });

  test("401: AuthenticationError for a token that nobody has", async () => {
    const error = await failure(get(await sdk({}, { apiToken: "nobody-s" })));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ status: 401, errors: [{ code: 10000 }] });
  });

  test("403: PermissionDeniedError for a token that may only read", async () => {
    const stage = await sdk();
    const apiToken = await cloudflareToken(stage.api, "AI Gateway Read");
    const reader = { ...stage, ...stage.as({ apiToken }) };
    const error = await failure(create(reader));
    expect(error).toBeInstanceOf(PermissionDeniedError);
    expect(error).toMatchObject({ status: 403, errors: [{ code: 10000 }] });
    expect((await reader.aiGateway.list({ account_id: stage.account_id })).result).toEqual([]);
  });

  test("403: PermissionDeniedError for a Global API key that is not the user's, who gets in with their own", async () => {
    const stage = await sdk();
    const { email, api_key: apiKey } = (await stage.api.control("GET", "/state")).body.cloudflare.user;
    const as = (key: string) => stage.as({ apiToken: null, apiEmail: email, apiKey: key }).aiGateway;
    const { account_id } = stage;
    expect((await as(apiKey).list({ account_id })).result).toEqual([]);
    const error = await failure(as("0".repeat(37)).list({ account_id }));
    expect(error).toBeInstanceOf(PermissionDeniedError);
    expect(error).toMatchObject({ status: 403, errors: [{ code: 9103 }] });
  });

  test("404: NotFoundError, by the code of each family", async () => {
    const stage = await sdk();
    await makeGateway(stage.api, "there");
    const { aiGateway, secretsStore, accountTokens, account_id } = stage;
    const calls: [PromiseLike<unknown>, number][] = [
      [get(stage), 7002],
      [aiGateway.customProviders.get("none", { account_id }), 7002],
      [aiGateway.dynamicRouting.get("none", { account_id, gateway_id: "there" }), 7005],
      [aiGateway.get("a", { account_id: "0".repeat(32) }), 7003],
      [secretsStore.stores.get("none", { account_id }), 1001],
      [accountTokens.get("none", { account_id }), 1001],
    ];
    for (const [error, code] of await Promise.all(
      calls.map(async ([call, wanted]) => [await failure(call), wanted]),
    )) {
      expect(error).toBeInstanceOf(NotFoundError);
      expect(error).toMatchObject({ status: 404, errors: [{ code }] });
    }
  });

  test("409: ConflictError for a store with secrets in it and, by the docs page, for a slug that is taken", async () => {
    const { api, aiGateway, secretsStore, account_id } = await sdk({
      switches: { custom_provider_errors: "docs" },
    });
    const store = await makeStore(api);
    const body = [{ name: "one", value: "v", scopes: ["ai_gateway" as const] }];
    await secretsStore.stores.secrets.create(store, { account_id, body });
    const full = await failure(secretsStore.stores.delete(store, { account_id }));
    const provider = { account_id, name: "One", slug: "one", base_url: "https://llm.example.com" };
    await aiGateway.customProviders.create(provider);
    const taken = await failure(aiGateway.customProviders.create(provider));
    for (const error of [full, taken]) {
      expect(error).toBeInstanceOf(ConflictError);
      expect(error).toMatchObject({ status: 409, errors: [{ code: 1003 }] });
    }
    expect(await secretsStore.stores.delete(store, { account_id, force: true })).toBeNull();
  });

  test("429: RateLimitError, also with an empty body, and tells when to come back", async () => {
    const stage = await sdk({ switches: { cloudflare_rate_limit: 1 } });
    await create(stage);
    const error = await failure(get(stage));
    if (!(error instanceof RateLimitError)) throw new Error(`not a RateLimitError: ${error}`);
    expect([error.status, error.errors, error.headers.get("retry-after")]).toEqual([429, [], "300"]);
  });
});

describe("a fault is", () => {
  test.each([
    [400, BadRequestError],
    [401, AuthenticationError],
    [403, PermissionDeniedError],
    [404, NotFoundError],
    [409, ConflictError],
    [422, UnprocessableEntityError],
    [429, RateLimitError],
    [500, InternalServerError],
    [502, InternalServerError],
    [503, InternalServerError],
    [504, InternalServerError],
    [418, APIError],
  ])("%i: the error of that status, with the code of the fault", async (status, type) => {
    const stage = await sdk();
    await fault(stage.api, { effect: { kind: "status", status, when: "before" } });
    const error: unknown = await failure(get(stage));
    expect(error).toBeInstanceOf(APIError);
    expect(Object.getPrototypeOf(error)).toBe(type.prototype);
    expect(error).toMatchObject({ status, errors: [{ message: `Injected fault ${status}` }] });
  });

  test("a cut connection: APIConnectionError without a status", async () => {
    const stage = await sdk();
    await fault(stage.api, { effect: { kind: "drop", when: "before" } });
    const error = await failure(get(stage));
    expect(error).toBeInstanceOf(APIConnectionError);
    expect(error).not.toBeInstanceOf(APIConnectionTimeoutError);
    expect(error).toMatchObject({ status: undefined, errors: [] });
  });

  test("an answer that takes too long: APIConnectionTimeoutError", async () => {
    const stage = await sdk({}, { timeout: 20 });
    await fault(stage.api, { effect: { kind: "latency", ms: 10_000 } });
    expect(await failure(get(stage))).toBeInstanceOf(APIConnectionTimeoutError);
  });
});

/** The SDK as it is delivered: two retries. */
const patient = { maxRetries: 2 };

describe("the SDK tries again", () => {
  test.each([429, 500, 503])("after %i, as soon as Retry-After lets it", async (status) => {
    const waits = hurry();
    const stage = await sdk({}, patient);
    await makeGateway(stage.api, "a");
    const headers = { "retry-after": "7" };
    await fault(stage.api, {
      method: "GET",
      times: 2,
      effect: { kind: "status", status, when: "before", headers },
    });
    expect((await get(stage)).id).toBe("a");
    expect(await statuses(stage.api)).toEqual([200, status, status, 200]);
    expect(waits).toEqual([7000, 7000]);
  });

  test("after 500 without Retry-After in half a second, then in a whole one, and gives up after the third", async () => {
    const waits = hurry();
    const stage = await sdk({}, patient);
    await fault(stage.api, { effect: { kind: "status", status: 500, when: "before" } });
    expect(await failure(get(stage))).toBeInstanceOf(InternalServerError);
    expect(await statuses(stage.api)).toEqual([500, 500, 500]);
    // Up to a quarter less than that.
    expect(waits.map((ms) => Math.ceil(ms / 500))).toEqual([1, 2]);
  });

  test("after the server's own 429, which is over when it said", async () => {
    const stage = await sdk({ switches: { cloudflare_rate_limit: 1 } }, patient);
    const waits = hurry(stage.pass);
    await create(stage);
    expect((await get(stage)).id).toBe("a");
    expect([await statuses(stage.api), waits]).toEqual([[200, 429, 200], [300_000]]);
  });

  test("after a conflict that no repetition resolves", async () => {
    hurry();
    const { api, secretsStore, account_id } = await sdk({}, patient);
    const store = await makeStore(api);
    const body = [{ name: "one", value: "v", scopes: ["ai_gateway" as const] }];
    await secretsStore.stores.secrets.create(store, { account_id, body });
    await api.control("DELETE", "/requests");
    expect(await failure(secretsStore.stores.delete(store, { account_id }))).toBeInstanceOf(ConflictError);
    expect(await statuses(api)).toEqual([409, 409, 409]);
  });

  test.each([400, 401, 403, 404, 422])("not after %i", async (status) => {
    const waits = hurry();
    const stage = await sdk({}, patient);
    await fault(stage.api, { effect: { kind: "status", status, when: "before" } });
    await failure(get(stage));
    expect([await statuses(stage.api), waits]).toEqual([[status], []]);
  });

  test.each<[string, FaultRule["effect"], number | null]>([
    ["a cut connection", { kind: "drop", when: "after" }, null],
    ["a 504", { kind: "status", status: 504, when: "after" }, 504],
  ])(
    "a create whose answer was lost to %s, blindly, and is told that it exists",
    async (_what, effect, seen) => {
      hurry();
      const stage = await sdk({}, patient);
      await fault(stage.api, { method: "POST", times: 1, effect });
      const error = await failure(create(stage));
      expect(error).toBeInstanceOf(BadRequestError);
      expect(error).toMatchObject({
        errors: [{ code: 7001, message: expect.stringContaining("already exists") }],
      });
      expect(await statuses(stage.api)).toEqual([seen, 400]);
      expect((await stage.aiGateway.list({ account_id: stage.account_id })).result).toHaveLength(1);
    },
  );

  test("a create of a token whose answer was lost, blindly, and has made two", async () => {
    hurry();
    const { api, accountTokens, account_id } = await sdk({}, patient);
    const [group] = (await accountTokens.permissionGroups.list({ account_id })).result;
    const resources = { [`com.cloudflare.api.account.${account_id}`]: "*" };
    const policies = [{ effect: "allow" as const, permission_groups: [{ id: group?.id ?? "" }], resources }];
    await fault(api, { method: "POST", times: 1, effect: { kind: "drop", when: "after" } });
    await accountTokens.create({ account_id, name: "twice", policies });
    const all = (await accountTokens.list({ account_id })).result;
    expect(all.filter(({ name }) => name === "twice")).toHaveLength(2);
  });
});
