import { describe, expect, test } from "vitest";
import { type Api, type Body, clock, start, vercelToken } from "./api.ts";

const error = (answer: Body) => [answer.status, answer.body.error.code];

async function withSecondTeam(api: Api): Promise<string> {
  const { body: state } = await api.control("GET", "/state");
  state.vercel.teams.push({ id: "team_two", slug: "two", name: "Two" });
  await api.control("PUT", "/state", state);
  return state.vercel.teams[0].id;
}

describe("tokens", () => {
  test.each(["", "unknown", "not a token"])("%j is 403 forbidden in profile live", async (token) => {
    const api = await start();
    for (const path of ["/v2/user", "/v1/api-keys", "/teams/acme"]) {
      const answer = await api.vercel("GET", path, undefined, token);
      expect(error(answer)).toEqual([403, "forbidden"]);
      expect(answer.body.error.invalidToken).toBe(true);
    }
  });

  test("a bad one is 401 in profile spec", async () => {
    const api = await start({ profile: "spec" });
    expect((await api.vercel("GET", "/v2/user", undefined, "unknown")).status).toBe(401);
  });

  test("the default one has only characters that the CLI takes", async () => {
    const api = await start();
    expect(api.connection.vercel.token).toMatch(/^[A-Za-z0-9_]+$/);
    expect(api.connection.cloudflare.api_token).toHaveLength(40);
  });
});

describe("teams", () => {
  test("one is found by slug and id on both paths", async () => {
    const api = await start();
    const { id } = (await api.vercel("GET", "/teams/acme")).body;
    for (const path of ["/teams/acme", `/teams/${id}`, "/v2/teams/acme", `/v2/teams/${id}`]) {
      expect((await api.vercel("GET", path)).body).toEqual({ id, slug: "acme", name: "Acme" });
    }
    expect(id).toMatch(/^team_/);
  });

  test("an unknown one is 404, a foreign one 403", async () => {
    const api = await start();
    await withSecondTeam(api);
    expect(error(await api.vercel("GET", "/teams/none"))).toEqual([404, "not_found"]);
    expect(error(await api.vercel("GET", "/teams/two"))).toEqual([403, "forbidden"]);
  });

  test("the list holds the caller's teams only", async () => {
    const api = await start();
    await withSecondTeam(api);
    for (const path of ["/v1/teams", "/v2/teams"]) {
      const { body } = await api.vercel("GET", path);
      expect(body.teams.map((team: Body) => team.slug)).toEqual(["acme"]);
    }
  });

  test("without teamId and slug the token's only team is used", async () => {
    const api = await start();
    expect((await api.vercel("GET", "/v1/api-keys")).status).toBe(200);
  });

  test.each([[[]], [["FIRST", "team_two"]]])(
    "without teamId and slug a token of teams %j gets 400",
    async (teams) => {
      const api = await start();
      const first = await withSecondTeam(api);
      const team_ids = teams.map((team) => (team === "FIRST" ? first : team));
      const token = await vercelToken(api, "OWNER", { team_ids });
      expect(error(await api.vercel("GET", "/v1/api-keys", undefined, token))).toEqual([400, "bad_request"]);
    },
  );

  test("teamId, slug or both name the team; two different ones are 400", async () => {
    const api = await start();
    const id = await withSecondTeam(api);
    const status = async (query: string) => (await api.vercel("GET", `/v1/api-keys?${query}`)).status;
    expect(await status(`teamId=${id}`)).toBe(200);
    expect(await status("slug=acme")).toBe(200);
    expect(await status(`slug=acme&teamId=${id}`)).toBe(200);
    expect(await status(`slug=two&teamId=${id}`)).toBe(400);
  });

  test("an unknown team or one the token is not in is 403", async () => {
    const api = await start();
    await withSecondTeam(api);
    for (const query of ["teamId=team_none", "slug=none", "teamId=team_two"]) {
      expect(error(await api.vercel("GET", `/v1/api-keys?${query}`))).toEqual([403, "forbidden"]);
    }
  });

  test("rules of one team do not show in another", async () => {
    const api = await start();
    await withSecondTeam(api);
    const token = await vercelToken(api, "OWNER", { team_ids: ["team_two"] });
    await api.vercel("POST", "/ai-gateway/rules", { type: "deny", match: { model: "a/b" } });
    expect((await api.vercel("GET", "/ai-gateway/rules", undefined, token)).body.rules).toEqual([]);
  });
});

