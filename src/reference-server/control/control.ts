/**
 * The control endpoints under `/_control`: what tests and scripts use to look behind the APIs and to break them.
 * No credential is asked for; they are never struck by faults and never logged.
 */
import * as z from "zod";
import { faultRulesSchema } from "../faults.ts";
import { type Incoming, json, Refusal, type Reply } from "../http.ts";
import { parseState } from "../state.ts";
import { switchesSchema } from "../switches.ts";
import type { World } from "../world.ts";
import { addChild, removeChild } from "./children.ts";
import { childBody, childDeleteBody, tokenBody } from "./shapes.ts";
import { addToken } from "./tokens.ts";

const table: Readonly<Record<string, (world: World, incoming: Incoming) => Reply>> = {
  "GET /requests": (world) => json(200, world.log),
  "DELETE /requests": (world) => {
    world.log.length = 0;
    return { status: 204 };
  },
  "GET /faults": (world) => json(200, world.faults.list()),
  "POST /faults": (world, incoming) => {
    world.faults.add(readBody(faultRulesSchema, incoming));
    return json(200, world.faults.list());
  },
  "DELETE /faults": (world) => {
    world.faults.clear();
    return { status: 204 };
  },
  "POST /reset": (world) => {
    world.reset();
    return { status: 204 };
  },
  "GET /state": (world) => json(200, world.store.state),
  "PUT /state": (world, incoming) => {
    const next = readState(incoming);
    const sequence = Math.max(next.sequence, world.store.state.sequence);
    world.store.replace({ ...next, sequence });
    return json(200, world.store.state);
  },
  "GET /secrets": (world) => json(200, world.secrets.list()),
  "GET /switches": (world) => json(200, world.switches),
  "POST /switches": (world, incoming) => {
    const changes = readBody(switchesSchema.partial(), incoming);
    world.switches = switchesSchema.parse({ ...world.switches, ...changes });
    return json(200, world.switches);
  },
  "POST /tokens": (world, incoming) => {
    const made = addToken(world.store, readBody(tokenBody, incoming), world.now());
    if (made === undefined) return json(404, { error: "no such project" });
    return json(200, made);
  },
  "POST /children": (world, incoming) => {
    const made = addChild(world.store, readBody(childBody, incoming), world.now());
    if (made === undefined) return json(404, { error: "no such gateway" });
    return json(200, made);
  },
  "DELETE /children": (world, incoming) => {
    removeChild(world.store, readBody(childDeleteBody, incoming));
    return { status: 204 };
  },
};

/** True for paths that belong to the control endpoints. */
export function isControl(path: string): boolean {
  return path === "/_control" || path.startsWith("/_control/");
}

/** Answers a control request; mistakes are 400 `{error}` with every wrong field named. */
export function control(world: World, incoming: Incoming): Reply {
  const run = table[`${incoming.method} ${incoming.path.slice("/_control".length)}`];
  if (run === undefined)
    return json(404, { error: "no such control endpoint", endpoints: Object.keys(table) });
  const before = world.store.state;
  try {
    const reply = run(world, incoming);
    world.committed(before, "control");
    return reply;
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}

function readBody<T>(schema: z.ZodType<T>, incoming: Incoming): T {
  const parsed = schema.safeParse(incoming.payload.kind === "json" ? incoming.payload.value : undefined);
  if (!parsed.success) throw new Refusal(json(400, { error: z.prettifyError(parsed.error) }));
  return parsed.data;
}

function readState(incoming: Incoming): ReturnType<typeof parseState> {
  try {
    return parseState(incoming.payload.kind === "json" ? incoming.payload.value : undefined, "the body");
  } catch (error) {
    throw new Refusal(json(400, { error: error instanceof Error ? error.message : String(error) }));
  }
}
