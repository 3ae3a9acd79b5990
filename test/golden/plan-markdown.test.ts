import { describe, expect, test } from "vitest";
import { MARKDOWN_LIMIT } from "../../src/render/markdown-fit.ts";
import { renderPlanMarkdown } from "../../src/render/plan-markdown.ts";
import { MARKDOWN_ATTACKS, TERMINAL_ATTACKS } from "./sample-hostile.ts";
import { changeOf, planOf, stepOf } from "./sample-plan.ts";
import { standing, values } from "./sample-standing.ts";
import { createGateway, deleteGateway, everyStep, riskyUpdate } from "./sample-steps.ts";

const golden = (name: string) => `__snapshots__/plan-markdown/${name}.md`;

/** A plan of many equal updates, each some 300 bytes of markdown. */
const hugePlan = (count: number) =>
  planOf({
    steps: Array.from({ length: count }, (_, index) =>
      stepOf({
        action: "update",
        address: `vercel.rule.r${index}`,
        reason: "changed",
        changes: [changeOf("reason", `世界 ${"x".repeat(80)}`, `👋 ${"y".repeat(80)}`)],
      }),
    ),
  });

describe("the markdown of a plan", () => {
  test("says in one line that there is nothing to do", async () => {
    await expect(renderPlanMarkdown(planOf({ unchanged: ["vercel.rule.a"] }))).toMatchFileSnapshot(
      golden("empty"),
    );
  });

  test("has counts, risks and one folded block per resource", async () => {
    const rendered = renderPlanMarkdown(planOf({ steps: [...everyStep, riskyUpdate] }));
    await expect(rendered).toMatchFileSnapshot(golden("every-action"));
  });

  test("shows what is refused, kept, settling, unmanaged and found", async () => {
    await expect(renderPlanMarkdown(standing)).toMatchFileSnapshot(golden("standing"));
  });

  test("shows long scalars in full and structures as a line diff", async () => {
    await expect(renderPlanMarkdown(planOf({ steps: [values] }))).toMatchFileSnapshot(golden("values"));
  });

  test("gives hostile text no meaning", async () => {
    const attacks = [...MARKDOWN_ATTACKS, ...TERMINAL_ATTACKS];
    const steps = attacks.map((attack) =>
      stepOf({
        action: "update",
        address: attack,
        reason: "changed",
        changes: [changeOf(attack, attack, { [attack]: attack })],
        risks: [{ code: attack, path: attack, message: attack }],
      }),
    );
    const plan = planOf({
      stack: "--> @octocat",
      steps,
      refused: attacks.map((attack) => ({ address: attack, code: attack, message: attack, hint: attack })),
      unmanaged: attacks.map((attack) => ({ kind: attack, id: attack, name: attack })),
    });
    await expect(renderPlanMarkdown(plan)).toMatchFileSnapshot(golden("hostile"));
  });

  test("begins with a hidden marker that names the stack", () => {
    expect(renderPlanMarkdown(planOf({}))).toMatch(/^<!-- gateform:plan stack=acme-prod -->\n\n/);
  });

  test("fits one comment, cut by whole resources with a count of the rest", () => {
    const rendered = renderPlanMarkdown(hugePlan(1_000));
    const shown = rendered.match(/<details>/g)?.length ?? 0;
    expect(Buffer.byteLength(rendered)).toBeLessThanOrEqual(MARKDOWN_LIMIT);
    expect(Buffer.byteLength(rendered)).toBeGreaterThan(MARKDOWN_LIMIT - 1_000);
    expect(rendered.match(/<\/details>/g)).toHaveLength(shown);
    expect(rendered).toContain(`… and ${1_000 - shown} more resources`);
    expect(rendered).toContain("1000 to update");
  });

  test("is cut in the middle of no block", async () => {
    await expect(renderPlanMarkdown(hugePlan(9), { limit: 2_000 })).toMatchFileSnapshot(golden("cut"));
  });

  test("names a resource whose changes are too long and still shows the others", () => {
    const giant = stepOf({
      action: "update",
      address: "cloudflare.gateway.giant",
      reason: "changed",
      changes: [changeOf("prompt", null, "x\n".repeat(40_000))],
    });
    const rendered = renderPlanMarkdown(planOf({ steps: [giant, createGateway] }));
    expect(rendered).toContain("<code>cloudflare.gateway.giant</code> update");
    expect(rendered).toContain("1 changed field, too long to show here");
    expect(rendered).toContain("<code>cloudflare.gateway.support</code> create");
    expect(rendered.length).toBeLessThan(5_000);
  });

  test("keeps the risks when there are too many resources", () => {
    const plan = hugePlan(1_000);
    const rendered = renderPlanMarkdown({ ...plan, steps: [...plan.steps, riskyUpdate] });
    expect(rendered).toContain("authentication-off");
  });

  test("says how to allow the deletes that the brake stops", () => {
    const rendered = renderPlanMarkdown(planOf({ steps: [deleteGateway], summary: { counted_deletes: 1 } }));
    expect(rendered).toContain("> **Brake:** 1 delete, 0 allowed: apply will not start.");
    expect(rendered).toContain("`--allow-deletes 1`");
  });
});
