// Steps that a run must not do whatever the files say: take its own credential away from itself, and grant what
// only whoever starts it may let it grant. Both rules are the kinds' own words; no kind is named here.

import { type KindRules, policyOf } from "../model/kind-rules.ts";
import { liveKey } from "../model/live.ts";
import { type Change, type Refusal, renewsValue, type Step } from "../model/plan.ts";
import { type Context, rulesOf } from "./context.ts";
import { fieldOf } from "./normalise.ts";
import type { Draft } from "./verdict.ts";

type Stop = Pick<Refusal, "code" | "message" | "hint">;

export interface Forbidden {
  readonly refusals: readonly Refusal[];
  /** Ids of steps that are not done, be the rest of their address done or not. */
  readonly steps: ReadonlySet<string>;
}

/** Looks at every step of a plan. */
export function forbiddenSteps(context: Context, drafts: readonly Draft[]): Forbidden {
  const steps = new Set<string>();
  const refusals: Refusal[] = [];
  for (const step of drafts) {
    const stop = cutsOwnCredential(context, step) ?? grantsTooMuch(context, step);
    if (stop === undefined) continue;
    steps.add(step.id);
    refusals.push({ address: step.address, ...stop });
  }
  return { refusals, steps };
}

/** Why a step may not be done: it would delete or weaken the credential that does it. */
export function cutsOwnCredential(
  context: Pick<Context, "byKey" | "rules">,
  step: Pick<
    Step,
    "action" | "reason" | "address" | "kind" | "parent_id" | "vendor_id" | "retires" | "changes"
  >,
): Stop | undefined {
  const { action, address, kind, parent_id, retires } = step;
  const id = retires?.id ?? step.vendor_id;
  if (id === null || context.byKey.get(liveKey(kind, parent_id, id))?.in_use !== true) return undefined;
  const cut =
    retires !== undefined
      ? ["have another one take its place"]
      : action === "delete"
        ? ["delete it"]
        : action === "update"
          ? [
              ...(renewsValue(step) ? ["give it another value"] : []),
              ...weakened(rulesOf(context.rules, kind), step),
            ]
          : [];
  if (cut.length === 0) return undefined;
  return {
    code: "SELF_PROTECTED",
    message: `${address} (${id}) is the credential that this run uses, and the plan would ${cut.join(" and ")}`,
    hint: "do it with another credential",
  };
}

function weakened(rules: KindRules, { changes }: Pick<Step, "changes">): readonly string[] {
  const paths = changes
    .filter(({ path, before, after }) => policyOf(rules, fieldOf(path)).cuts?.(before, after) === true)
    .map(({ path }) => path);
  return paths.length === 0 ? [] : [`take from it by ${paths.join(", ")}`];
}

function grantsTooMuch(context: Context, step: Draft): Stop | undefined {
  const { allow_permissions: allowed = [] } = context.options;
  if (allowed === "all" || (step.action !== "create" && step.action !== "update")) return undefined;
  const rules = rulesOf(context.rules, step.kind);
  for (const { path, before, after } of handedOut(rules, step)) {
    const { grants } = policyOf(rules, fieldOf(path));
    if (grants === undefined) continue;
    const had = grants.beyond(before);
    const names = grants.beyond(after).filter((name) => !had.includes(name) && !allowed.includes(name));
    const [first] = names;
    if (first === undefined) continue;
    const near = grants.near?.(first);
    return {
      code: "PERMISSION_NOT_ALLOWED",
      message: `${step.address} would be given ${names.map((name) => `"${name}"`).join(", ")} by ${path}, which whoever runs gateform has to allow`,
      hint: `${near === undefined ? "" : `${near} otherwise `}run it with ${names.map((name) => `\`--allow-permission "${name}"\``).join(" ")}`,
    };
  }
  return undefined;
}

/** The changes; of one whose value is handed out without being new, all that it is able to do. */
function handedOut(rules: KindRules, step: Draft): readonly Pick<Change, "path" | "before" | "after">[] {
  const { changes, expects, retires, body } = step;
  if (retires !== undefined)
    return Object.entries({ ...body?.defaults, ...body?.fields }).map(([path, after]) => ({
      path,
      before: null,
      after,
    }));
  if (!renewsValue(step) || expects.state !== "present") return changes;
  return Object.keys(rules.fields).map((path) => ({
    path,
    before: null,
    after: changes.find((change) => change.path === path)?.after ?? expects.fields[path] ?? null,
  }));
}
