/**
 * The path of one request through the graph of a dynamic route (docs *Dynamic routing: JSON configuration*,
 * 2026-04-29; element shapes: OAS 2026-10). Pure: whatever depends on the world comes in as three questions. What a
 * model answers is the caller's business; here counts only whether it did.
 */
import * as z from "zod";
import { BadCondition, fieldAt, holds } from "./conditions.ts";

const edge = z.object({ elementId: z.string() });
/** `fallback` is required in OAS 2026-10 and optional in the docs of 2026-04-29. */
const twoWays = z.object({ success: edge, fallback: edge.optional() });

const element = z.discriminatedUnion("type", [
  z.object({ id: z.string(), type: z.literal("start"), outputs: z.object({ next: edge }) }),
  z.object({
    id: z.string(),
    type: z.literal("conditional"),
    /** OAS 2026-10 and the live API say `conditions`, the docs of 2026-04-29 `condition`. */
    properties: z
      .object({ conditions: z.unknown().optional(), condition: z.unknown().optional() })
      .optional(),
    outputs: z.object({ true: edge, false: edge }),
  }),
  z.object({ id: z.string(), type: z.literal("percentage"), outputs: z.record(z.string(), edge) }),
  z.object({
    id: z.string(),
    type: z.literal("rate"),
    properties: z.object({
      limitType: z.enum(["count", "cost"]),
      key: z.string(),
      limit: z.number(),
      /** Seconds. */
      window: z.number(),
    }),
    outputs: twoWays,
  }),
  z.object({
    id: z.string(),
    type: z.literal("model"),
    properties: z.object({
      provider: z.string(),
      model: z.string(),
      /** Milliseconds; 0: none (cloudflare/ai#611, 2026-07). */
      timeout: z.number(),
      retries: z.number(),
    }),
    outputs: twoWays,
  }),
  z.object({ id: z.string(), type: z.literal("end") }),
]);

type Element = z.infer<typeof element>;
export type RateElement = Extract<Element, { type: "rate" }>;
export type ModelElement = Extract<Element, { type: "model" }>;

export interface RouteRequest {
  /** What conditions and keys may name: `metadata`, `body`, `headers`. */
  readonly fields: unknown;
  /** A number from 0 to below 1, for the percentage element of this id. */
  readonly draw: (elementId: string) => number;
  /** Whether this request is still within the limit for the value of the element's key; asked once per visit. */
  readonly admit: (rate: RateElement, key: string) => boolean;
  /** Calls the model; true: it answered. */
  readonly call: (model: ModelElement) => boolean;
}

/** One element passed, and the output that was taken. The last one has none. */
export interface RouteStep {
  readonly id: string;
  readonly type: Element["type"];
  readonly output?: string;
}

export interface RouteWalk {
  readonly steps: readonly RouteStep[];
  /** Why the graph could not be followed to an end. */
  readonly problem?: string;
}

/** Follows the graph from its start to an end, to an element without the output that is needed, or to a mistake in it. */
export function evaluateRoute(elements: readonly unknown[], request: RouteRequest): RouteWalk {
  const steps: RouteStep[] = [];
  const known = new Map<string, Element>();
  for (const raw of elements) {
    const parsed = element.safeParse(raw);
    if (!parsed.success) return { steps, problem: `element ${nameOf(raw)} is not valid` };
    known.set(parsed.data.id, parsed.data);
  }
  let current: Element | undefined = [...known.values()].find(({ type }) => type === "start");
  if (current === undefined) return { steps, problem: "the graph has no start" };
  const visited = new Set<string>();
  for (;;) {
    const { id, type } = current;
    if (visited.has(id)) return { steps, problem: `element ${id} is reached twice` };
    visited.add(id);
    let output: string | undefined;
    try {
      output = outputOf(current, request);
    } catch (error) {
      if (!(error instanceof BadCondition)) throw error;
      return { steps: [...steps, { id, type }], problem: `element ${id}: ${error.message}` };
    }
    const target = output === undefined ? undefined : targetOf(current, output);
    steps.push({ id, type, ...(output === undefined || target === undefined ? {} : { output }) });
    // An end, or an optional output that is not there: the route is over (docs 2026-04-29).
    if (target === undefined) return { steps };
    current = known.get(target);
    if (current === undefined)
      return { steps, problem: `element ${id} leads to ${target}, which is not there` };
  }
}

function outputOf(current: Element, request: RouteRequest): string | undefined {
  switch (current.type) {
    case "start":
      return "next";
    case "conditional": {
      const { conditions, condition } = current.properties ?? {};
      return holds(conditions ?? condition, request.fields) ? "true" : "false";
    }
    case "percentage":
      return shareOf(Object.keys(current.outputs), request.draw(current.id));
    case "rate": {
      const key = fieldAt(request.fields, current.properties.key);
      return request.admit(current, key === undefined ? "" : String(key)) ? "success" : "fallback";
    }
    case "model":
      return request.call(current) ? "success" : "fallback";
    case "end":
      return undefined;
    default:
      return current satisfies never;
  }
}

/** The label whose share the draw falls in; `else` takes what the others leave. */
function shareOf(labels: readonly string[], draw: number): string {
  let upTo = 0;
  for (const label of labels) {
    const share = /^(\d+(?:\.\d+)?)\s*%/.exec(label)?.[1];
    if (share === undefined) continue;
    upTo += Number(share);
    if (draw * 100 < upTo) return label;
  }
  return "else";
}

function targetOf(current: Element, output: string): string | undefined {
  if (!("outputs" in current)) return undefined;
  const outputs: Readonly<Record<string, { elementId: string } | undefined>> = { ...current.outputs };
  return outputs[output]?.elementId;
}

function nameOf(raw: unknown): string {
  const id = typeof raw === "object" && raw !== null && "id" in raw ? raw.id : undefined;
  return typeof id === "string" ? id : "without an id";
}
