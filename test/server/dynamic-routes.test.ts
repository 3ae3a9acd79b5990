import { describe, expect, test } from "vitest";
import { type Api, type Body, clock, makeGateway, start } from "./api.ts";
import { ask, bearer } from "./plane.ts";

const PATH = "/ai-gateway/gateways/a/routes";
const error = (answer: Body) => [answer.status, answer.body.errors[0].code];
const to = (elementId: string) => ({ elementId });
const begin = (next = "end") => ({ id: "start", type: "start", outputs: { next: to(next) } });
const end = { id: "end", type: "end", outputs: {} };
const model = (name: string) => ({
  id: "model",
  type: "model",
  properties: { provider: "openai", model: name, timeout: 0, retries: 0 },
  outputs: { success: to("end"), fallback: to("end") },
});
const graph = (name: string) => [begin("model"), model(name), end];

async function stage(options: Parameters<typeof start>[0] = {}) {
  const time = clock();
  const api = await start({ now: time.now, ...options });
  await makeGateway(api, "a");
  return { api, ...time };
}

async function good(api: Api, method: string, path: string, body?: object): Promise<Body> {
  const answer = await api.cloudflare(method, path, body);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

const make = async (api: Api, name = "tiered", elements: object[] = graph("one")): Promise<Body> =>
  (await good(api, "POST", PATH, { name, elements })).result;

/** Makes a version and deploys it. */
async function deploy(api: Api, route: string, elements: object[]): Promise<string> {
  const { version_id } = (await good(api, "POST", `${PATH}/${route}/versions`, { elements })).result;
  await good(api, "POST", `${PATH}/${route}/deployments`, { version_id });
  return version_id;
}

describe("routes", () => {
  test("in profile live have their graph as an array in version.data, and active as a boolean", async () => {
    const { api } = await stage();
    const { id } = await make(api);
    const { result } = await good(api, "GET", `${PATH}/${id}`);
    expect(result).not.toHaveProperty("elements");
    expect(result.version).toMatchObject({ data: graph("one"), active: true, is_valid: true });
    expect(result.deployment.version_id).toBe(result.version.version_id);
  });

  test("in profile spec have elements, and version.data and active as strings", async () => {
    const { api } = await stage({ profile: "spec" });
    const { id } = await make(api);
    const { result } = await good(api, "GET", `${PATH}/${id}`);
    expect(result.elements).toEqual(graph("one"));
    expect(JSON.parse(result.version.data)).toEqual(graph("one"));
    expect(result.version.active).toBe("true");
  });

  test("are renamed with the answer in `route`, and keep id and version", async () => {
    const { api } = await stage();
    const made = await make(api);
    const answer = await good(api, "PATCH", `${PATH}/${made.id}`, { name: "by-plan", elements: [] });
    expect(answer).not.toHaveProperty("result");
    const account_tag = api.connection.cloudflare.account_id;
    expect(answer.route).toMatchObject({ id: made.id, name: "by-plan", version: made.version, account_tag });
  });

  test("have names of their own within a gateway, by create and by rename", async () => {
    const { api } = await stage();
    const { id } = await make(api);
    const other = await make(api, "other");
    const again = await api.cloudflare("POST", PATH, { name: "tiered", elements: graph("one") });
    expect(error(again)).toEqual([400, 7005]);
    expect(again.body.errors[0].message).toContain("already exists");
    expect(error(await api.cloudflare("PATCH", `${PATH}/${other.id}`, { name: "tiered" }))).toEqual([
      400, 7005,
    ]);
    await good(api, "PATCH", `${PATH}/${id}`, { name: "tiered" });
    await makeGateway(api, "b");
    await good(api, "POST", "/ai-gateway/gateways/b/routes", { name: "tiered", elements: graph("one") });
  });

  test("are deleted without version and deployment in the answer, and then 404 with 7005", async () => {
    const { api } = await stage();
    const { id } = await make(api);
    const { result } = await good(api, "DELETE", `${PATH}/${id}`);
    expect(result).not.toHaveProperty("version");
    for (const path of ["", "/versions", "/deployments", "/versions/x"]) {
      const answer = await api.cloudflare("GET", `${PATH}/${id}${path}`);
      expect(error(answer)).toEqual([404, 7005]);
      expect(answer.body.errors[0].message).toContain("not found");
    }
  });

  test("of a missing gateway are 404 with 7002, and of another gateway 404 with 7005", async () => {
    const { api } = await stage();
    const { id } = await make(api);
    await makeGateway(api, "b");
    expect(error(await api.cloudflare("GET", `/ai-gateway/gateways/c/routes/${id}`))).toEqual([404, 7002]);
    expect(error(await api.cloudflare("GET", `/ai-gateway/gateways/b/routes/${id}`))).toEqual([404, 7005]);
  });
});

describe("versions and deployments", () => {
  test("a new version is not in effect before it is deployed", async () => {
    const { api } = await stage({ switches: { route_graph_lag_ms: 0 } });
    const { id, version } = await make(api);
    const made = (await good(api, "POST", `${PATH}/${id}/versions`, { elements: graph("two") })).result;
    expect((await good(api, "GET", `${PATH}/${id}`)).result.version).toEqual(version);
    await good(api, "POST", `${PATH}/${id}/deployments`, { version_id: made.version_id });
    const { result } = await good(api, "GET", `${PATH}/${id}`);
    expect(result.version).toMatchObject({ version_id: made.version_id, data: graph("two"), active: true });
    expect(result.deployment.version_id).toBe(made.version_id);
  });

  test("a version is made without its id in profile spec, and found in the list", async () => {
    const { api } = await stage({ profile: "spec" });
    const { id } = await make(api);
    const { result } = await good(api, "POST", `${PATH}/${id}/versions`, { elements: graph("two") });
    expect(result).not.toHaveProperty("version_id");
    const { versions } = (await good(api, "GET", `${PATH}/${id}/versions`)).data;
    expect(JSON.parse(versions[1].data)).toEqual(graph("two"));
  });

  test("an older version is deployed again as the way back, and requests follow it", async () => {
    const { api } = await stage({ switches: { route_graph_lag_ms: 0 } });
    const { id, version } = await make(api);
    const called = async () => {
      const signed = bearer(api.connection.cloudflare.api_token);
      const { headers } = await ask(api, "a/compat/chat/completions", signed, { model: "dynamic/tiered" });
      return headers.get("cf-aig-model");
    };
    const second = await deploy(api, id, graph("two"));
    expect(await called()).toBe("two");
    await good(api, "POST", `${PATH}/${id}/deployments`, { version_id: version.version_id });
    expect(await called()).toBe("one");
    const { versions } = (await good(api, "GET", `${PATH}/${id}/versions`)).data;
    expect(versions.map(({ active }: Body) => active)).toEqual([true, false]);
    const { deployments } = (await good(api, "GET", `${PATH}/${id}/deployments`)).data;
    const first = version.version_id;
    expect(deployments.map(({ version_id }: Body) => version_id)).toEqual([first, second, first]);
  });

  test("a version is answered with its route's fields around it", async () => {
    const { api } = await stage();
    const { id, version } = await make(api);
    await deploy(api, id, graph("two"));
    const { result } = await good(api, "GET", `${PATH}/${id}/versions/${version.version_id}`);
    expect(result).toMatchObject({ id, name: "tiered", data: graph("one"), active: false });
    expect(error(await api.cloudflare("GET", `${PATH}/${id}/versions/none`))).toEqual([404, 7005]);
  });

  test("a deployment of an unknown version is 400 with 7005 not found", async () => {
    const { api } = await stage();
    const { id } = await make(api);
    const answer = await api.cloudflare("POST", `${PATH}/${id}/deployments`, { version_id: "none" });
    expect(error(answer)).toEqual([400, 7005]);
    expect(answer.body.errors[0].message).toContain("not found");
  });

  test("reads show the graph before a deployment under the new id until the lag is over", async () => {
    const { api, pass } = await stage({ switches: { route_graph_lag_ms: 1000 } });
    const { id } = await make(api);
    pass(5000);
    const version_id = await deploy(api, id, graph("two"));
    pass(999);
    const early = (await good(api, "GET", `${PATH}/${id}`)).result.version;
    expect([early.version_id, early.data]).toEqual([version_id, graph("one")]);
    pass(1);
    expect((await good(api, "GET", `${PATH}/${id}`)).result.version.data).toEqual(graph("two"));
  });

  test("lists have no total, and pages past the end are empty", async () => {
    const { api } = await stage();
    const { id } = await make(api);
    await deploy(api, id, graph("two"));
    for (const rows of ["versions", "deployments"]) {
      const { data } = await good(api, "GET", `${PATH}/${id}/${rows}?per_page=1&page=2`);
      expect(data).toMatchObject({ page: 2, per_page: 1, order_by: "created_at" });
      expect(data[rows]).toHaveLength(1);
      expect((await good(api, "GET", `${PATH}/${id}/${rows}?page=2`)).data[rows]).toEqual([]);
    }
  });
});

describe("a graph", () => {
  const post = async (elements: unknown, switches = {}) => {
    const { api } = await stage({ switches });
    return { api, answer: await api.cloudflare("POST", PATH, { name: "r", elements }) };
  };
  const at = (...path: (string | number)[]) => ["body", "elements", ...path];

  test("may have every kind of element, and a condition is kept under both of its names", async () => {
    const edges = { success: to("end"), fallback: to("end") };
    const rate = { limitType: "cost", key: "metadata.user", limit: 1.5, window: 60 };
    const asked = (id: string, name: string) => ({
      id,
      type: "conditional",
      properties: { [name]: { "metadata.plan": { $eq: "paid" } } },
      outputs: { true: to("split"), false: to("end") },
    });
    const elements = [
      begin("first"),
      asked("first", "conditions"),
      asked("second", "condition"),
      { id: "split", type: "percentage", outputs: { "10%": to("second"), else: to("rate") } },
      { id: "rate", type: "rate", properties: rate, outputs: edges },
      model("m"),
      end,
    ];
    const { answer } = await post(elements);
    expect(answer.body.result.version.data).toEqual(elements);
  });

  test.each([
    ["no elements", undefined, at()],
    ["a type that is none", [begin(), { ...end, type: "rate_limit" }], at(1, "type")],
    [
      "a model without retries",
      [begin(), end, { ...model("m"), properties: { provider: "p", model: "m", timeout: 0 } }],
      at(2, "properties", "retries"),
    ],
    [
      "a model without fallback",
      [begin(), end, { ...model("m"), outputs: { success: to("end") } }],
      at(2, "outputs", "fallback"),
    ],
    [
      "conditions that are no object",
      [
        begin(),
        end,
        {
          id: "c",
          type: "conditional",
          properties: { conditions: "x" },
          outputs: { true: to("end"), false: to("end") },
        },
      ],
      at(2, "properties", "conditions"),
    ],
    ["no start", [end], at()],
    ["two starts", [begin(), { ...begin(), id: "other" }, end], at()],
    ["an id twice", [begin(), end, end], at(2, "id")],
    ["an edge to nowhere", [begin("nowhere"), end], at(0, "outputs", "next", "elementId")],
  ])("with %s is 400 with 7001 and the place", async (_, elements, path) => {
    const { answer } = await post(elements);
    expect(error(answer)).toEqual([400, 7001]);
    expect(answer.body.errors[0].path).toEqual(path);
  });

  test("without a start is kept as not valid when switched, but not one of malformed elements", async () => {
    const { api, answer } = await post([end], { broken_graph: "store" });
    expect(answer.body.result.version).toMatchObject({ data: [end], is_valid: false });
    expect(error(await api.cloudflare("POST", PATH, { name: "s", elements: [{}] }))).toEqual([400, 7001]);
  });
});
