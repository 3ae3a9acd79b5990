// The packed command line in a company's network: through a proxy, to a server that only its own authority vouches for.

import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { type ProxyLog, startProxy } from "../unit/provider/proxy-server.ts";
import { type TlsServer, withTls } from "../unit/provider/tls-server.ts";
import { type Server, startServer, type Workspace, workspace } from "./support.ts";

const PASSWORD = "pr0xy-c4nary-Xk29vB71";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

interface Company {
  readonly work: Workspace;
  readonly proxy: ProxyLog;
  readonly secure: TlsServer;
  /** How both vendors are reached: by TLS. */
  readonly env: Readonly<Record<string, string>>;
}

async function company(): Promise<Company> {
  const work = workspace(server, "examples/quickstart");
  onTestFinished(work.remove);
  const { origin } = new URL(server.connection.vercel.base_url);
  const [proxy, secure] = await Promise.all([startProxy({ credential: `me:${PASSWORD}` }), withTls(origin)]);
  const byTls = ["CLOUDFLARE_BASE_URL", "VERCEL_BASE_URL"].map((name) => [
    name,
    server.env[name]?.replace(origin, secure.url),
  ]);
  const env = { ...Object.fromEntries(byTls), HTTPS_PROXY: `http://me:${PASSWORD}@${proxy.host}` };
  await server.forgetRequests();
  return { work, proxy, secure, env };
}

test("apply and plan go through the proxy over few connections, trust NODE_EXTRA_CA_CERTS, and show no password", async () => {
  const { work, proxy, secure, env } = await company();
  const trusting = { ...env, NODE_EXTRA_CA_CERTS: secure.ca };
  const applied = await work.run(["apply", "--auto-approve", "--debug"], trusting);
  expect(applied.code, applied.stderr).toBe(0);
  const tunnel = `CONNECT ${new URL(secure.url).host}`;
  expect(new Set(proxy.asked)).toEqual(new Set([tunnel]));
  expect(proxy.headers.filter((headers) => headers.authorization !== undefined)).toEqual([]);
  expect(`${applied.stdout}${applied.stderr}`).not.toContain(PASSWORD.slice(0, 8));

  const before = proxy.asked.length;
  await server.forgetRequests();
  const planned = await work.run(["plan", "--detailed-exitcode", "--parallelism", "2"], trusting);
  expect(planned.code, planned.stderr).toBe(0);
  expect((await server.requests()).length).toBeGreaterThan(4);
  expect(proxy.asked.length - before).toBeLessThanOrEqual(2);

  const direct = await work.run(["plan", "--detailed-exitcode"], { ...trusting, no_proxy: "localhost" });
  expect(direct.code, direct.stderr).toBe(0);
  expect(proxy.asked.length - before).toBeLessThanOrEqual(2);
});

test("a certificate of an unknown authority stops a plan before anything is sent, and names NODE_EXTRA_CA_CERTS", async () => {
  const { work, env } = await company();
  const { code, stderr } = await work.run(["plan"], env);
  expect(code).toBe(1);
  expect(stderr).toContain("NODE_EXTRA_CA_CERTS");
  expect(await server.requests()).toEqual([]);
});

test("a proxy that refuses the password is named with its variable, and its password is not", async () => {
  const { work, secure, proxy, env } = await company();
  const wrong = {
    ...env,
    NODE_EXTRA_CA_CERTS: secure.ca,
    HTTPS_PROXY: `http://me:${PASSWORD}x@${proxy.host}`,
  };
  const { code, stdout, stderr } = await work.run(["plan", "--debug", "--output", "json"], wrong);
  expect(code).toBe(1);
  expect(stderr).toContain(`the proxy ${proxy.host} (HTTPS_PROXY) answered 407`);
  expect(stdout + stderr).not.toContain(PASSWORD.slice(0, 8));
  expect(stdout + stderr).not.toContain(Buffer.from(`me:${PASSWORD}`).toString("base64").slice(4, 12));
  expect(await server.requests()).toEqual([]);
});
