// One last request while the process ends. Node runs nothing asynchronous any more then, so another process sends it.

import { spawnSync } from "node:child_process";
import type { Auth } from "../provider/auth.ts";
import { type ProxyServer, proxyFor } from "../provider/proxy.ts";

/** Milliseconds that the end of the process may be held up. */
const TIMEOUT = 10_000;

/** Reads the request from its standard input: arguments and environment are for everybody to see. */
const SCRIPT = `
const [http, https, net, tls] = ["http", "https", "net", "tls"].map((name) => require("node:" + name));
const clientOf = ({ protocol }) => (protocol === "https:" ? https : http);
const run = (request, body) => request.on("error", () => {}).on("response", (answer) => answer.resume()).end(body);
let text = "";
process.stdin.setEncoding("utf8").on("data", (part) => { text += part; }).on("end", () => {
  const { url, method, headers, body, proxy } = JSON.parse(text);
  const to = new URL(url);
  if (proxy === undefined) return run(clientOf(to).request(to, { method, headers }), body);
  const by = new URL(proxy.url);
  const ask = (options) =>
    clientOf(by).request({
      agent: false,
      hostname: by.hostname.replace(/^\\[|\\]$/g, ""),
      ...(by.port === "" ? {} : { port: by.port }),
      ...options,
    });
  if (to.protocol === "http:")
    return run(ask({ method, path: to.href, headers: { ...headers, ...proxy.headers, host: to.host } }), body);
  const host = to.port === "" ? to.host + ":443" : to.host;
  run(
    ask({ method: "CONNECT", path: host, headers: { host, ...proxy.headers } }).on("connect", ({ statusCode }, socket) => {
      if (statusCode !== 200) return socket.destroy();
      const servername = net.isIP(to.hostname) === 0 ? to.hostname : "";
      const createConnection = () => tls.connect({ socket, servername, host: to.hostname });
      run(https.request(to, { agent: false, createConnection, method, headers }), body);
    }),
  );
});
`;

/**
 * Sends and waits for the answer, which it does not look at. Never throws.
 * @param env names the proxies.
 */
export function sendAtExit(
  request: { readonly method: string; readonly url: URL; readonly body?: string },
  auth: Auth | undefined,
  env: Readonly<Record<string, string | undefined>>,
): void {
  const { url, method, body } = request;
  const proxy = proxyOf(url, env);
  spawnSync(process.execPath, ["-e", SCRIPT], {
    input: JSON.stringify({
      url: url.href,
      method,
      ...(body === undefined ? {} : { body }),
      headers: {
        // Node adds none to a DELETE, whose body would be lost.
        ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
        "content-type": "application/json",
        "user-agent": "gateform",
        ...auth?.headers(),
      },
      ...(proxy === undefined ? {} : { proxy: { url: proxy.url.href, headers: proxy.headers() } }),
    }),
    stdio: ["pipe", "ignore", "ignore"],
    timeout: TIMEOUT,
    windowsHide: true,
  });
}

function proxyOf(url: URL, env: Readonly<Record<string, string | undefined>>): ProxyServer | undefined {
  try {
    return proxyFor(url, env);
  } catch {
    // A setting that no earlier request can have got through with.
    return undefined;
  }
}
