import { describe, expect, test } from "vitest";
import { isWithin } from "../../src/reference-server/cloudflare/ip-ranges.ts";
import { type Api, type Body, clock, makeGateway, start } from "./api.ts";
import { ask, bearer } from "./plane.ts";

const GATEWAYS = "/ai-gateway/gateways";
const READ = "4dc8917b4b40457d88d3035d5dadb054";
const WRITE = "6c8a3737f07f46369c1ea1f22138daaf";
const RUN = "644535f4ed854494a59cb289d634b257";
const error = (answer: Body) => [answer.status, answer.body.errors[0].code];

const policy = (api: Api, ids: string[], more: object = {}) => ({
  effect: "allow",
  permission_groups: ids.map((id) => ({ id })),
  resources: { [`com.cloudflare.api.account.${api.connection.cloudflare.account_id}`]: "*" },
  ...more,
});

async function good(api: Api, method: string, path: string, body?: object): Promise<Body> {
  const answer = await api.cloudflare(method, path, body);
  expect(answer.status, answer.text).toBe(200);
  return answer.body.result;
}

const make = (api: Api, more: object = {}, ids = [READ]): Promise<Body> =>
  good(api, "POST", "/tokens", { name: "ci", policies: [policy(api, ids)], ...more });

/** Status of a list of gateways with this token. */
const tries = async (api: Api, value: string) =>
  (await api.cloudflare("GET", GATEWAYS, undefined, value)).status;

describe("a token's value", () => {
  test("is answered once, works, and is in no later answer", async () => {
    const api = await start();
    const { id, value } = await make(api);
    expect(value).toMatch(/^[A-Za-z0-9]{40}$/);
    expect(await tries(api, value)).toBe(200);
    const verified = await api.cloudflare("GET", "/tokens/verify", undefined, value);
    expect(verified.body.result).toEqual({ id, status: "active" });
    for (const path of ["/tokens", `/tokens/${id}`]) {
      expect((await api.cloudflare("GET", path)).text).not.toContain(value);
    }
  });

  test("is rolled to another one as a bare string, and the old one is dead at once", async () => {
    const api = await start();
    const { id, value } = await make(api);
    const rolled = await good(api, "PUT", `/tokens/${id}/value`, {});
    expect(rolled).toMatch(/^[A-Za-z0-9]{40}$/);
    expect([await tries(api, value), await tries(api, rolled)]).toEqual([401, 200]);
  });

  test("is dead when the token is deleted", async () => {
    const api = await start();
    const { id, value } = await make(api);
    expect(await good(api, "DELETE", `/tokens/${id}`)).toEqual({ id });
    expect(await tries(api, value)).toBe(401);
    for (const [method, path] of [
      ["GET", ""],
      ["DELETE", ""],
      ["PUT", "/value"],
    ] as const) {
      expect((await api.cloudflare(method, `/tokens/${id}${path}`)).status).toBe(404);
    }
  });
});

describe("permissions", () => {
  test("are those of the groups, on both planes", async () => {
    const api = await start();
    await makeGateway(api, "a", { authentication: true });
    const { value: runs } = await make(api, {}, [RUN]);
    const { value: reads } = await make(api, {}, [READ]);
    expect([await tries(api, runs), await tries(api, reads)]).toEqual([403, 200]);
    const call = async (value: string) => (await ask(api, "a/openai/chat/completions", bearer(value))).code;
    expect([await call(runs), await call(reads)]).toEqual([undefined, 2009]);
  });

  test("are what is allowed on the account and not denied", async () => {
    const api = await start();
    const other = { "com.cloudflare.api.account.zone.*": "*" };
    const withPolicies = async (...policies: object[]) => tries(api, (await make(api, { policies })).value);
    expect(await withPolicies(policy(api, [READ, WRITE]))).toBe(200);
    expect(await withPolicies(policy(api, [READ]), policy(api, [READ], { effect: "deny" }))).toBe(403);
    expect(await withPolicies(policy(api, [READ], { resources: other }))).toBe(403);
    expect(
      await withPolicies(policy(api, [READ], { resources: { "com.cloudflare.api.account.*": "*" } })),
    ).toBe(200);
  });

  test("are answered with names and ids of the server, in its order in profile live", async () => {
    const ids = [RUN, READ, WRITE];
    const seen = async (profile: "live" | "spec") => {
      const api = await start({ profile });
      const { policies } = await make(api, {}, ids);
      expect(policies[0].id).toMatch(/^[0-9a-f]{32}$/);
      return policies[0].permission_groups;
    };
    expect((await seen("live")).map(({ id }: Body) => id)).toEqual(ids.toSorted());
    const [first] = await seen("spec");
    expect(first).toMatchObject({
      id: RUN,
      name: "AI Gateway Run",
      meta: { scopes: "com.cloudflare.api.account" },
    });
  });

  test("get new policy ids with every replacement", async () => {
    const api = await start();
    const made = await make(api);
    const put = await good(api, "PUT", `/tokens/${made.id}`, { name: "ci", policies: [policy(api, [READ])] });
    expect(put.policies[0].id).not.toBe(made.policies[0].id);
  });
});

