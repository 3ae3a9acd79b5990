import { describe, expect, test } from "vitest";
import type { ApplyReport } from "../../src/model/report.ts";
import { jsonText } from "../../src/render/json-text.ts";
import { renderReportMarkdown } from "../../src/render/report-markdown.ts";
import { renderReportText } from "../../src/render/report-text.ts";
import { PLAIN } from "../../src/render/style.ts";
import { reportOf, resultOf } from "./sample-plan.ts";
import { everyOutcome } from "./sample-report.ts";
import { retireKey } from "./sample-steps.ts";

const text = (report: ApplyReport) => renderReportText(report, { style: PLAIN });
const lastLine = (report: ApplyReport) => text(report).trimEnd().split("\n").at(-1);
const done = resultOf({ action: "update", address: "vercel.rule.a", outcome: "done" });

describe("the text of an apply report", () => {
  test("has one line per step with its outcome and the reasons of what failed", async () => {
    await expect(text(everyOutcome)).toMatchFileSnapshot("__snapshots__/report/every-outcome.txt");
  });

  test("says that the read-back proved convergence", () => {
    const report = reportOf({ results: [done] });
    expect(lastLine(report)).toBe("Converged: read back and planned again, nothing is left to do.");
  });

  test("does not call a run converged that left out what is refused", () => {
    const refused = [{ address: "vercel.rule.b", code: "NOT_OWNED", message: "somebody else's" }];
    expect(lastLine(reportOf({ results: [done], refused }))).toMatch(/^Converged but for 1 refused: /);
  });

  test("counts settling values without calling them a rest", () => {
    const settling = [{ address: "vercel.rule.a", path: "reason", until: "2026-11-20T09:31:00Z" }];
    expect(lastLine(reportOf({ results: [done], settling }))).toContain(
      "nothing is left to do, 1 value settling.",
    );
  });

  test("says how to go on after an interruption", () => {
    expect(lastLine(reportOf({ results: [done], interrupted: true, converged: false }))).toBe(
      "Interrupted: what was done is in the ledger. Run `gateform apply` again to go on from there.",
    );
  });

  test("names the step behind a blocked one once", () => {
    const because = "update vercel.rule.a";
    const blocked = { action: "update", address: "vercel.rule.b", outcome: "blocked", because } as const;
    const times = (message: string) => {
      const drawn = text(reportOf({ results: [resultOf({ ...blocked, message })] }));
      return drawn.split(because).length - 1;
    };
    expect(times(`needs \`${because}\`, which did not succeed`)).toBe(1);
    expect(times("it stays")).toBe(1);
  });

  test("names an earlier one of an address by its id, here and in markdown", () => {
    const { id: step, action, address } = retireKey;
    const report = reportOf({ results: [resultOf({ step, action, address, outcome: "done" })] });
    expect(text(report)).toContain("delete vercel.key.ci (id key_1)\n");
    expect(renderReportMarkdown(report)).toContain("delete `vercel.key.ci (id key_1)`");
  });

  test("says that there was nothing to do", () => {
    expect(text(reportOf({}))).toContain("Apply: nothing to do.");
  });
});

describe("the markdown of an apply report", () => {
  test("puts what went wrong first", async () => {
    await expect(renderReportMarkdown(everyOutcome)).toMatchFileSnapshot(
      "__snapshots__/report/every-outcome.md",
    );
  });
});

describe("the JSON of an apply report", () => {
  test("is the report and nothing else", () => {
    expect(JSON.parse(jsonText(everyOutcome))).toEqual(everyOutcome);
  });
});
