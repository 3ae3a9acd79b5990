// What apply and destroy share: the question, the progress, the signals, and the report with its exit code.

import { type Answer, type ApplyResult, applyStack } from "../app/apply.ts";
import { planDigest } from "../engine/plan-digest.ts";
import { hasChanges, type Plan } from "../model/plan.ts";
import type { ApplyReport } from "../model/report.ts";
import { renderDiagnosticsText } from "../render/diagnostics-text.ts";
import { renderFailureJson } from "../render/failure.ts";
import { jsonText } from "../render/json-text.ts";
import { renderPlanMarkdown } from "../render/plan-markdown.ts";
import { renderPlanText } from "../render/plan-text.ts";
import { renderReportMarkdown } from "../render/report-markdown.ts";
import { endText, renderReportText } from "../render/report-text.ts";
import type { Style } from "../render/style.ts";
import { allRules } from "./all-rules.ts";
import { confirm } from "./confirm.ts";
import { Failure, failureOf } from "./failure.ts";
import { type Interrupts, watchSignals } from "./interrupt.ts";
import { type Io, isCi } from "./io.ts";
import type { Options } from "./options.ts";
import { emit, type Outputs } from "./output.ts";
import { progressOn } from "./progress.ts";
import { joined, type LoadedRun, loadRun, outputsOf, stackInput, targetsOf } from "./run.ts";

/** What is to be done. */
export interface Task {
  readonly mode: "apply" | "rotate" | "destroy";
  /** Addresses and patterns that the run is limited to; empty: everything. Of a rotation: what it rotates. */
  readonly targets: readonly string[];
  /** A plan that was made before, and its file. */
  readonly saved?: { readonly file: string; readonly plan: Plan };
}

/** Runs apply, rotate or destroy from its options to its exit code. */
export async function runApply(io: Io, options: Options, task: Task): Promise<number> {
  const { mode } = task;
  const outputs = outputsOf(io, options);
  refuseUnasked(io, options, task);
  refuseHiddenReveal(options, outputs);
  const interrupts = watchSignals(io);
  try {
    const run = await loadRun(io, mode, options, interrupts.stop);
    io.err(renderDiagnosticsText(run.diagnostics, { style: io.errStyle }));
    const work: Work = { io, options, task, outputs, interrupts, run, shown: { plan: false } };
    const result = await perform(work);
    return finish(work, result);
  } finally {
    interrupts.release();
  }
}

interface Work {
  readonly io: Io;
  readonly options: Options;
  readonly task: Task;
  readonly outputs: Outputs;
  readonly interrupts: Interrupts;
  readonly run: LoadedRun;
  /** Whether the plan is on stdout already. */
  readonly shown: { plan: boolean };
}

async function perform(work: Work): Promise<ApplyResult> {
  const { io, options, task, interrupts, run } = work;
  let steps = 0;
  const progress = progressOn(io, () => steps);
  try {
    return await applyStack({
      stack: stackInput(io, run, options, interrupts.now),
      request: task.saved ?? {
        adopt: options.adopt === true,
        allow_deletes: options.allowDeletes,
        allow_permissions: options.allowPermission,
        destroy: task.mode === "destroy",
        ...(task.mode === "rotate" ? { rotate: task.targets } : {}),
        ...targetsOf(task.targets),
      },
      keep_going: options.keepGoing === true,
      new_ledger: options.newLedger === true,
      lock_timeout: options.lockTimeout,
      sinks: {
        base: io.cwd,
        env: io.env,
        reveal: options.reveal,
        terminal: io.terminals.out,
        ci: isCi(io.env),
        print: (address, value) => {
          progress.end();
          io.out(`${address}: ${value.reveal()}\n`);
        },
        now: Date.now,
      },
      confirm: (plan) => {
        steps = plan.steps.length;
        return ask(work, plan);
      },
      on: progress.on,
      stop: interrupts.stop,
    });
  } finally {
    if (steps > 0) progress.end();
  }
}

/** Shows the plan, which is what the question is about, and asks. */
async function ask(work: Work, plan: Plan): Promise<Answer> {
  const { io, options, task, outputs, interrupts } = work;
  const verbose = options.verbose === true;
  if (outputs.stdout === "text") {
    io.out(`${renderPlanText(plan, { style: io.outStyle, rules: allRules, verbose })}\n`);
    work.shown.plan = true;
  }
  if (options.autoApprove === true) return interrupts.stop.aborted ? "declined" : "approved";
  if (outputs.stdout !== "text")
    io.err(`${renderPlanText(plan, { style: io.errStyle, rules: allRules, verbose })}\n`);
  const [question, expected] =
    task.mode === "destroy"
      ? [`This deletes what is listed above. To go on, type the stack's name, ${plan.stack}: `, plan.stack]
      : [
          task.mode === "rotate"
            ? "Rotate as the plan says? To go on, type yes: "
            : "Apply this plan? To go on, type yes: ",
          "yes",
        ];
  const streams = { input: io.stdin, output: process.stderr };
  return (await confirm(streams, question, expected, interrupts.stop)) ? "answered" : "declined";
}

