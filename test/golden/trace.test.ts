import { describe, expect, test } from "vitest";
import type { Outcome, TraceStep } from "../../src/model/behaviour.ts";
import { renderPlanMarkdown } from "../../src/render/plan-markdown.ts";
import { renderPlanText } from "../../src/render/plan-text.ts";
import { PLAIN } from "../../src/render/style.ts";
import { renderTraceMarkdown, renderTraceText } from "../../src/render/trace.ts";
import { behaviour, chainToDeny, throughVirtualModel } from "./sample-behaviour.ts";
import { MARKDOWN_ATTACKS, TERMINAL_ATTACKS } from "./sample-hostile.ts";
import { planOf } from "./sample-plan.ts";
import { updateRule } from "./sample-steps.ts";

/** The last two. */
const lines = (text: string): readonly string[] => text.trimEnd().split("\n").slice(-2);
const golden = (name: string) => `__snapshots__/trace/${name}`;

describe("a trace", () => {
  test("tells step by step what happens, with addresses and places, and how it ends", async () => {
    const style = PLAIN;
    await expect(renderTraceText([chainToDeny], { style })).toMatchFileSnapshot(golden("deny.txt"));
    await expect(renderTraceText([throughVirtualModel], { style })).toMatchFileSnapshot(
      golden("virtual.txt"),
    );
  });

  test("names the address of a relay, and says that a router chooses", async () => {
    const [rewrite, resolve] = throughVirtualModel.steps as [TraceStep, TraceStep];
    const { outcome } = throughVirtualModel;
    const via = (how: Pick<Outcome, "relay" | "unordered">) =>
      lines(
        renderTraceText(
          [
            {
              ...throughVirtualModel,
              steps: [rewrite, { ...resolve, ...how }],
              outcome: { ...outcome, ...how },
            },
          ],
          { style: PLAIN },
        ),
      );
    expect(via({ relay: "https://relay.acme.com/v1" })).toEqual([
      "  2. vmc/fast stands for openai/gpt-5.1, else anthropic/claude-haiku-4.5 through the relay https://relay.acme.com/v1 (vercel.virtual_model.fast)",
      "Served by openai/gpt-5.1, else by anthropic/claude-haiku-4.5 through the relay https://relay.acme.com/v1",
    ]);
    expect(via({ unordered: true })).toEqual([
      "  2. vmc/fast stands for one of openai/gpt-5.1, anthropic/claude-haiku-4.5 (vercel.virtual_model.fast)",
      "Served by one of openai/gpt-5.1, anthropic/claude-haiku-4.5",
    ]);
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
