// Which requests go through a proxy, and what is said when it does not let them through: over real sockets. Requests
// that a tunnel lets through are in test/e2e/network.test.ts, as only a process can be told whom to trust.

import { describe, expect, test } from "vitest";
import { bearer } from "../../../src/provider/auth.ts";
import { openNetwork } from "../../../src/provider/network.ts";
import { openPlainHttp } from "../../../src/provider/plain-http.ts";
import { proxyFor } from "../../../src/provider/proxy.ts";
import { ProxyError } from "../../../src/provider/proxy-error.ts";
import { Secret } from "../../../src/provider/secret.ts";
import { serve } from "../providers/answers.ts";
import { startProxy } from "./proxy-server.ts";
import { withTls } from "./tls-server.ts";

const PASSWORD = "pr0xy-c4nary-Xk29";

function sender(env: Readonly<Record<string, string>>, connect = 10_000) {
  const network = openNetwork({ env, parallelism: 2, timeouts: { connect, answer: 5_000, body: 5_000 } });
  const { send } = openPlainHttp({
    name: "test",
    auth: async () => bearer(new Secret("of-the-test")),
    max_answer: 1000,
    network,
  });
  return async (url: string) => {
    const answer = await send({ method: "GET", url: new URL(url) });
    await network.close();
    return answer;
  };
}

const used = (url: string, env: Readonly<Record<string, string>>): string | undefined =>
  proxyFor(new URL(url), env)?.url.host;

describe("the proxy for an address", () => {
  test.each([
    ["https://api.test/", { HTTPS_PROXY: "http://p:1" }, "p:1"],
    ["https://api.test/", { https_proxy: "http://p:1" }, "p:1"],
    ["https://api.test/", { https_proxy: "http://p:1", HTTPS_PROXY: "http://q:2" }, "p:1"],
    ["https://api.test/", { https_proxy: "", HTTPS_PROXY: "http://q:2" }, "q:2"],
    ["https://api.test/", { HTTP_PROXY: "http://p:1" }, undefined],
    ["http://api.test/", { HTTP_PROXY: "http://p:1", HTTPS_PROXY: "http://q:2" }, "p:1"],
    ["https://api.test/", { HTTPS_PROXY: "p.acme.test:3128" }, "p.acme.test:3128"],
    ["https://api.test/", { HTTPS_PROXY: " https://u:p@p.acme.test:3128/ " }, "p.acme.test:3128"],
    ["http://127.0.0.1:8787/", { HTTP_PROXY: "http://p:1" }, "p:1"],
    ["https://api.test/", {}, undefined],
  ])("%s with %o is %s", (url, env, expected) => {
    expect(used(url, env as Record<string, string>)).toBe(expected);
  });

  test.each([
    ["api.test", true],
    [".api.test", true],
    ["test", true],
    [".test", true],
    ["*.test", true],
    ["pi.test", false],
    ["API.Test", true],
    ["other.test, api.test", true],
    ["other.test api.test", true],
    ["*", true],
    ["api.test:443", true],
    ["api.test:8443", false],
    ["", false],
  ])("is none for api.test with NO_PROXY %j: %s", (NO_PROXY, none) => {
    expect(used("https://api.test/", { HTTPS_PROXY: "http://p:1", NO_PROXY }) === undefined).toBe(none);
  });

  test.each([
    ["https://10.1.2.3/", "10.0.0.0/8", true],
    ["https://11.1.2.3/", "10.0.0.0/8", false],
    ["https://10.1.2.3/", "10.1.2.3", true],
    ["https://10.1.2.3/", "2.3", false],
    ["https://10.1.2.3/", "10.0.0.0/99", false],
    ["https://[fd00::1]/", "fd00::/8", true],
    ["https://[fd00::1]:8443/", "[fd00::1]:8443", true],
    ["https://[fd00::1]/", "fd00::1", true],
  ])("is none for %s with no_proxy %s: %s", (url, no_proxy, none) => {
    expect(used(url, { HTTPS_PROXY: "http://p:1", no_proxy }) === undefined).toBe(none);
  });

  test.each(["socks5://u:pr0xy-c4nary@p:1", "http://p:pr0xy-c4nary:1", "://pr0xy-c4nary"])(
    "that cannot be used is an error that names the variable and shows nothing of its value",
    (HTTPS_PROXY) => {
      const call = () => proxyFor(new URL("https://api.test/"), { HTTPS_PROXY });
      expect(call).toThrow(ProxyError);
      expect(call).toThrow(/HTTPS_PROXY should name a proxy as http:\/\/HOST:PORT/);
      expect(call).not.toThrow(/c4nary/);
    },
  );
});