describe("a body", () => {
  test.each([
    ["no name", { name: undefined }, "/name"],
    ["a name over 120 characters", { name: "x".repeat(121) }, "/name"],
    ["no policies", { policies: undefined }, "/policies"],
    ["an unknown permission group", { group: "0".repeat(32) }, "/policies/0/permission_groups/0/id"],
    ["another account", { account: "0".repeat(32) }, "/policies/0/resources"],
    [
      "an address range that is none",
      { condition: { request_ip: { in: ["10.0.0.0/33"] } } },
      "/condition/request_ip/in/0",
    ],
    ["a date that is none", { expires_on: "tomorrow" }, "/expires_on"],
  ])("with %s is 400 and points at it", async (_, { group, account, ...more }: Body, pointer) => {
    const api = await start();
    const resources =
      account === undefined ? {} : { resources: { [`com.cloudflare.api.account.${account}`]: "*" } };
    const policies = [policy(api, [group ?? READ], resources)];
    const answer = await api.cloudflare("POST", "/tokens", { name: "ci", policies, ...more });
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].source).toEqual({ pointer });
    expect(answer.body.result).toBeNull();
  });

  test("that replaces a token drops what it leaves out, except status and value", async () => {
    const api = await start();
    const condition = { request_ip: { in: ["127.0.0.0/8"] } };
    const { id, value } = await make(api, { expires_on: "2100-01-01T00:00:00Z", condition });
    const policies = [policy(api, [READ])];
    await good(api, "PUT", `/tokens/${id}`, { name: "ci", policies, status: "disabled" });
    const put = await good(api, "PUT", `/tokens/${id}`, { name: "renamed", policies });
    expect(put).toMatchObject({ name: "renamed", status: "disabled" });
    expect(put).not.toHaveProperty("expires_on");
    expect(put).not.toHaveProperty("condition");
    expect(await tries(api, value)).toBe(401);
    await good(api, "PUT", `/tokens/${id}`, { name: "renamed", policies, status: "active" });
    expect(await tries(api, value)).toBe(200);
    const expired = { name: "renamed", policies, status: "expired" };
    expect((await api.cloudflare("PUT", `/tokens/${id}`, expired)).status).toBe(400);
  });

  test("over the account's number of tokens is 400", async () => {
    const api = await start({ switches: { max_account_tokens: 2 } });
    await make(api);
    const body = { name: "ci", policies: [policy(api, [READ])] };
    expect((await api.cloudflare("POST", "/tokens", body)).status).toBe(400);
  });
});

describe("time", () => {
  test("makes a token usable from not_before to expires_on, and is answered in UTC", async () => {
    const { now, pass } = clock(Date.UTC(2026, 10, 2));
    const api = await start({ now });
    const dates = { not_before: "2026-11-02T02:00:00+01:00", expires_on: "2026-11-02T02:00:00Z" };
    const made = await make(api, dates);
    expect(made).toMatchObject({ not_before: "2026-11-02T01:00:00Z", expires_on: "2026-11-02T02:00:00Z" });
    const seen: number[] = [];
    for (const ms of [3_599_999, 1, 3_599_999, 1]) {
      pass(ms);
      seen.push(await tries(api, made.value));
    }
    expect(seen).toEqual([401, 200, 200, 401]);
    expect((await good(api, "GET", `/tokens/${made.id}`)).status).toBe("expired");
  });
});

