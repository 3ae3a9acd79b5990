import { describe, expect, test } from "vitest";
import { type Api, type Body, start, vercelToken } from "./api.ts";

const CREDENTIALS = "/ai-gateway/byok-credentials";
const SECRET = "sk-canary-5Kd8wQz1";
const body = { providerSlug: "openai", name: "team key", credential: { apiKey: SECRET } };

async function make(api: Api, more: object = {}): Promise<Body> {
  const answer = await api.vercel("POST", CREDENTIALS, { ...body, ...more });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}

async function stored(api: Api): Promise<Body[]> {
  return (await api.control("GET", "/state")).body.vercel.byok_credentials;
}

const listed = async (api: Api, query = ""): Promise<Body[]> =>
  (await api.vercel("GET", `${CREDENTIALS}/list${query}`)).body.credentials;

const error = (answer: Body) => [answer.status, answer.body.error.code];

test("a secret goes in and never comes out again", async () => {
  const api = await start();
  const { credentialId } = await make(api);
  const one = `${CREDENTIALS}/${credentialId}`;
  const answers = [
    await api.vercel("GET", one),
    await api.vercel("PATCH", one, { name: "new" }),
    await api.vercel("GET", `${CREDENTIALS}/list?decrypt=true`),
  ];
  for (const { status, text } of answers) {
    expect(status).toBe(200);
    expect(text).not.toContain(SECRET);
  }
  expect((await stored(api))[0].credential).toEqual({ apiKey: SECRET });
});

test("a new one is active and belongs to the team, whatever ownerId says", async () => {
  const api = await start();
  const { id } = (await api.vercel("GET", "/teams/acme")).body;
  expect(await make(api, { ownerId: "team_other" })).toMatchObject({ ownerId: id, active: true });
  expect(await make(api, { active: false })).toMatchObject({ active: false });
});

test("a PATCH with credential replaces the secret and keeps id, settings and mappings", async () => {
  const api = await start();
  const { credentialId } = await make(api, { zeroDataRetention: true });
  const credential = { apiKey: "sk-second-secret", region: "eu" };
  const changed = await api.vercel("PATCH", `${CREDENTIALS}/${credentialId}`, { credential });
  expect(changed.body).toMatchObject({ credentialId, name: "team key", zeroDataRetention: true });
  expect((await stored(api))[0]).toMatchObject({ credentialId, credential });
});

test("a PATCH without credential leaves the secret", async () => {
  const api = await start();
  const { credentialId } = await make(api);
  const more = { name: "new", active: false, zeroDataRetention: true };
  expect((await api.vercel("PATCH", `${CREDENTIALS}/${credentialId}`, more)).body).toMatchObject(more);
  expect((await stored(api))[0].credential).toEqual({ apiKey: SECRET });
});

test("delete is soft, takes the mappings along, and the second time is 404", async () => {
  const api = await start();
  const { credentialId } = await make(api);
  const { body: state } = await api.control("GET", "/state");
  state.vercel.byok_credentials[0].modelMappings = [{ model: "gpt-5.1" }];
  await api.control("PUT", "/state", state);
  expect((await listed(api, "?includeModelMappings=true"))[0].modelMappings).toEqual([{ model: "gpt-5.1" }]);
  expect((await listed(api))[0]).not.toHaveProperty("modelMappings");
  const one = `${CREDENTIALS}/${credentialId}`;
  const gone = await api.vercel("DELETE", one);
  expect([gone.status, gone.headers.get("content-type")]).toEqual([204, null]);
  for (const method of ["GET", "DELETE"]) {
    expect(error(await api.vercel(method, one))).toEqual([404, "not_found"]);
  }
  expect(error(await api.vercel("PATCH", one, { name: "x" }))).toEqual([404, "not_found"]);
  expect(await listed(api)).toEqual([]);
  const deleted = await listed(api, "?includeDeleted=true&includeModelMappings=true");
  expect(deleted).toMatchObject([{ credentialId, deleted: true, modelMappings: [] }]);
});

test("the list is one provider's when asked", async () => {
  const api = await start();
  await make(api);
  await make(api, { providerSlug: "azure" });
  expect(await listed(api, "?providerSlug=azure")).toMatchObject([{ providerSlug: "azure" }]);
});

describe("a bad request", () => {
  test.each([
    ["no provider", { providerSlug: undefined }],
    ["no name", { name: undefined }],
    ["a name of 101 characters", { name: "x".repeat(101) }],
    ["no credential", { credential: undefined }],
    ["a credential without fields", { credential: {} }],
    ["an empty secret", { credential: { apiKey: "" } }],
    ["a credential that is a text", { credential: SECRET }],
    ["an unknown field", { colour: "red" }],
  ])("with %s is 400 and does not repeat the secret", async (_, more) => {
    const api = await start();
    const answer = await api.vercel("POST", CREDENTIALS, { ...body, ...more });
    expect(error(answer)).toEqual([400, "bad_request"]);
    expect(answer.text).not.toContain(SECRET);
  });

  test("changes neither provider nor id", async () => {
    const api = await start();
    const { credentialId } = await make(api);
    for (const change of [{ providerSlug: "azure" }, { credentialId: "byok_x" }]) {
      const answer = await api.vercel("PATCH", `${CREDENTIALS}/${credentialId}`, change);
      expect(error(answer)).toEqual([400, "bad_request"]);
    }
  });
});

test("owners and members write, developers read, viewers do neither", async () => {
  const api = await start();
  const statuses: number[][] = [];
  for (const role of ["MEMBER", "DEVELOPER", "VIEWER"]) {
    const token = await vercelToken(api, role);
    const write = await api.vercel("POST", CREDENTIALS, body, token);
    const read = await api.vercel("GET", `${CREDENTIALS}/list`, undefined, token);
    statuses.push([write.status, read.status]);
  }
  expect(statuses).toEqual([
    [201, 200],
    [403, 200],
    [403, 403],
  ]);
});
