// Laws of the renderers: whatever a plan holds, its views act on no terminal, fit a comment and depend on the
// plan alone.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../src/base/diagnostic.ts";
import { deepFreeze, isObject } from "../../src/base/json.ts";
import type { Plan } from "../../src/model/plan.ts";
import type { ApplyReport } from "../../src/model/report.ts";
import { renderDiagnosticsJson } from "../../src/render/diagnostics-json.ts";
import { renderDiagnosticsMarkdown } from "../../src/render/diagnostics-markdown.ts";
import { renderDiagnosticsText } from "../../src/render/diagnostics-text.ts";
import { renderDriftJson } from "../../src/render/drift-json.ts";
import { renderDriftMarkdown } from "../../src/render/drift-markdown.ts";
import { renderDriftText } from "../../src/render/drift-text.ts";
import { splitDrift } from "../../src/render/drift-view.ts";
import { jsonText } from "../../src/render/json-text.ts";
import { MARKDOWN_LIMIT } from "../../src/render/markdown-fit.ts";
import { renderPlanJson } from "../../src/render/plan-json.ts";
import { renderPlanMarkdown } from "../../src/render/plan-markdown.ts";
import { renderPlanText } from "../../src/render/plan-text.ts";
import { renderReportMarkdown } from "../../src/render/report-markdown.ts";
import { renderReportText } from "../../src/render/report-text.ts";
import { PLAIN } from "../../src/render/style.ts";
import { renderTraceMarkdown, renderTraceText } from "../../src/render/trace.ts";
import { answer, diagnostic, plan, report } from "./arbitrary-plan.ts";

const style = PLAIN;
const RUNS = { numRuns: 60 };

const planTexts = (it: Plan) => [
  renderPlanText(it, { style }),
  renderPlanText(it, { style, verbose: true }),
  renderDriftText(it, { style }),
];
const planMarkdowns = (it: Plan) => [renderPlanMarkdown(it), renderDriftMarkdown(it)];
const planJsons = (it: Plan) => [renderPlanJson(it), renderDriftJson(it)];
const planViews = (it: Plan) => [...planTexts(it), ...planMarkdowns(it), ...planJsons(it)];
const reportViews = (it: ApplyReport) => [
  renderReportText(it, { style }),
  renderReportMarkdown(it),
  jsonText(it),
];
const diagnosticViews = (it: readonly Diagnostic[]) => [
  renderDiagnosticsText(it, { style }),
  renderDiagnosticsMarkdown(it),
  renderDiagnosticsJson(it),
];

/** Control characters but line feed, bidi and other invisible formats, lone surrogates. */
const ACTING = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

function expectHarmless(views: readonly string[]): void {
  for (const view of views) expect(ACTING.exec(view)?.[0]).toBeUndefined();
}

/** The same data with the members of every object in the opposite order. */
function turned<T>(value: T): T {
  if (Array.isArray(value)) return value.map(turned) as T;
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, turned(item)]),
  ) as T;
}

test("whatever a trace holds, no view of it acts on a terminal", () => {
  fc.assert(
    fc.property(fc.array(answer, { maxLength: 2 }), (it) =>
      expectHarmless([renderTraceText(it, { style }), renderTraceMarkdown(it), jsonText(it)]),
    ),
    RUNS,
  );
});

describe("whatever a plan holds", () => {
  test("no view of it acts on a terminal", () => {
    fc.assert(
      fc.property(plan, (it) => expectHarmless(planViews(it))),
      RUNS,
    );
  });

  test("its markdown fits one comment", () => {
    const big = fc.tuple(plan, fc.integer({ min: 1, max: 12 }));
    fc.assert(
      fc.property(big, ([it, times]) => {
        const steps = Array.from({ length: times }, (_, copy) =>
          it.steps.map((step) => ({ ...step, address: `${step.address}${copy}` })),
        ).flat();
        for (const view of planMarkdowns({ ...it, steps })) {
          expect(Buffer.byteLength(view)).toBeLessThanOrEqual(MARKDOWN_LIMIT);
        }
      }),
      RUNS,
    );
  });

  test("its views depend on the plan alone, not on the order of its keys, and leave it as it is", () => {
    fc.assert(
      fc.property(plan, (it) => {
        deepFreeze(it);
        expect(planViews(turned(it))).toEqual(planViews(it));
      }),
      RUNS,
    );
  });

  test("its JSON is the plan", () => {
    fc.assert(
      fc.property(plan, (it) => {
        expect(JSON.parse(renderPlanJson(it))).toEqual(JSON.parse(JSON.stringify(it)));
      }),
      RUNS,
    );
  });

  test("every field that the world moved is drift, and every other field is not", () => {
    fc.assert(
      fc.property(plan, (it) => {
        const { drift, configOnly } = splitDrift(it);
        const moved = (name: string) => name === "world" || name === "both";
        expect(drift.flatMap((item) => item.changes).every((change) => moved(change.moved))).toBe(true);
        expect(configOnly.flatMap((block) => block.changes).some((change) => moved(change.moved))).toBe(
          false,
        );
      }),
      RUNS,
    );
  });

  test("a sensitive value without a mark is in no view for people", () => {
    const canary = "hunter2-canary";
    fc.assert(
      fc.property(plan, fc.constantFrom(canary, [canary], { key: { deep: canary } }), (it, value) => {
        const steps = it.steps.map((step) => ({
          ...step,
          changes: step.changes.map((change) => ({
            ...change,
            before: value,
            after: value,
            sensitive: true as const,
          })),
        }));
        for (const view of [...planTexts({ ...it, steps }), ...planMarkdowns({ ...it, steps })]) {
          expect(view).not.toContain("hunter2");
        }
      }),
      RUNS,
    );
  });
});

describe("whatever a report or a diagnostic holds", () => {
  test("no view of it acts on a terminal, and its markdown fits one comment", () => {
    fc.assert(
      fc.property(report, fc.array(diagnostic, { maxLength: 5 }), (it, list) => {
        const views = [...reportViews(it), ...diagnosticViews(list)];
        expectHarmless(views);
        for (const view of [views[1], views[4]])
          expect(Buffer.byteLength(view ?? "")).toBeLessThanOrEqual(MARKDOWN_LIMIT);
      }),
      RUNS,
    );
  });
});
