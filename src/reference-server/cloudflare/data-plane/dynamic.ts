/**
 * Calls to a dynamic route: walks the graph of its deployed version and makes the calls that it comes to. The answer
 * is the last one of a model (docs *Dynamic routing: JSON configuration*, 2026-04-29).
 */

import { Refusal, type Reply } from "../../http.ts";
import { fraction } from "../../ids.ts";
import { deployedElements } from "../route-records.ts";
import { noAnswer, routeFailed } from "./errors.ts";
import { type Call, exchange } from "./exchange.ts";
import { MOST_ATTEMPTS } from "./options.ts";
import { evaluateRoute, type ModelElement, type RateElement } from "./route-walk.ts";
import { providerOf } from "./targets.ts";

/** @throws Refusal 2005 for a route that the gateway does not have, 2002 for one that comes to no answer */
export function callRoute(
  call: Call,
  name: string,
  body: unknown,
  headers: Call["incoming"]["headers"],
): Reply {
  const { world, gateway, options } = call;
  const route = world.store.cloudflare.routes.find(
    (candidate) => candidate.gateway_id === gateway.id && candidate.name === name,
  );
  if (route === undefined) throw noAnswer();
  let answer: Reply | undefined;
  let spent = 0;
  let models = 0;
  const costBuckets: string[] = [];

  const admit = ({ id, properties }: RateElement, key: string): boolean => {
    const { windows } = world.traffic;
    const bucket = `route ${route.id} ${id} ${key}`;
    const counted = windows.sum(bucket, { seconds: properties.window, technique: "sliding" }, world.now());
    if (counted >= properties.limit) return false;
    if (properties.limitType === "count") windows.add(bucket, 1, world.now());
    else costBuckets.push(bucket);
    return true;
  };

  const callModel = ({ properties }: ModelElement): boolean => {
    const { provider, model, timeout, retries } = properties;
    const step = models;
    models += 1;
    try {
      const { slug, custom } = providerOf(world, provider);
      const { reply, cost } = exchange(call, {
        provider: slug,
        model,
        path: "chat/completions",
        custom,
        headers,
        body,
        retries: {
          attempts: 1 + Math.min(retries, MOST_ATTEMPTS),
          delay: 0,
          backoff: "constant",
          timeout: timeout > 0 ? timeout : undefined,
          lastWaits: false,
        },
        step,
      });
      spent += cost;
      if (reply.status >= 400) return false;
      answer = reply;
      return true;
    } catch (error) {
      // A spent budget leads to the fallback, too (docs *Spend limits*, 2026); other refusals likewise (our choice).
      if (error instanceof Refusal) return false;
      throw error;
    }
  };

  const { problem } = evaluateRoute(deployedElements(route), {
    fields: { metadata: options.metadata, body, headers: call.incoming.headers },
    draw: (id) => world.switches.route_draw ?? fraction(`draw ${id}`, world.store.nextSequence()),
    admit,
    call: callModel,
  });
  for (const bucket of costBuckets) world.traffic.windows.add(bucket, spent, world.now());
  if (problem !== undefined) throw routeFailed(problem);
  if (answer === undefined) throw routeFailed("no model answered");
  return answer;
}
