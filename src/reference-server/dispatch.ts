/**
 * One vendor request from arrival to answer: fault, rate limit, route, handler, commit, log. Handlers run to the
 * end without yielding, so each request is atomic; one that refuses leaves no trace in the state.
 */
import { noRoute as cloudflareNoRoute } from "./cloudflare/auth.ts";
import { addressOf, onGatewayHost } from "./cloudflare/data-plane/address.ts";
import { answerDataPlane } from "./cloudflare/data-plane/plane.ts";
import { endpoints } from "./endpoints.ts";
import { type Incoming, Refusal, type Reply, type Vendor } from "./http.ts";
import { createRouter } from "./router.ts";
import { createStore } from "./store.ts";
import { type Answer, struck } from "./strikes.ts";
import { onAiGatewayHost } from "./vercel/data-plane/address.ts";
import { answerAiGateway } from "./vercel/data-plane/plane.ts";
import { noRoute as vercelNoRoute } from "./vercel/endpoints.ts";
import type { World } from "./world.ts";

const route = createRouter(endpoints);

export function vendorOf(path: string): Vendor {
  const ofCloudflare = path === "/client/v4" || path.startsWith("/client/v4/") || onGatewayHost(path);
  return ofCloudflare ? "cloudflare" : "vercel";
}

/** Answers one request; `wait` is how latency faults pass time. */
export async function answer(
  world: World,
  incoming: Incoming,
  wait: (ms: number) => Promise<void>,
): Promise<Answer> {
  const vendor = vendorOf(incoming.path);
  const { latency, strike } = world.faults.take(vendor, incoming);
  if (latency > 0) await wait(latency);
  const reply =
    strike === undefined
      ? handled(world, vendor, incoming)
      : struck(strike, {
          vendor,
          incoming,
          now: world.now(),
          handle: (request, stale) => handled(world, vendor, request, stale),
        });
  const fault = strike?.kind ?? (latency > 0 ? "latency" : undefined);
  world.log.push({
    at: new Date(world.now()).toISOString(),
    vendor,
    method: incoming.method,
    path: incoming.path,
    query: incoming.query.toString(),
    status: reply?.status ?? null,
    ...(fault === undefined ? {} : { fault }),
  });
  return reply;
}

/** The answer without faults; a change of the state is committed and kept. */
function handled(world: World, vendor: Vendor, incoming: Incoming, stale = false): Reply {
  if (onGatewayHost(incoming.path) || onAiGatewayHost(incoming.path)) return dataPlane(world, incoming);
  const now = world.now();
  const { headers, refusal } = world.rateLimits(vendor, incoming, world.switches, now);
  if (refusal !== undefined) return { ...refusal, headers: { ...headers, ...refusal.headers } };
  if (addressOf(incoming.path) !== undefined) {
    const reply = dataPlane(world, incoming);
    return { ...reply, headers: { ...headers, ...reply.headers } };
  }
  const before = world.store.state;
  const store = stale && incoming.method === "GET" ? createStore(world.older) : world.store;
  const reply = refusing(() => {
    const match = route(incoming.method, incoming.path, world.switches);
    if (match === undefined) return noRoute(vendor, incoming.path);
    const { pageSize, switches } = world;
    return match.endpoint.handle({ incoming, params: match.params, store, switches, now, pageSize });
  });
  if (reply.status >= 400) world.store.replace(before);
  world.committed(before, "client");
  return { ...reply, headers: { ...headers, ...reply.headers } };
}

/** A refused request of the data plane leaves its traces: it counts and is logged. */
function dataPlane(world: World, incoming: Incoming): Reply {
  const before = world.store.state;
  const reply = onAiGatewayHost(incoming.path)
    ? answerAiGateway(world, incoming)
    : answerDataPlane(world, incoming, addressOf(incoming.path) ?? { kind: "nowhere" });
  world.committed(before, "client");
  return reply;
}

function refusing(run: () => Reply): Reply {
  try {
    return run();
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}

function noRoute(vendor: Vendor, path: string): Reply {
  return vendor === "vercel" ? vercelNoRoute() : cloudflareNoRoute(path).reply;
}
