/**
 * Faults by script: which rule fires for which request, and what the effect does to the answer. Deciding only;
 * the dispatcher runs the handler and the server cuts the socket.
 */
import { createHash } from "node:crypto";
import * as z from "zod";
import type { Incoming, Vendor } from "./http.ts";

const when = z.enum(["before", "after"]);

/** Bytes; more than any client reads, and no more than this server can hold many times. */
const MAX_HUGE = 64 * 1024 * 1024;

const effect = z.discriminatedUnion("kind", [
  /** An error answer. `before`: nothing was done. `after`: the write is committed and the caller is told otherwise. */
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(200).max(599),
    when,
    /** Default: the vendor's own error envelope. */
    body: z.json().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  /** The connection is destroyed without an answer, before or after the commit. */
  z.strictObject({ kind: z.literal("drop"), when }),
  /** The request waits this long before it is handled. */
  z.strictObject({ kind: z.literal("latency"), ms: z.int().min(0) }),
  /** A list answers 200 with `keep` items at most while its totals claim more; a list without totals is cut mid-way as text. */
  z.strictObject({ kind: z.literal("cut_list"), keep: z.int().min(0) }),
  /** A read answers as it would have before the last write to each collection. */
  z.strictObject({ kind: z.literal("stale_list") }),
  /** 200 with JSON of another shape; a write is committed all the same. */
  z.strictObject({ kind: z.literal("malformed") }),
  /** 429 as the vendor's own limit gives it, with its headers; nothing is done. */
  z.strictObject({
    kind: z.literal("throttle"),
    /** Until the window begins anew. */
    seconds: z.int().min(0),
    /** How the answer says so, beside the vendor's own headers. Default: `seconds`. */
    retry_after: z.enum(["seconds", "date", "none"]).optional(),
  }),
  /** The answer breaks off in the middle of its body; a write is committed. */
  z.strictObject({ kind: z.literal("reset") }),
  /** The head comes at once, the body in ten parts over this time; a write is committed. */
  z.strictObject({ kind: z.literal("slow_body"), ms: z.int().min(0) }),
  /** The answer is filled up with blanks to this size, in bytes; a write is committed. */
  z.strictObject({ kind: z.literal("huge"), bytes: z.int().min(0).max(MAX_HUGE) }),
  /** Any text instead of JSON. `before`: nothing was done, as when a proxy answers. */
  z.strictObject({
    kind: z.literal("text"),
    when,
    /** Default: a page as proxies show it. */
    text: z.string().optional(),
    /** Default: `text/html`. */
    content_type: z.string().optional(),
    /** Default: 200. */
    status: z.int().min(200).max(599).optional(),
  }),
  /** From its second page on, a numbered list is as if its first item had been deleted since the first page. */
  z.strictObject({ kind: z.literal("shrink_list") }),
  /** From its second page on, a numbered list is as if somebody had put a new item before its first. */
  z.strictObject({ kind: z.literal("grow_list") }),
  /** 400 with a message that repeats credential, path and body as they were sent; nothing is done. */
  z.strictObject({ kind: z.literal("echo") }),
  /** Data planes: what a provider behind a gateway does with one attempt, seen by the gateway alone. */
  z.strictObject({
    kind: z.literal("upstream"),
    /** Absent: every provider. */
    provider: z.string().optional(),
    /** Absent: every model. */
    model: z.string().optional(),
    /** The provider's error instead of the echo. */
    status: z.int().min(400).max(599).optional(),
    /** How long the provider takes by the gateway's reckoning; nobody waits. */
    delay_ms: z.int().min(0).optional(),
  }),
]);

const faultRuleSchema = z.strictObject({
  vendor: z.enum(["cloudflare", "vercel"]).optional(),
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).optional(),
  /** Regular expression on the path as requested, without query. */
  path: z.string().refine(isRegularExpression, { message: "not a regular expression" }).optional(),
  /** Matching requests to let through first. */
  skip: z.int().min(0).optional(),
  /** How often it fires; absent: always. */
  times: z.int().min(1).optional(),
  /** Fires once per distinct method, path and name in the body. */
  once_per_resource: z.boolean().optional(),
  /** Part of the matching requests that it fires for, drawn from `seed`; absent: all. */
  share: z.number().gt(0).max(1).optional(),
  /** The same requests are struck for the same seed, whatever else is asked for in between; absent: 0. */
  seed: z.int().optional(),
  effect,
});

/** One rule, or a list. No union of the two: of one that neither fits zod only says that it is invalid. */
export const faultRulesSchema = z.preprocess(
  (value) => (Array.isArray(value) ? value : [value]),
  z.array(faultRuleSchema),
);

export type FaultRule = z.infer<typeof faultRuleSchema>;
export type Effect = z.infer<typeof effect>;
/** What a provider behind a gateway does instead of its echo. */
export type UpstreamEffect = Extract<Effect, { kind: "upstream" }>;
/** Every effect on the request itself but waiting: at most one of these strikes it. */
export type Strike = Exclude<Effect, { kind: "latency" | "upstream" }>;

/**
 * Fault rules from untrusted JSON: one, or a list.
 * @throws Error that says what is wrong.
 */