function finish(work: Work, result: ApplyResult): number {
  const { io, options, outputs, run } = work;
  const diagnostics = joined(run.diagnostics, result.diagnostics);
  const planShown = work.shown.plan;
  const stopped = work.interrupts.stop.aborted;
  const verbose = options.verbose === true;
  const planText = (style: Style): string =>
    result.plan === undefined ? "" : renderPlanText(result.plan, { style, rules: allRules, verbose });
  if (result.state !== "applied") {
    if (outputs.stdout === "text" && !planShown) io.out(planText(io.outStyle));
    const made = result.plan === undefined ? {} : madeOf(result.plan);
    if (result.state === "declined") {
      throw stopped
        ? new Failure("INTERRUPTED", "interrupted before the first step: nothing was done", { made })
        : new Failure("DECLINED", "nothing was done: the answer was not the one asked for", { made });
    }
    throw failureOf("NOT_STARTED", "nothing was done", diagnostics, made);
  }
  const { plan, report } = result;
  const error = problemOf(report);
  const made = { ...madeOf(plan), report };
  const worthTelling = report.results.length > 0 || error !== undefined;
  const reportText = (style: Style): string => (worthTelling ? renderReportText(report, { style }) : "");
  const notes = diagnostics.filter((item) => !plan.diagnostics.includes(item));
  // Those of the files have been shown by now.
  const fresh = result.diagnostics.filter((item) => !plan.diagnostics.includes(item));
  io.err(renderDiagnosticsText(fresh, { style: io.errStyle }));
  emit(
    io,
    outputs,
    {
      text: (style) => [planText(style), reportText(style)].filter((text) => text !== "").join("\n"),
      json: () =>
        error === undefined
          ? jsonText({ format: 1, ...made, diagnostics: notes })
          : renderFailureJson(error, notes, made),
      markdown: () =>
        worthTelling ? renderReportMarkdown(report) : renderPlanMarkdown(plan, { rules: allRules }),
    },
    (planShown ? "" : `${planText(io.outStyle)}${worthTelling ? "\n" : ""}`) + reportText(io.outStyle),
  );
  if (error !== undefined) return 1;
  return options.detailedExitcode === true && hasChanges(plan) ? 2 : 0;
}

/** A plan in a JSON document, with the digest that an approval names. */
function madeOf(plan: Plan): { readonly plan: Plan; readonly digest: string } {
  return { plan, digest: planDigest(plan) };
}

/** Why an apply that ran is no success. */
function problemOf(report: ApplyReport): { readonly code: string; readonly message: string } | undefined {
  if (report.interrupted) return { code: "INTERRUPTED", message: endText(report) };
  if (report.results.some((result) => result.outcome === "failed")) {
    return { code: "APPLY_FAILED", message: endText(report) };
  }
  if (!report.converged) return { code: "NOT_CONVERGED", message: endText(report) };
  if (report.refused.length > 0) return { code: "PLAN_REFUSED", message: "parts of the plan were refused" };
  return undefined;
}

function refuseUnasked(io: Io, options: Options, task: Task): void {
  const { mode } = task;
  if (options.autoApprove === true) return;
  if (io.terminals.in && io.terminals.err && !options.file.includes("-")) return;
  throw new Failure("NOT_APPROVED", `${mode} asks before it starts, and there is no terminal to ask on`, {
    hint:
      mode === "destroy"
        ? "run it from a terminal to see what it deletes before it asks, or with --auto-approve"
        : `look at \`gateform ${lookFirst(task)}\`, then run it with --auto-approve`,
  });
}

/** The command that shows what a task would do. */
function lookFirst({ mode, targets, saved }: Task): string {
  if (saved !== undefined) return `show ${saved.file}`;
  if (mode !== "rotate") return "plan";
  return ["plan", ...targets.flatMap((target) => [`--target ${target}`, `--rotate ${target}`])].join(" ");
}

function refuseHiddenReveal(options: Options, outputs: Outputs): void {
  if (options.reveal.length === 0 || outputs.stdout === "text") return;
  throw new Failure("USAGE", `--reveal shows a value on stdout, where this run puts ${outputs.stdout}`, {
    hint: `give --output ${outputs.stdout}=FILE instead`,
  });
}