describe("the list", () => {
  test("pages by 5 to 50, forwards and backwards", async () => {
    const api = await start();
    for (let count = 0; count < 5; count++) await make(api, { name: `t${count}` });
    const names = async (query: string) =>
      (await good(api, "GET", `/tokens?${query}`)).map(({ name }: Body) => name);
    expect(await names("per_page=5&page=2")).toEqual(["t4"]);
    expect((await names("direction=desc"))[0]).toBe("t4");
    for (const per_page of [4, 51]) {
      expect((await api.cloudflare("GET", `/tokens?per_page=${per_page}`)).status).toBe(400);
    }
  });

  test("tells no number of pages, unlike the Secrets Store's", async () => {
    const api = await start();
    const { body } = await api.cloudflare("GET", "/tokens");
    expect(body.result_info).toEqual({ count: 1, page: 1, per_page: 20, total_count: 1 });
  });
});

describe("an address condition", () => {
  test.each([
    [{ in: ["127.0.0.0/8"] }, 200],
    [{ in: ["10.0.0.0/8"] }, 403],
    [{ not_in: ["127.0.0.1/32"] }, 403],
    [{ in: ["127.0.0.0/8"], not_in: ["127.0.0.1"] }, 403],
    [{ in: [], not_in: ["10.0.0.0/8", "2001:db8::/32"] }, 200],
  ])("of %j makes %i from 127.0.0.1, on both planes", async (request_ip, status) => {
    const api = await start();
    const { value } = await make(api, { condition: { request_ip } }, [READ, RUN]);
    const answer = await api.cloudflare("GET", GATEWAYS, undefined, value);
    expect(answer.status).toBe(status);
    if (status === 403) expect(error(answer)).toEqual([403, 9109]);
    await makeGateway(api, "a", { authentication: true });
    const called = await ask(api, "a/openai/chat/completions", bearer(value));
    expect(called.code).toBe(status === 403 ? 2009 : undefined);
  });

  test.each([
    ["2001:db8::1", ["2001:db8::/32"], true],
    ["2001:db9::1", ["2001:db8::/32"], false],
    ["::ffff:10.1.2.3", ["10.0.0.0/8"], true],
    ["10.1.2.3", ["10.1.2.3"], true],
    ["", ["0.0.0.0/0"], false],
  ])("finds %j in %j: %s", (address, ranges, expected) => {
    expect(isWithin(ranges, address)).toBe(expected);
  });
});

describe("the user's Global API key", () => {
  const request = async (api: Api, headers: Record<string, string>) => {
    const { base_url, account_id } = api.connection.cloudflare;
    const response = await fetch(`${base_url}/accounts/${account_id}/tokens`, { headers });
    return { status: response.status, body: (await response.json()) as Body };
  };

  test("may do everything together with the e-mail", async () => {
    const api = await start();
    const { user } = (await api.control("GET", "/state")).body.cloudflare;
    const good = { "x-auth-email": user.email, "x-auth-key": user.api_key };
    expect((await request(api, good)).status).toBe(200);
    expect(error(await request(api, { ...good, "x-auth-email": "other@acme.example" }))).toEqual([403, 9103]);
    expect(error(await request(api, { ...good, "x-auth-key": "0".repeat(37) }))).toEqual([403, 9103]);
    expect(error(await request(api, { "x-auth-key": user.api_key }))).toEqual([400, 9106]);
    const token = api.connection.cloudflare.api_token;
    expect(error(await request(api, { ...good, "x-auth-key": token }))).toEqual([400, 6003]);
  });
});

test("what a client made survives being put back as state", async () => {
  const [one, two] = [await start(), await start()];
  const { value } = await make(one, { condition: { request_ip: { in: ["127.0.0.0/8"] } } });
  const { body: state } = await one.control("GET", "/state");
  expect((await two.control("PUT", "/state", state)).body).toEqual(state);
  expect(await tries(two, value)).toBe(200);
});
