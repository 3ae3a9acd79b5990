// The crash matrix as numbers: for every kind, at how many places a run was cut off during which of its actions.

import type { Step } from "../../src/model/plan.ts";
import { isNotApplicable, type Sample } from "../contract/sample.ts";
import { samples } from "../contract/samples/all.ts";
import { cutsOf, type Played } from "./crash.ts";

export const ACTIONS = ["create", "update", "secret", "replace", "delete", "deliver", "rotate"] as const;
type Action = (typeof ACTIONS)[number];
/** What is cut off beside the steps of a kind. */
export const AROUND = ["reads before", "ledger", "proof after"] as const;
type Column = Action | (typeof AROUND)[number];

/** Kind → column → number of cut points. */
export type Matrix = Map<string, Map<Column, number>>;

/** Adds the cut points of a scene's apply. */
export function count(matrix: Matrix, { stage, plan, passed, order }: Played): void {
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const first = passed.findIndex(({ method, peer }) => peer !== "ledger" && method !== "GET");
  const [scene = ""] = stage.scene.kinds;
  for (const { at } of cutsOf(passed)) {
    const { peer, path, note } = passed[at] ?? { peer: "vendors", path: "", note: 0 };
    const step = steps.get(order[note] ?? "");
    const sink = peer === "github" || (peer === "project" && /\/projects\//.test(path));
    if (peer === "ledger") add(matrix, scene, "ledger");
    else if (at < first && !sink) add(matrix, scene, "reads before");
    else if (step === undefined) add(matrix, scene, "proof after");
    else add(matrix, step.kind, sink ? "deliver" : actionOf(step));
  }
}

/** Which actions of which kinds a plan has: a secret is written by an update, and a delivery may ask nobody. */
export function shownBy(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step) => [
    `${step.kind} ${actionOf(step)}`,
    ...(step.action === "update" ? [`${step.kind} update`] : []),
    ...(step.body?.deliver === undefined || step.action !== "create" ? [] : [`${step.kind} deliver`]),
  ]);
}

function actionOf(step: Step): Action {
  if (step.retires !== undefined) return "rotate";
  if (step.replacement !== undefined) return "replace";
  if (step.action === "create" || step.action === "delete") return step.action;
  return step.changes.some(({ sensitive }) => sensitive === true) ? "secret" : "update";
}

/** Why a kind does not know an action; `undefined` where it does. */
export function reasonWithout(sample: Sample, action: Action): string | undefined {
  const { not = {}, changes, secret, delivered } = sample;
  const replaced = changes.filter(({ replace }) => replace !== undefined);
  switch (action) {
    case "create":
      return undefined;
    case "update":
      if (changes.length === 0) return not.fields;
      return replaced.length === changes.length ? "every change of it replaces it" : undefined;
    case "secret":
      return isNotApplicable(secret) ? secret.na : undefined;
    case "replace":
      if (replaced.length > 0) return undefined;
      return not.immutable ?? "nothing of it is fixed";
    case "delete":
      return not.removed;
    case "deliver":
    case "rotate":
      return delivered === undefined ? "it has no value that is shown once" : undefined;
  }
}

/** What no scene shows and every kind that knows it should have shown. */
export function missing(shown: ReadonlySet<string>): readonly string[] {
  return samples.flatMap((sample) =>
    ACTIONS.filter((action) => reasonWithout(sample, action) === undefined)
      .map((action) => `${sample.kind} ${action}`)
      .filter((wanted) => !shown.has(wanted)),
  );
}

/** Lines for a terminal: a kind each, and the sums. */
export function draw(matrix: Matrix): string {
  const columns: readonly Column[] = [...ACTIONS, ...AROUND];
  const numbers = [...matrix].map(
    ([kind, row]) => [kind, columns.map((column) => row.get(column) ?? 0)] as const,
  );
  const sums = columns.map((_, at) => numbers.reduce((sum, [, row]) => sum + (row[at] ?? 0), 0));
  const line = (name: string, row: readonly (number | string)[]): string =>
    [
      name.padEnd(34),
      ...row.map((cell, at) => String(cell || ".").padStart((columns[at]?.length ?? 3) + 2)),
    ].join("");
  const withSum = (row: readonly number[]): readonly number[] => [
    ...row,
    row.reduce((sum, cell) => sum + cell, 0),
  ];
  return [
    line("cut points", [...columns, "all"]),
    ...numbers.map(([kind, row]) => line(kind, withSum(row))),
    line("all", withSum(sums)),
  ].join("\n");
}

function add(matrix: Matrix, kind: string, column: Column): void {
  const row = matrix.get(kind) ?? new Map<Column, number>();
  row.set(column, (row.get(column) ?? 0) + 1);
  matrix.set(kind, row);
}
