/**
 * Vercel's data plane: the model list for everybody, and chat completions. Unlike the management API it keeps what a
 * request did when it is refused.
 */
import { type Incoming, Refusal, type Reply } from "../../http.ts";
import { alphanumeric } from "../../ids.ts";
import type { World } from "../../world.ts";
import { AI_GATEWAY_PREFIX } from "./address.ts";
import { chatCompletion } from "./chat.ts";
import { noRoute } from "./errors.ts";
import { listModels, modelEndpoints } from "./models.ts";

/** Answers a request on the data plane's host. */
export function answerAiGateway(world: World, incoming: Incoming): Reply {
  try {
    return answered(world, incoming);
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}

function answered(world: World, incoming: Incoming): Reply {
  const path = incoming.path.slice(AI_GATEWAY_PREFIX.length).replace(/\/$/, "");
  if (incoming.method === "GET" && path === "/v1/models") return listModels();
  const model = /^\/v1\/models\/([^/]+\/[^/]+)\/endpoints$/.exec(path)?.[1];
  if (incoming.method === "GET" && model !== undefined) {
    return modelEndpoints(decoded(model), world.switches);
  }
  if (incoming.method !== "POST" || path !== "/v1/chat/completions") throw noRoute();
  const generation = `gen_${alphanumeric("generation", world.store.nextSequence(), 26)}`;
  const reply = told(generation, () => chatCompletion(world, incoming, generation));
  return reply;
}

/** Errors carry the id of the request as well (npm @ai-sdk/gateway 3.0.232). */
function told(generationId: string, run: () => Reply): Reply {
  const withId = (reply: Reply): Reply =>
    reply.status < 400 ? reply : { ...reply, body: { ...bodyOf(reply), generationId } };
  try {
    return withId(run());
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(withId(error.reply));
    throw error;
  }
}

function bodyOf({ body }: Reply): object {
  return typeof body === "object" && body !== null ? body : {};
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw noRoute();
  }
}
