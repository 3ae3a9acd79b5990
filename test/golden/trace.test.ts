import { describe, expect, test } from "vitest";
import { renderPlanMarkdown } from "../../src/render/plan-markdown.ts";
import { renderPlanText } from "../../src/render/plan-text.ts";
import { PLAIN } from "../../src/render/style.ts";
import { renderTraceMarkdown, renderTraceText } from "../../src/render/trace.ts";
import { behaviour, chainToDeny, throughVirtualModel } from "./sample-behaviour.ts";
import { MARKDOWN_ATTACKS, TERMINAL_ATTACKS } from "./sample-hostile.ts";
import { planOf } from "./sample-plan.ts";
import { updateRule } from "./sample-steps.ts";

const golden = (name: string) => `__snapshots__/trace/${name}`;

describe("a trace", () => {
  test("tells step by step what happens, with addresses and places, and how it ends", async () => {
    const style = PLAIN;
    await expect(renderTraceText([chainToDeny], { style })).toMatchFileSnapshot(golden("deny.txt"));
    await expect(renderTraceText([throughVirtualModel], { style })).toMatchFileSnapshot(
      golden("virtual.txt"),
    );
  });

  test("does so in markdown, and gives hostile text no meaning there", async () => {
    await expect(renderTraceMarkdown([chainToDeny, throughVirtualModel])).toMatchFileSnapshot(
      golden("both.md"),
    );
    const attacks = [...MARKDOWN_ATTACKS, ...TERMINAL_ATTACKS];
    const steps = attacks.map((attack) => ({
      action: "deny" as const,
      by: attack,
      from: attack,
      to: [],
      reason: attack,
    }));
    const hostile = [{ ...chainToDeny, subject: attacks.join(""), steps }];
    await expect(renderTraceMarkdown(hostile)).toMatchFileSnapshot(golden("hostile.md"));
  });
});

describe("a plan that changes what requests get", () => {
  const plan = planOf({ steps: [updateRule], behaviour });

  test("says so after its steps, before and after", async () => {
    await expect(renderPlanText(plan, { style: PLAIN })).toMatchFileSnapshot(golden("plan.txt"));
    await expect(renderPlanMarkdown(plan)).toMatchFileSnapshot(golden("plan.md"));
  });

  test("counts what does not fit into a comment", () => {
    const [change] = behaviour.changes;
    const changes = Array.from({ length: 900 }, (_, index) => ({ ...change, subject: `x/${index}` }));
    const rendered = renderPlanMarkdown({
      ...plan,
      behaviour: { format: 1, changes: changes as typeof behaviour.changes },
    });
    const shown = rendered.match(/<br>after: /g)?.length ?? 0;
    expect(shown).toBeGreaterThan(100);
    expect(rendered).toContain(`… and ${900 - shown} more models`);
  });

  test("says nothing where nothing differs", () => {
    const quiet = planOf({ steps: [updateRule], behaviour: { format: 1, changes: [] } });
    expect(renderPlanText(quiet, { style: PLAIN })).not.toContain("Requests");
    expect(renderPlanMarkdown(quiet)).not.toContain("Requests");
  });
});
