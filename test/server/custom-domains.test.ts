import { expect, test } from "vitest";
import { type Api, type Body, clock, makeGateway, start } from "./api.ts";

const PATH = "/ai-gateway/gateways/a/custom-domains";
const acme = { domain: "ai.acme.example", zone_id: "395566f4c8a5b9d2a5fc0d457b007c44" };
const one = `${PATH}/${acme.domain}`;
const error = (answer: Body) => [answer.status, answer.body.errors[0].code, answer.body.errors[0].path];

async function made(api: Api, more: object = {}): Promise<Body> {
  const answer = await api.cloudflare("POST", PATH, { ...acme, ...more });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.result;
}

async function stage(switches: object = { custom_domain_step_ms: 1000 }) {
  const time = clock();
  const api = await start({ now: time.now, switches });
  await makeGateway(api, "a");
  return { api, ...time };
}

test("a new domain answers its CNAME target once, and times as epoch milliseconds", async () => {
  const { api, now } = await stage();
  const domain = await made(api, { minTLS: "1.2" });
  expect(domain).toMatchObject({ hostname: acme.domain, gateway_id: "a", created_at: now() });
  expect(domain.cname_target).toMatch(/\./);
  const read = (await api.cloudflare("GET", one)).body.result;
  expect(read).not.toHaveProperty("cname_target");
  const [kept] = (await api.control("GET", "/state")).body.cloudflare.custom_domains;
  expect(kept).toMatchObject({ min_tls: "1.2", zone_id: acme.zone_id });
});

test.each(["active", "blocked", "error"])(
  "a domain passes through its states to %s as time goes",
  async (end) => {
    const { api, now, pass } = await stage({ custom_domain_step_ms: 1000, custom_domain_outcome: end });
    const created_at = now();
    expect((await made(api)).status).toBe("initializing");
    const seen: unknown[] = [];
    for (const ms of [999, 1, 999, 1, 5000]) {
      pass(ms);
      const { status, modified_at } = (await api.cloudflare("GET", one)).body.result;
      seen.push([status, modified_at - created_at]);
    }
    expect(seen).toEqual([
      ["initializing", 0],
      ["pending_dcv", 1000],
      ["pending_dcv", 1000],
      [end, 2000],
      [end, 2000],
    ]);
  },
);

test.each([
  ["no dot", { domain: "acme" }, "domain"],
  ["upper case", { domain: "AI.acme.example" }, "domain"],
  ["over 253 characters", { domain: `${"a.".repeat(126)}ab` }, "domain"],
  ["no zone", { zone_id: undefined }, "zone_id"],
  ["a zone that is no id", { zone_id: "acme.example" }, "zone_id"],
  ["an unknown TLS version", { minTLS: "1.4" }, "minTLS"],
])("a domain with %s is 400 with 7001", async (_, more, name) => {
  const { api } = await stage();
  const answer = await api.cloudflare("POST", PATH, { ...acme, ...more });
  expect(error(answer)).toEqual([400, 7001, ["body", name]]);
});

test("a hostname is taken for all gateways", async () => {
  const { api } = await stage();
  await made(api);
  await makeGateway(api, "b");
  const answer = await api.cloudflare("POST", "/ai-gateway/gateways/b/custom-domains", acme);
  expect(error(answer)).toEqual([400, 7001, ["body", "domain"]]);
  expect(answer.body.errors[0].message).toContain("already exists");
});

test("domains are listed by present status and by search", async () => {
  const { api, pass } = await stage();
  await made(api);
  pass(1000);
  await made(api, { domain: "second.acme.example" });
  const names = async (query: string) =>
    (await api.cloudflare("GET", `${PATH}?${query}`)).body.result.map((domain: Body) => domain.hostname);
  expect(await names("status=pending_dcv")).toEqual([acme.domain]);
  expect(await names("status=initializing")).toEqual(["second.acme.example"]);
  expect(await names("search=SECOND")).toEqual(["second.acme.example"]);
  expect(error(await api.cloudflare("GET", `${PATH}?status=gone`))).toEqual([400, 7001, ["query", "status"]]);
});

test("a deleted domain is answered once more and then 404 with 7002", async () => {
  const { api } = await stage();
  await made(api);
  expect((await api.cloudflare("DELETE", one)).body.result.hostname).toBe(acme.domain);
  for (const method of ["GET", "DELETE"]) {
    expect(error(await api.cloudflare(method, one)).slice(0, 2)).toEqual([404, 7002]);
  }
  await made(api);
});

test("domains of a missing gateway are 404 with 7002", async () => {
  const api = await start();
  expect(error(await api.cloudflare("POST", PATH, acme)).slice(0, 2)).toEqual([404, 7002]);
});
