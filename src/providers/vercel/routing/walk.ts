// What happens to a request for a model, rule by rule, as Vercel's docs describe it ("Routing Rules" and "Virtual
// Models", 2026-09-17). Rewrites come first, one after the other; then a virtual model is resolved, and what it
// stands for is not rewritten again, but may be denied. Pure.

import type { Outcome, Trace, TraceStep } from "../../../model/behaviour.ts";
import type { GraphResource } from "../../../provider/behaviour.ts";
import type { Cycles } from "./cycles.ts";
import { type Routing, type Rule, slugOf, type VirtualModel } from "./graph.ts";

/** More rewrites than this in one chain are a configuration error. */
export const MAX_REWRITES = 10;

const DENIED = 403;
const MISCONFIGURED = 400;
/** Who asks for a virtual model that is archived, or for a model that there is none of, gets this (GWPKG 3.0.232). */
const NOT_FOUND = 404;

/** Follows a request for a model to its end. */
export function walk(routing: Routing, cycles: Cycles, subject: string): Trace {
  const steps: TraceStep[] = [];
  const ended = (outcome: Partial<Outcome> & Pick<Outcome, "verdict">): Trace => ({
    subject,
    steps,
    outcome: { served_by: [], through: steps.map(({ by }) => by), ...outcome },
  });
  const cycle = cycles.from(subject);
  let model = subject;
  for (const passed = new Set<string>(); ; ) {
    const rule = routing.ruleFor(model);
    if (rule === undefined) break;
    if (rule === "undecided") return ended(undecided(routing, model));
    if (rule.destination === null) {
      steps.push(stepOf(rule, "deny", model, []));
      return ended({ verdict: "denied", status: DENIED, ...reasonOf(rule) });
    }
    if (passed.has(model) && cycle !== undefined) return ended(inCircle(cycles, cycle, steps));
    passed.add(model);
    steps.push(stepOf(rule, "rewrite", model, [rule.destination]));
    if (steps.length > MAX_REWRITES)
      return ended(cycle === undefined ? TOO_MANY : inCircle(cycles, cycle, steps));
    model = rule.destination;
  }
  const slug = slugOf(model);
  if (slug === undefined) return ended({ verdict: "served", served_by: [model] });
  const virtual = routing.virtualModel(slug);
  const state = typeof virtual === "string" ? virtual : virtual.status;
  if (typeof virtual === "string" || state !== "active")
    return ended(notThere(model, state, steps.length > 0));
  if (virtual.models.length === 0) return ended(opaque(virtual, model));
  steps.push({ ...stepOf(virtual, "resolve", model, virtual.models), ...mannerOf(virtual, virtual.models) });
  const denying = virtual.models.map((inner) => ({ inner, rule: denierOf(routing, inner) }));
  for (const { inner, rule } of denying)
    if (typeof rule === "object") steps.push(stepOf(rule, "deny", inner, []));
  const unclear = denying.find(({ rule }) => rule === "undecided");
  if (unclear !== undefined) return ended(undecided(routing, unclear.inner));
  const left = denying.filter(({ rule }) => rule === undefined).map(({ inner }) => inner);
  const nested = left.find((inner) => slugOf(inner) !== undefined);
  if (nested !== undefined) return ended(within(virtual, nested));
  if (left.length > 0) return ended({ verdict: "served", served_by: left, ...mannerOf(virtual, left) });
  const first = denying.find(({ rule }) => typeof rule === "object")?.rule as Rule; // all of them are denied
  return ended({ verdict: "denied", status: DENIED, ...reasonOf(first) });
}

/** The rule that denies what a virtual model stands for. Rewrites do not reach it. */
function denierOf(routing: Routing, model: string): Rule | "undecided" | undefined {
  const rules = routing.rulesFor(model);
  const denies = rules.filter(({ destination }) => destination === null);
  if (denies.length === 0) return undefined;
  return denies.length === rules.length ? denies[0] : "undecided";
}

function stepOf(
  { title, address, id, ...more }: GraphResource & { readonly reason?: string | null },
  action: TraceStep["action"],
  from: string,
  to: readonly string[],
): TraceStep {
  return {
    action,
    by: title,
    ...(address === undefined ? {} : { address }),
    ...(id === undefined ? {} : { id }),
    from,
    to,
    ...reasonOf(more),
  };
}

function reasonOf({ reason }: { readonly reason?: string | null }): { readonly reason?: string } {
  return reason === undefined || reason === null ? {} : { reason };
}

/** How a virtual model comes to one of its models. */
function mannerOf(
  { relay, chooses }: VirtualModel,
  models: readonly string[],
): Pick<Outcome, "relay" | "unordered"> {
  return {
    ...(chooses && models.length > 1 ? { unordered: true } : {}),
    ...(relay === null ? {} : { relay }),
  };
}

type Ending = Partial<Outcome> & Pick<Outcome, "verdict">;

function undecided(routing: Routing, model: string): Ending {
  const titles = routing.rulesFor(model).map(({ title }) => title);
  return {
    verdict: "unknown",
    code: "rules-disagree",
    message: `${titles.join(" and ")} are both for ${model}, and Vercel does not say which one counts`,
  };
}

/** Told from where the request comes into it. */
function inCircle({ placeOf }: Cycles, cycle: readonly Rule[], steps: readonly TraceStep[]): Ending {
  const at = steps.map(({ from }) => placeOf(from)).find((place) => place !== undefined) ?? 0;
  const length = Math.min(cycle.length, MAX_REWRITES);
  const shown = Array.from({ length }, (_, index) => cycle[(at + index) % cycle.length]?.source ?? "");
  const cut = cycle.length > length ? ["…"] : [];
  return {
    verdict: "failed",
    status: MISCONFIGURED,
    code: "rewrite-cycle",
    message: `the rewrites lead in a circle: ${[...shown, ...cut, shown[0]].join(" → ")}`,
  };
}

const TOO_MANY: Ending = {
  verdict: "failed",
  status: MISCONFIGURED,
  code: "too-many-rewrites",
  message: `it is rewritten more than ${MAX_REWRITES} times, which Vercel does not allow`,
};

const WORDS: Readonly<Record<string, string>> = { archived: "archived", draft: "a draft" };

/** As a destination it must be there and active; asked for itself, an archived or missing one is not found. */
function notThere(model: string, state: string, rewritten: boolean): Ending {
  const code = `virtual-model-${state}`;
  if (state === "unread" || state === "undeclared")
    return {
      verdict: "unknown",
      code: "virtual-model-unknown",
      message:
        state === "unread"
          ? `virtual models were not read, so nobody knows what ${model} stands for`
          : `the files do not declare the virtual model ${model}`,
    };
  if (state === "draft" && !rewritten)
    return {
      verdict: "unknown",
      code,
      message: `the virtual model ${model} is a draft, and Vercel does not say whether that answers`,
    };
  return {
    verdict: "failed",
    status: rewritten ? MISCONFIGURED : NOT_FOUND,
    code,
    message:
      state === "missing"
        ? `there is no virtual model ${model}`
        : `the virtual model ${model} is ${WORDS[state]}`,
  };
}

function within({ title }: VirtualModel, inner: string): Ending {
  return {
    verdict: "unknown",
    code: "virtual-model-nested",
    message: `${title} stands for another virtual model, ${inner}, and Vercel does not say what becomes of that`,
  };
}

function opaque({ title }: VirtualModel, model: string): Ending {
  return {
    verdict: "unknown",
    code: "virtual-model-unknown",
    message: `which models ${title} stands for is not known, so neither is what serves ${model}`,
  };
}
