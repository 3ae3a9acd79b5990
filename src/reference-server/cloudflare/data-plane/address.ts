/**
 * Which requests are for the data plane, and what their paths say. The vendor has it on a host of its own,
 * `gateway.ai.cloudflare.com/v1`; here that host is a path prefix. The REST API is on the management host (docs
 * *REST API*, 2026-05-21).
 */

/** Stands for `https://gateway.ai.cloudflare.com/v1`. */
export const GATEWAY_PREFIX = "/gateway.ai.cloudflare.com/v1";

const REST = /^\/client\/v4\/accounts\/([^/]+)\/ai\/v1\/chat\/completions\/?$/;

export type Address =
  /** An ordered list of provider requests in the body. */
  | { readonly kind: "universal"; readonly account: string; readonly gateway: string }
  /** The provider's own path, as sent, without a leading slash; `compat` counts as a provider. */
  | {
      readonly kind: "provider";
      readonly account: string;
      readonly gateway: string;
      readonly provider: string;
      readonly path: string;
    }
  | { readonly kind: "rest"; readonly account: string }
  /** On the data plane's host, and yet no address there. */
  | { readonly kind: "nowhere" };

/** True on the data plane's own host, where the management API's envelopes and limits do not hold. */
export function onGatewayHost(path: string): boolean {
  return path === GATEWAY_PREFIX || path.startsWith(`${GATEWAY_PREFIX}/`);
}

/** Undefined: not the data plane's business. */
export function addressOf(path: string): Address | undefined {
  const rest = REST.exec(path)?.[1];
  if (rest !== undefined) return { kind: "rest", account: rest };
  if (!onGatewayHost(path)) return undefined;
  const [account, gateway, provider, ...more] = path
    .slice(GATEWAY_PREFIX.length + 1)
    .replace(/\/$/, "")
    .split("/");
  if (account === undefined || account === "" || gateway === undefined || gateway === "") {
    return { kind: "nowhere" };
  }
  if (provider === undefined) return { kind: "universal", account, gateway };
  return { kind: "provider", account, gateway, provider, path: more.join("/") };
}
