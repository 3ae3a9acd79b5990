/**
 * What a fault makes of one request: whether it is carried out, and the answer. How an answer goes over the wire is
 * the socket side's business.
 */
import { onGatewayHost } from "./cloudflare/data-plane/address.ts";
import { gatewayFault } from "./cloudflare/data-plane/errors.ts";
import { classicFailure } from "./cloudflare/envelopes.ts";
import type { Strike } from "./faults.ts";
import { type Incoming, json, type Reply, type Vendor } from "./http.ts";
import { cutList, shiftList } from "./list-faults.ts";
import { faultReply, throttled } from "./rate-limits.ts";
import { onAiGatewayHost } from "./vercel/data-plane/address.ts";
import { aiGatewayFault } from "./vercel/data-plane/errors.ts";
import { failure } from "./vercel/endpoints.ts";

/** `undefined`: destroy the connection instead of answering. */
export type Answer = Reply | undefined;

export interface Struck {
  readonly vendor: Vendor;
  readonly incoming: Incoming;
  readonly now: number;
  /** Carries a request out; `stale` answers reads from the state before the last writes. */
  readonly handle: (incoming: Incoming, stale?: boolean) => Reply;
}

/** As proxies and login portals have it, with 200 as well. */
const PAGE =
  "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Your network needs you to sign in.</body></html>";

/** The answer to a request that a fault strikes. */
export function struck(strike: Strike, { vendor, incoming, now, handle }: Struck): Answer {
  switch (strike.kind) {
    case "status": {
      if (strike.when === "after") handle(incoming);
      const standard = standardFault(vendor, incoming.path, strike.status);
      const headers = { ...standard.headers, ...strike.headers };
      return { ...standard, headers, ...(strike.body === undefined ? {} : { body: strike.body }) };
    }
    case "throttle":
      return throttled(vendor, strike.seconds, strike.retry_after ?? "seconds", now);
    case "drop":
      if (strike.when === "after") handle(incoming);
      return undefined;
    case "reset":
      return brokenOff(handle(incoming));
    case "slow_body":
      return { ...handle(incoming), manner: { takes: strike.ms } };
    case "huge":
      return filledUp(handle(incoming), strike.bytes);
    case "text":
      if (strike.when === "after") handle(incoming);
      return {
        status: strike.status ?? 200,
        text: strike.text ?? PAGE,
        headers: { "content-type": strike.content_type ?? "text/html; charset=utf-8" },
      };
    case "cut_list":
      return cutList(handle(incoming), strike.keep);
    case "shrink_list":
      return shiftList(-1, incoming, handle);
    case "grow_list":
      return shiftList(1, incoming, handle);
    case "stale_list":
      return handle(incoming, true);
    case "malformed":
      handle(incoming);
      return json(200, { success: true, result: "malformed", apiKeys: "malformed", rules: "malformed" });
    case "echo":
      return echoed(vendor, incoming);
    default:
      return strike satisfies never;
  }
}

/** Where there is no body to break off in, there is no answer at all. */
function brokenOff(reply: Reply): Answer {
  const empty = reply.text === undefined && reply.body === undefined;
  return empty ? undefined : { ...reply, manner: { breaks_off: true } };
}

/** Blanks after the JSON leave it what it is: only its size is wrong. An answer without a body gets none but them. */
function filledUp(reply: Reply, bytes: number): Reply {
  const text = reply.text ?? (reply.body === undefined ? "" : JSON.stringify(reply.body));
  const status = reply.status === 204 ? 200 : reply.status;
  return { ...reply, status, text: text + " ".repeat(Math.max(0, bytes - Buffer.byteLength(text))) };
}

/** What a careless vendor may do: its error repeats what was sent to it. */
function echoed(vendor: Vendor, { headers, path, payload }: Incoming): Reply {
  const sent = headers["x-auth-key"] ?? headers.authorization ?? "";
  const message = `cannot read ${sent} ${payload.kind === "json" ? JSON.stringify(payload.value) : ""} for ${path}`;
  return vendor === "cloudflare" ? classicFailure(400, 7001, message) : failure(400, "bad_request", message);
}

function standardFault(vendor: Vendor, path: string, status: number): Reply {
  if (onGatewayHost(path)) return gatewayFault(status);
  return onAiGatewayHost(path) ? aiGatewayFault(status) : faultReply(vendor, status);
}
