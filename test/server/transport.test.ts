import { Agent, request } from "node:http";
import { expect, test } from "vitest";
import { startReferenceServer } from "../../src/reference-server/index.ts";
import { makeGateway, settings, start } from "./api.ts";

const GATEWAYS = "/ai-gateway/gateways";

test("binds 127.0.0.1 on a free port unless told", async () => {
  const [one, two] = [await start(), await start()];
  expect(one.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(two.origin).not.toBe(one.origin);
  expect(one.connection).toMatchObject({
    cloudflare: {
      base_url: `${one.origin}/client/v4`,
      gateway_base_url: `${one.origin}/gateway.ai.cloudflare.com/v1`,
    },
    vercel: {
      base_url: one.origin,
      gateway_base_url: `${one.origin}/ai-gateway.vercel.sh`,
      team: "acme",
    },
    control_url: `${one.origin}/_control`,
  });
});

test("an answer carries the time of the clock that its records go by", async () => {
  const api = await start({ now: () => Date.UTC(2030, 0, 2, 3, 4, 5) });
  const { headers, body } = await api.cloudflare("POST", GATEWAYS, { id: "a", ...settings });
  expect(headers.get("date")).toBe("Wed, 02 Jan 2030 03:04:05 GMT");
  expect(body.result.created_at).toContain("2030-01-02");
});

test("a taken port rejects the start", async () => {
  const { origin } = await start();
  const port = Number(new URL(origin).port);
  await expect(startReferenceServer({ port })).rejects.toThrow(/EADDRINUSE/);
});

test.each(["cloudflare", "vercel"] as const)(
  "a body over 1 MiB is 413 in the envelope of %s",
  async (vendor) => {
    const api = await start();
    const path = vendor === "cloudflare" ? GATEWAYS : "/v1/api-keys";
    const answer = await api[vendor]("POST", path, { name: "x".repeat(1024 * 1024) });
    expect(answer.status).toBe(413);
    expect((await api.control("GET", "/state")).body.cloudflare.gateways).toEqual([]);
  },
);

test("a state over 1 MiB can be put all the same", async () => {
  const api = await start();
  const headers = { big: "x".repeat(4096) };
  const otel = Array.from({ length: 5 }, () => ({ url: "https://a.example", headers }));
  const gateways = Array.from({ length: 60 }, (_, index) => ({ id: `g${index}`, otel }));
  expect((await api.control("PUT", "/state", { cloudflare: { gateways } })).status).toBe(200);
});

test("every vendor answer has a request id of its own", async () => {
  const api = await start();
  const ids = [
    (await api.cloudflare("GET", GATEWAYS)).headers.get("cf-ray"),
    (await api.cloudflare("GET", "/nothing")).headers.get("cf-ray"),
    (await api.vercel("GET", "/v2/user")).headers.get("x-vercel-id"),
  ];
  expect(new Set(ids).size).toBe(3);
  expect(ids).not.toContain(null);
});

test("a path parameter is decoded, and a broken escape is no route", async () => {
  const api = await start();
  await makeGateway(api, "a_b");
  expect((await api.cloudflare("GET", `${GATEWAYS}/a%5Fb`)).status).toBe(200);
  expect((await api.cloudflare("GET", `${GATEWAYS}/%ZZ`)).status).toBe(404);
});

test("a literal path wins over a parameter: tokens/verify is no token id", async () => {
  const api = await start();
  expect((await api.cloudflare("GET", "/tokens/verify")).body.result).toHaveProperty("status", "active");
});

test("concurrent creates of one id make exactly one", async () => {
  const api = await start();
  const body = { id: "a", ...settings };
  const answers = await Promise.all(Array.from({ length: 10 }, () => api.cloudflare("POST", GATEWAYS, body)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test("several requests share one kept-alive connection, and close does not wait for it", async () => {
  const server = await startReferenceServer();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const get = () =>
    new Promise<number | undefined>((resolve, reject) => {
      const sent = request(`${server.connection.control_url}/faults`, { agent }, (response) => {
        const port = response.socket.localPort;
        response.resume().on("end", () => resolve(port));
      });
      sent.on("error", reject).end();
    });
  const ports = [await get(), await get()];
  expect(ports[0]).toBe(ports[1]);
  // A close that waited for the idle connection would outlast the test's own time limit.
  await server.close();
  agent.destroy();
}, 2_000);

test("close ends a request that a latency fault holds", async () => {
  const server = await startReferenceServer({ faults: [{ effect: { kind: "latency", ms: 60_000 } }] });
  const waiting = fetch(`${server.connection.vercel.base_url}/v2/user`);
  const broken = expect(waiting).rejects.toThrow();
  let pending = 0;
  while (pending === 0) {
    const rules = await (await fetch(`${server.connection.control_url}/faults`)).json();
    pending = (rules as { fired: number }[])[0]?.fired ?? 0;
  }
  await server.close();
  await broken;
});
