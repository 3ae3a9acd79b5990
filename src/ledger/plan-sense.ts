// What a plan has to be beyond its schema, so that apply can rely on it: steps in an order, each with the parts
// that its action needs, counts that fit, marks that are well formed.

import { type Address, kindOf } from "../base/address.ts";
import { isSecretMark, listMarks } from "../base/expression.ts";
import { type JsonValue, jsonEqual } from "../base/json.ts";
import { summarise } from "../engine/summary.ts";
import {
  type Action,
  type Expects,
  type Plan,
  type PlanSummary,
  renewsValue,
  type Step,
} from "../model/plan.ts";
import { hasBrokenMark } from "./mark-sense.ts";

/** What JSON can hold and a plan's digest would not cover, as a clause. The value's depth is bounded. */
export function oddityIn(value: JsonValue): string | undefined {
  // "1e999" is a number of JSON and none of any vendor; as text it would turn into null.
  if (typeof value === "number") return Number.isFinite(value) ? undefined : "it holds a number that is none";
  if (typeof value !== "object" || value === null) return undefined;
  // Copies of the object would lose it, or take it for their prototype.
  if (Object.hasOwn(value, "__proto__")) return 'it has a member "__proto__"';
  for (const inner of Object.values(value)) {
    const found = oddityIn(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first thing about a plan that does not fit, as a clause; `undefined` when everything does. */
export function nonsenseIn(plan: Plan): string | undefined {
  const before = new Set<string>();
  const adopted = new Set<Address>();
  for (const step of plan.steps) {
    if (before.has(step.id)) return `two steps have the id ${step.id}`;
    const late = step.needs.find((id) => !before.has(id));
    if (late !== undefined) return `${step.id} needs ${late}, which is no step before it`;
    const wrong = wrongIn(step) ?? hiddenIn(step) ?? markIn(step);
    if (wrong !== undefined) return `${step.id} ${wrong}`;
    before.add(step.id);
    if (step.action === "adopt") adopted.add(step.address);
    if (worksOnOthers(step) && !adopted.has(step.address))
      return `${step.id} works on what is not in the ledger, and takes it over nowhere`;
  }
  return miscount(plan);
}

/** What a step of each action expects, and whether it works towards something. */
const FORMS: Readonly<Record<Action, { readonly expects: Expects["state"]; readonly body: boolean }>> = {
  create: { expects: "absent", body: true },
  update: { expects: "present", body: true },
  adopt: { expects: "present", body: true },
  "check-secret": { expects: "present", body: true },
  delete: { expects: "present", body: false },
  forget: { expects: "any", body: false },
  record: { expects: "any", body: true },
};

function wrongIn(step: Step): string | undefined {
  const { action, address, expects } = step;
  const name = `${action} ${address}`;
  if (step.id !== name && !step.id.startsWith(`${name}#`)) return `is not called ${name}`;
  if (kindOf(address) !== step.kind) return `is of kind ${step.kind}, and its address is of another`;
  const form = FORMS[action];
  if (expects.state !== form.expects) return `expects "${expects.state}" and not "${form.expects}"`;
  if ((step.body !== undefined) !== form.body) return form.body ? "has no body" : "has a body";
  if (expects.state === "present" && expects.id !== step.vendor_id)
    return `works on ${String(step.vendor_id)} and expects ${expects.id}`;
  if (action === "create" && step.vendor_id !== null) return "makes something that has an id already";
  if (renewsValue(step) && (step.body?.deliver ?? []).length === 0)
    return "makes a new value and delivers it nowhere";
  if (step.instead_of !== undefined && action !== "create") return "is no create and takes a place";
  if (step.from !== undefined && action !== "record")
    return "is no record and gives an entry another address";
  if (step.from !== undefined && kindOf(step.from) !== step.kind)
    return "gives an entry of another kind its address";
  if (step.exchange !== undefined && step.from === undefined) return "exchanges an entry with no other one";
  if (step.reviewed === true && action !== "delete") return "is no delete and counts as a reviewed one";
  return undefined;
}

/** Whether a step changes something that the ledger does not have. Deletes may: of exclusive sections. */
function worksOnOthers({ action, expects }: Step): boolean {
  return (
    (action === "update" || action === "check-secret") &&
    expects.state === "present" &&
    expects.ledger === undefined
  );
}

/** What a create would send and its reader does not see. A replacement shows only what differs from the old one. */
function hiddenIn({ action, body, changes, replacement }: Step): string | undefined {
  if (action !== "create" || body === undefined || replacement !== undefined) return undefined;
  const shown = new Map(changes.map(({ path, after }) => [path, after]));
  const hidden = Object.keys(body.fields).find((name) => !jsonEqual(shown.get(name), body.fields[name]));
  return hidden === undefined ? undefined : `sends another ${hidden} than its changes show`;
}

/** A secret in the step that is none: apply would look for its source. */
function markIn(step: Step): string | undefined {
  const { expects, body, changes } = step;
  const values: JsonValue[] = [
    ...(expects.state === "present" ? [expects.fields] : []),
    ...(body === undefined ? [] : [body.fields, body.defaults]),
    ...changes.flatMap((change) => [change.before, change.after]),
  ];
  if (values.some(hasBrokenMark)) return "holds a malformed secret";
  // What a run takes over or only notes is sent to nobody.
  if (body === undefined || step.action === "adopt" || step.action === "record") return undefined;
  const sourceless = listMarks(body.fields).some(
    ({ mark }) => isSecretMark(mark) && mark.$secret.source === undefined,
  );
  return sourceless ? "sends a secret and does not say where it comes from" : undefined;
}

/** Counts that the steps do not bear out: the brake and the reader of the plan go by them. */
function miscount(plan: Plan): string | undefined {
  const { summary } = plan;
  const { unchanged } = summary;
  const counted = summarise(plan.steps, {
    unchanged,
    unmanaged: plan.unmanaged.length,
    refused: plan.refused.length,
  });
  const names = Object.keys(counted) as (keyof PlanSummary)[]; // its own keys
  const wrong = names.find((name) => counted[name] !== summary[name]);
  return wrong === undefined
    ? undefined
    : `the summary says ${wrong}: ${summary[wrong]}, and the plan has ${counted[wrong]}`;
}
