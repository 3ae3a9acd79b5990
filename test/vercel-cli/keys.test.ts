// `vercel ai-gateway api-keys` and what the CLI asks before any command of its own.

import { expect, test } from "vitest";
import { json } from "../e2e/support.ts";
import { type Vercel, withVercel } from "./vercel.ts";

const DAY = 24 * 3600 * 1000;

async function idOf(cli: Vercel, name: string): Promise<string> {
  return (await cli.state()).keys.find((key: { name: string }) => key.name === name).id;
}

withVercel("API keys", [], (cli) => {
  test("create prints the plaintext alone; --budget and --limit are the same", async () => {
    const old = await cli.gateway(
      ...["api-keys", "create", "--name", "x", "--budget", "500", "--refresh-period", "monthly"],
    );
    expect(old.stderr).toContain("deprecated");
    const made = await cli.gateway(
      ...["api-keys", "create", "--name", "y", "--limit", "500", "--refresh-period", "monthly"],
    );
    const { keys } = await cli.state();
    expect(keys.map((key: { secret: string }) => `${key.secret}\n`)).toEqual([old.stdout, made.stdout]);
    for (const { quota } of keys) expect(quota).toMatchObject({ limitAmount: 500, refreshPeriod: "monthly" });
  });

  test("create sends every option", async () => {
    const before = Date.now();
    await cli.gateway(
      ...["api-keys", "create", "--name", "all", "--limit", "2.5", "--refresh-period", "daily"],
      ...["--include-byok", "--alert-thresholds", "50,100", "--expiration", "30d"],
      ...["--zdr-exempt", "--bypass-all-settings"],
    );
    const [key] = (await cli.state()).keys;
    expect(key.metadata).toEqual({ zdr: { enableNonZdrModels: true }, bypassAll: true });
    const quota = { limitAmount: 2.5, refreshPeriod: "daily", includeByokInQuota: true };
    expect(key.quota).toMatchObject({ ...quota, alertThresholds: [50, 100] });
    expect(Math.round((key.expiresAt - before) / DAY)).toBe(30);
  });

  test("list has pages, as a table and as JSON", async () => {
    for (const name of ["a", "b"]) {
      await cli.server.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name });
    }
    const first = await cli.gatewayJson("api-keys", "list", "--limit", "1", "--format", "json");
    expect(first.apiKeys).toMatchObject([{ name: "b", quota: null }]);
    const next = ["--limit", "1", "--next", first.pagination.next];
    const second = await cli.gatewayJson("api-keys", "ls", ...next, "--format", "json");
    expect([second.apiKeys[0].name, second.pagination.next]).toEqual(["a", null]);
    const table = (await cli.gateway("api-keys", "list")).stdout;
    expect(table).toContain(await idOf(cli, "a"));
    expect(table).toContain(await idOf(cli, "b"));
  });

  test("inspect shows the budget, and goes on without when only the list has it", async () => {
    const body = { purpose: "ai-gateway", name: "ci", aiGatewayQuota: { limitAmount: 50 } };
    await cli.server.vercel("POST", "/v1/api-keys", body);
    const id = await idOf(cli, "ci");
    await cli.server.setSwitches({ quota_in_get: true });
    const found = await cli.gatewayJson("api-keys", "inspect", id, "--format", "json");
    expect(found.apiKey).toMatchObject({ id, name: "ci", quota: { limitAmount: 50 } });
    await cli.server.setSwitches({ quota_in_get: false });
    expect((await cli.gateway("api-keys", "inspect", id)).stdout).toContain(id);
  });

  test("remove deletes; the second time it says that there is none", async () => {
    await cli.server.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name: "ci" });
    const id = await idOf(cli, "ci");
    const removed = await cli.gatewayJson("api-keys", "remove", id, "--yes", "--format", "json");
    expect(removed).toEqual({ id, removed: true });
    expect((await cli.state()).keys).toEqual([]);
    const again = await cli.vercel("ai-gateway", "api-keys", "rm", id, "--yes");
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("not found")]);
  });

  test("thresholds without a limit are refused, with the server's words", async () => {
    const refused = await cli.vercel("ai-gateway", "api-keys", "create", "--alert-thresholds", "50");
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("limitAmount")]);
    expect((await cli.state()).keys).toEqual([]);
  });

  test("a create whose answer is lost is repeated, and two keys are there", async () => {
    const effect = { kind: "status", status: 500, when: "after" } as const;
    await cli.server.addFaults({ method: "POST", path: "/v1/api-keys$", times: 1, effect });
    await cli.gateway("api-keys", "create", "--name", "twice");
    expect((await cli.state()).keys.map((key: { name: string }) => key.name)).toEqual(["twice", "twice"]);
  });

  test("before its own requests it asks for the user and the team, which every later one names", async () => {
    await cli.gateway("api-keys", "list", "--format", "json");
    const [{ id }] = (await cli.state()).teams;
    const log = await cli.server.requests();
    expect(log.map(({ method, path, query }) => [method, path, query])).toEqual([
      ["GET", "/v2/user", ""],
      ["GET", "/teams/acme", ""],
      ["GET", "/v1/api-keys", `purpose=ai-gateway&limit=20&teamId=${id}`],
    ]);
  });

  test("api passes a request through", async () => {
    await cli.server.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name: "raw" });
    const answer = await cli.vercel("api", "/v1/api-keys?purpose=ai-gateway");
    expect([answer.code, json(answer).apiKeys[0].name]).toEqual([0, "raw"]);
  });

  test("a token that is not known has no access", async () => {
    const state = await cli.server.state();
    const [{ user_id }] = state.vercel.tokens;
    await cli.server.putState({ ...state, vercel: { ...state.vercel, tokens: [{ token: "x", user_id }] } });
    const refused = await cli.vercel("ai-gateway", "api-keys", "list");
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("do not have access")]);
  });
});

withVercel("in profile spec", ["--profile", "spec"], (cli) => {
  test("keys, rules, budgets and virtual models are made as well", async () => {
    await cli.gateway("api-keys", "create", "--name", "ci", "--limit", "5");
    await cli.gateway("rules", "add", "--type", "deny", "--source", "a/b");
    await cli.gateway("budgets", "set", "user", "owner", "--limit", "20");
    await cli.gateway("budgets", "inspect", "user", "owner");
    await cli.gateway("virtual-models", "create", "fast", "--model", "openai/gpt-5.1");
    const { keys, rules, budgets, virtual_models } = await cli.state();
    expect([keys, rules, budgets, virtual_models].map(({ length }) => length)).toEqual([1, 1, 1, 1]);
  });
});