describe("members", () => {
  async function withAda(api: Api): Promise<string> {
    const { body: state } = await api.control("GET", "/state");
    const [{ memberships }] = state.vercel.users;
    const ada = { username: "ada", email: "ada@acme.example", name: "Ada Example", memberships };
    state.vercel.users.push({ id: "AdaAdaAda", ...ada });
    const stranger = { id: "Stranger", username: "stranger", email: "s@two.example" };
    state.vercel.users.push({ ...stranger, memberships: [{ team_id: "team_two", role: "OWNER" }] });
    await api.control("PUT", "/state", state);
    return state.vercel.teams[0].id;
  }

  test("are found by name, address and id", async () => {
    const api = await start();
    const path = `/v2/teams/${await withAda(api)}/members`;
    const found = async (query: string) =>
      (await api.vercel("GET", `${path}?${query}`)).body.members.map((member: Body) => member.username);
    expect(await found("limit=100")).toEqual(["owner", "ada"]);
    expect(await found("search=ADA@acme")).toEqual(["ada"]);
    expect(await found("search=example")).toEqual(["owner", "ada"]);
    expect(await found("search=nobody")).toEqual([]);
    expect(await found("filterByUserIds=AdaAdaAda&filterByUserIds=x")).toEqual(["ada"]);
  });

  test("come in pages", async () => {
    const api = await start();
    const path = `/v2/teams/${await withAda(api)}/members?limit=1`;
    const first = (await api.vercel("GET", path)).body;
    const second = (await api.vercel("GET", `${path}&until=${first.pagination.next}`)).body;
    expect([first.members[0].username, first.pagination.hasNext]).toEqual(["owner", true]);
    expect([second.members[0].username, second.pagination.next]).toEqual(["ada", null]);
  });

  test("of another team are 403", async () => {
    const api = await start();
    await withSecondTeam(api);
    expect(error(await api.vercel("GET", "/v2/teams/team_two/members"))).toEqual([403, "forbidden"]);
  });
});

describe("projects", () => {
  test("one is found by name and id, an unknown one is 404", async () => {
    const api = await start();
    const { id } = (await api.vercel("GET", "/v9/projects/web")).body;
    expect((await api.vercel("GET", `/v9/projects/${id}`)).body).toEqual({ id, name: "web" });
    expect(error(await api.vercel("GET", "/v9/projects/none"))).toEqual([404, "not_found"]);
  });
});

describe("roles", () => {
  const key = { purpose: "ai-gateway", name: "x" };
  const rule = { type: "deny", match: { model: "a/b" } };
  const matrix: [string, string, string, unknown, string[]][] = [
    ["read rules", "GET", "/ai-gateway/rules", undefined, ["OWNER", "MEMBER", "DEVELOPER"]],
    ["write rules", "POST", "/ai-gateway/rules", rule, ["OWNER", "MEMBER"]],
    ["read keys", "GET", "/v1/api-keys", undefined, ["OWNER", "MEMBER", "DEVELOPER", "BILLING", "VIEWER"]],
    ["write keys", "POST", "/v1/api-keys", key, ["OWNER", "MEMBER"]],
    ["exempt a key", "POST", "/v1/api-keys", { ...key, metadata: { bypassAll: true } }, ["OWNER"]],
    [
      "attribute spend",
      "POST",
      "/v1/api-keys",
      { ...key, metadata: { spendAttribution: "team" } },
      ["OWNER"],
    ],
  ];

  test.each(matrix)("that may %s are exactly its list", async (_, method, path, body, expected) => {
    const roles = ["OWNER", "MEMBER", "DEVELOPER", "BILLING", "VIEWER", "CONTRIBUTOR"];
    const allowed: string[] = [];
    for (const role of roles) {
      const api = await start();
      const answer = await api.vercel(method, path, body, await vercelToken(api, role));
      if (answer.status < 300) allowed.push(role);
      else expect(error(answer)).toEqual([403, "forbidden"]);
      await api.close();
    }
    expect(allowed).toEqual(expected);
  });

  test("a budget manager may attribute spend", async () => {
    const api = await start();
    const token = await vercelToken(api, "MEMBER", { permissions: ["AiGatewayBudgetManager"] });
    const body = { ...key, metadata: { spendAttribution: "user" } };
    expect((await api.vercel("POST", "/v1/api-keys", body, token)).status).toBe(200);
  });
});

test("an unknown path or method is 404 not_found", async () => {
  const api = await start();
  for (const answer of [await api.vercel("GET", "/v9/nothing"), await api.vercel("PUT", "/v2/user")]) {
    expect(error(answer)).toEqual([404, "not_found"]);
  }
});

test("budget defaults are an empty list", async () => {
  const api = await start();
  expect((await api.vercel("GET", "/ai-gateway/budgets/defaults/list")).body).toEqual({ defaults: [] });
});

test("a rate limit ends in 429 rate_limited with Retry-After and X-RateLimit headers", async () => {
  const { now, pass } = clock();
  const api = await start({ now, switches: { vercel_rate_limit: 1 } });
  expect((await api.vercel("GET", "/v2/user")).headers.get("x-ratelimit-remaining")).toBe("0");
  const over = await api.vercel("GET", "/v2/user");
  expect(error(over)).toEqual([429, "rate_limited"]);
  expect(over.headers.get("retry-after")).toBe("60");
  pass(60_000);
  expect((await api.vercel("GET", "/v2/user")).status).toBe(200);
});

test("without a rate limit there are no X-RateLimit headers", async () => {
  const api = await start();
  expect((await api.vercel("GET", "/v2/user")).headers.get("x-ratelimit-limit")).toBeNull();
});