export function readFaultRules(value: unknown): FaultRule[] {
  const parsed = faultRulesSchema.safeParse(value);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data;
}

export interface Hit {
  /** Milliseconds to wait before handling. */
  readonly latency: number;
  readonly strike: Strike | undefined;
}

export interface Faults {
  /** The rules with how often each has fired. */
  list(): readonly (FaultRule & { fired: number })[];
  add(rules: readonly FaultRule[]): void;
  clear(): void;
  /** What happens to this request; counts it. All latencies add up, of the others the first rule that fires wins. */
  take(vendor: Vendor, incoming: Incoming): Hit;
  /** What happens to one attempt at a provider behind a gateway; counts it. The first rule that fires wins. */
  takeUpstream(
    vendor: Vendor,
    incoming: Incoming,
    provider: string,
    model: string,
  ): UpstreamEffect | undefined;
}

interface Armed {
  readonly rule: FaultRule;
  seen: number;
  fired: number;
  readonly struck: Set<string>;
  /** Method and path → how often it was asked for. */
  readonly asked: Map<string, number>;
}

export function createFaults(initial: readonly FaultRule[]): Faults {
  let armed: Armed[] = [];
  const faults: Faults = {
    list: () => armed.map(({ rule, fired }) => ({ ...rule, fired })),
    add(rules) {
      armed = [
        ...armed,
        ...rules.map((rule) => ({ rule, seen: 0, fired: 0, struck: new Set<string>(), asked: new Map() })),
      ];
    },
    clear() {
      armed = [];
    },
    take(vendor, incoming) {
      let latency = 0;
      for (const candidate of armed) {
        const { effect: wanted } = candidate.rule;
        if (wanted.kind === "upstream" || !fires(candidate, vendor, incoming)) continue;
        if (wanted.kind !== "latency") return { latency, strike: wanted };
        latency += wanted.ms;
      }
      return { latency, strike: undefined };
    },
    takeUpstream(vendor, incoming, provider, model) {
      for (const candidate of armed) {
        const { effect: wanted } = candidate.rule;
        if (wanted.kind !== "upstream") continue;
        if ((wanted.provider ?? provider) !== provider || (wanted.model ?? model) !== model) continue;
        if (fires(candidate, vendor, incoming)) return wanted;
      }
      return undefined;
    },
  };
  faults.add(initial);
  return faults;
}

function fires(armed: Armed, vendor: Vendor, incoming: Incoming): boolean {
  const { rule } = armed;
  if (rule.vendor !== undefined && rule.vendor !== vendor) return false;
  if (rule.method !== undefined && rule.method !== incoming.method) return false;
  if (rule.path !== undefined && !new RegExp(rule.path).test(incoming.path)) return false;
  armed.seen += 1;
  if (armed.seen <= (rule.skip ?? 0)) return false;
  if (rule.times !== undefined && armed.fired >= rule.times) return false;
  if (rule.share !== undefined && !isDrawn(armed, rule.share, incoming)) return false;
  if (rule.once_per_resource === true) {
    const resource = `${incoming.method} ${incoming.path} ${bodyName(incoming)}`;
    if (armed.struck.has(resource)) return false;
    armed.struck.add(resource);
  }
  armed.fired += 1;
  return true;
}

/** Goes by what a request is and how often it came, so that those between it and the last one change nothing. */
function isDrawn({ rule, asked }: Armed, share: number, { method, path }: Incoming): boolean {
  const count = (asked.get(`${method} ${path}`) ?? 0) + 1;
  asked.set(`${method} ${path}`, count);
  const drawn = `${rule.seed ?? 0} ${JSON.stringify(rule.effect)} ${method} ${path} ${count}`;
  return createHash("sha256").update(drawn).digest().readUInt32BE() / 2 ** 32 < share;
}

/** What a body names: an id, a slug, a name, provider_slug with alias, match.model, or what a budget is for; of an array, all its names. */
function bodyName(incoming: Incoming): string {
  return incoming.payload.kind === "json" ? nameIn(incoming.payload.value) : "";
}

function nameIn(value: unknown): string {
  if (Array.isArray(value)) return value.map(nameIn).join(",");
  const parsed = named.safeParse(value);
  if (!parsed.success) return "";
  const { id, ruleId, virtualModelSlug, name, provider_slug, alias, match } = parsed.data;
  const { scopeType, projectId, userId } = parsed.data;
  const slot = provider_slug === undefined ? undefined : `${provider_slug}/${alias ?? ""}`;
  const scope = scopeType === undefined ? undefined : `${scopeType}/${projectId ?? userId ?? ""}`;
  return id ?? ruleId ?? virtualModelSlug ?? name ?? slot ?? match?.model ?? scope ?? "";
}

const named = z.object({
  id: z.string().optional(),
  ruleId: z.string().optional(),
  virtualModelSlug: z.string().optional(),
  name: z.string().optional(),
  provider_slug: z.string().optional(),
  alias: z.string().optional(),
  match: z.object({ model: z.string().optional() }).optional(),
  scopeType: z.string().optional(),
  projectId: z.string().optional(),
  userId: z.string().optional(),
});

function isRegularExpression(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