describe("a request by plain HTTP", () => {
  test("goes to the proxy with the whole address, and the proxy's credential goes no further", async () => {
    const server = await serve(() => ({ status: 200, body: { ok: true } }));
    const proxy = await startProxy({ credential: `me:${PASSWORD}` });
    const send = sender({ HTTP_PROXY: `http://me:${PASSWORD}@${proxy.host}` });
    expect(await send(`${server.url}/thing?a=1`)).toMatchObject({ status: 200, text: '{"ok":true}' });
    expect(proxy.asked).toEqual([`GET ${server.url}/thing?a=1`]);
    expect(server.received[0]?.headers).toMatchObject({
      host: new URL(server.url).host,
      authorization: "Bearer of-the-test",
    });
    expect(server.received[0]?.headers).not.toHaveProperty("proxy-authorization");
  });

  test("goes there directly where NO_PROXY names the host", async () => {
    const server = await serve(() => ({ status: 200 }));
    const proxy = await startProxy();
    const send = sender({ HTTP_PROXY: proxy.url, NO_PROXY: "127.0.0.1" });
    expect(await send(server.url)).toMatchObject({ status: 200 });
    expect(proxy.asked).toEqual([]);
  });

  test("that the proxy wants a password for is refused, and not taken for the server's answer", async () => {
    const proxy = await startProxy({ credential: "me:right" });
    const send = sender({ http_proxy: `http://me:${PASSWORD}@${proxy.host}` });
    const answer = await send("http://api.test/");
    expect(answer).toMatchObject({
      refused: "invalid",
      outcome: "not-applied",
      message: expect.stringContaining("does not take the user and password in http_proxy"),
    });
    expect(JSON.stringify(answer)).not.toContain(PASSWORD);
  });

  test("to a proxy that is not there is not blamed on the server", async () => {
    expect(await sender({ HTTP_PROXY: "http://127.0.0.1:1" })("http://api.test/")).toMatchObject({
      refused: "unavailable",
      outcome: "not-applied",
      message: "was not reached: the proxy 127.0.0.1:1 (HTTP_PROXY) refused the connection (ECONNREFUSED)",
    });
  });
});

describe("a tunnel", () => {
  test.each([
    [
      407,
      "invalid",
      "answered 407 to a request for api.test:443: it does not take the user and password in HTTPS_PROXY",
    ],
    [
      403,
      "invalid",
      "answered 403 to a request for api.test:443; if it should not be asked for that host, name the host in NO_PROXY",
    ],
    [502, "unavailable", "answered 502 to a request for api.test:443"],
  ])(
    "that the proxy refuses with %d tells the proxy's answer from the server's",
    async (refuses, refused, words) => {
      const proxy = await startProxy({ refuses });
      const send = sender({ HTTPS_PROXY: `http://me:${PASSWORD}@${proxy.host}` });
      const answer = await send("https://api.test/thing");
      expect(answer).toEqual({
        refused,
        outcome: "not-applied",
        message: `was not reached: the proxy ${proxy.host} (HTTPS_PROXY) ${words}`,
      });
      expect(proxy.asked).toEqual(["CONNECT api.test:443"]);
      expect(proxy.headers[0]).not.toHaveProperty("authorization");
      expect(proxy.headers[0]?.["proxy-authorization"]).toBe(
        `Basic ${Buffer.from(`me:${PASSWORD}`).toString("base64")}`,
      );
    },
  );

  test("names an IPv6 address in brackets, and the port where it is not 443", async () => {
    const proxy = await startProxy({ refuses: 403 });
    const send = sender({ HTTPS_PROXY: proxy.url });
    await send("https://[::1]:8443/");
    await send("https://[::1]/");
    expect(proxy.asked).toEqual(["CONNECT [::1]:8443", "CONNECT [::1]:443"]);
  });

  test("through a proxy that wants a password and got none says where it is written", async () => {
    const proxy = await startProxy({ credential: "me:right" });
    expect(await sender({ HTTPS_PROXY: proxy.url })("https://api.test/")).toMatchObject({
      message: expect.stringContaining(`HTTPS_PROXY=http://USER:PASSWORD@${proxy.host}`),
    });
  });

  test("through a proxy that is not there, or does not answer, may be tried again", async () => {
    const silent = await startProxy({ silent: true });
    expect(await sender({ HTTPS_PROXY: silent.url }, 50)("https://api.test/")).toMatchObject({
      refused: "unavailable",
      outcome: "not-applied",
      message: `was not reached: the proxy ${silent.host} (HTTPS_PROXY) did not answer in time`,
    });
    expect(await sender({ HTTPS_PROXY: "http://127.0.0.1:1" })("https://api.test/")).toMatchObject({
      refused: "unavailable",
      outcome: "not-applied",
      message: "was not reached: the proxy 127.0.0.1:1 (HTTPS_PROXY) refused the connection (ECONNREFUSED)",
    });
  });

  test("to a server whose certificate is not trusted sends nothing and names NODE_EXTRA_CA_CERTS", async () => {
    const behind = await serve(() => ({ status: 200 }));
    const secure = await withTls(behind.url);
    const proxy = await startProxy();
    const expected = {
      refused: "invalid",
      outcome: "not-applied",
      message: expect.stringMatching(/^showed a certificate that is not trusted .*NODE_EXTRA_CA_CERTS/),
    };
    expect(await sender({ HTTPS_PROXY: proxy.url })(secure.url)).toMatchObject(expected);
    expect(await sender({})(secure.url)).toMatchObject(expected);
    expect(proxy.asked).toEqual([`CONNECT ${new URL(secure.url).host}`]);
    expect(behind.received).toEqual([]);
  });

  test("to a proxy by TLS whose certificate is not trusted names the proxy", async () => {
    const proxy = await startProxy();
    const secure = await withTls(proxy.url);
    const { host } = new URL(secure.url);
    expect(await sender({ HTTPS_PROXY: secure.url })("https://api.test/")).toMatchObject({
      refused: "invalid",
      message: expect.stringContaining(
        `the proxy ${host} (HTTPS_PROXY) showed a certificate that is not trusted`,
      ),
    });
    expect(proxy.asked).toEqual([]);
  });
});
