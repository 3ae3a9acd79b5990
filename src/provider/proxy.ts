// Which proxy a request goes through, by the variables that curl and most programs know. As with curl, the lower-case
// name wins, and only NO_PROXY keeps a host out, this machine's own as well.

import { BlockList, isIP } from "node:net";
import { ProxyError } from "./proxy-error.ts";
import { Secret } from "./secret.ts";

export interface ProxyServer {
  /** Without user and password. */
  readonly url: URL;
  /** The variable that names it. */
  readonly variable: string;
  readonly has_credential: boolean;
  /** With the credential; to be called only while a request is sent. */
  readonly headers: () => Readonly<Record<string, string>>;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for an address, or `undefined` where the request goes there directly.
 * @throws ProxyError where the variable names no proxy that can be used.
 */
export function proxyFor(url: URL, env: Env): ProxyServer | undefined {
  const lower = url.protocol === "https:" ? "https_proxy" : "http_proxy";
  const variable = firstSet(env, [lower, lower.toUpperCase()]);
  if (variable === undefined || isExcepted(url, env[firstSet(env, ["no_proxy", "NO_PROXY"]) ?? ""] ?? ""))
    return undefined;
  return parse(variable, env[variable] ?? "");
}

function firstSet(env: Env, names: readonly string[]): string | undefined {
  return names.find((name) => (env[name] ?? "").trim() !== "");
}

function parse(variable: string, text: string): ProxyServer {
  const value = text.trim();
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!URL.canParse(whole)) throw unusable(variable, "what it holds is no address");
  const url = new URL(whole);
  const { protocol, username, password } = url;
  if (protocol !== "http:" && protocol !== "https:")
    throw unusable(variable, `it names one of the kind ${protocol.slice(0, -1)}`);
  const user = `${decoded(username)}:${decoded(password)}`;
  const credential = user === ":" ? undefined : new Secret(`Basic ${Buffer.from(user).toString("base64")}`);
  return {
    url: new URL(`${protocol}//${url.host}`),
    variable,
    has_credential: credential !== undefined,
    headers: () => (credential === undefined ? {} : { "proxy-authorization": credential.reveal() }),
  };
}

/** The value may hold a password, so nothing of it is shown. */
function unusable(variable: string, found: string): ProxyError {
  return new ProxyError({
    refused: "invalid",
    outcome: "not-applied",
    message: `was not asked: ${variable} should name a proxy as http://HOST:PORT or https://HOST:PORT, and ${found}`,
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Names stand for themselves and everything below them, with or without a leading dot; `*` alone for all. */
function isExcepted(url: URL, list: string): boolean {
  const host = bare(url.hostname);
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      if (entry.includes("/")) return isInside(host, entry);
      const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry);
      const [name, only] = parts === null ? [entry] : [parts[1] ?? "", parts[2]];
      if (only !== undefined && only !== port) return false;
      const wanted = bare(name).replace(/^\*?\./, "");
      return host === wanted || (isIP(host) === 0 && host.endsWith(`.${wanted}`));
    });
}

function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
}

/** `10.0.0.0/8` */
function isInside(host: string, block: string): boolean {
  const [network = "", bits = ""] = block.split("/");
  const family = isIP(host);
  const most = family === 4 ? 32 : 128;
  if (family === 0 || isIP(network) !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > most)
    return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const subnet = new BlockList();
  subnet.addSubnet(network, Number(bits), type);
  return subnet.check(host, type);
}
