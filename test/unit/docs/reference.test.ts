import { describe, expect, test } from "vitest";
import { generatedDocs } from "../../../scripts/docs/pages.ts";
import { withPlan } from "../../../scripts/docs/readme-plan.ts";
import { root, textOf } from "./pages.ts";

const generated = await generatedDocs(root);

describe("generated documentation", () => {
  test.each(Object.keys(generated))("%s is what the code generates", (path) => {
    // To mend: npm run generate.
    expect(textOf(path)).toBe(generated[path]);
  });

  test("the README's plan comes from a run and replaces whatever stands there", () => {
    const readme = textOf("README.md");
    const stale = withPlan(readme, "something else");
    expect(stale).not.toBe(readme);
    expect(generated["README.md"]).toMatch(/\+ cloudflare\.gateway\.support {2}create/);
    expect(() => withPlan("no place for it", "plan")).toThrow("no place for the plan");
  });

  test("nothing in the tables of kinds, JSON and codes is without a meaning", () => {
    const pages = ["kinds", "json", "diagnostics"].map((name) => `docs/reference/${name}.md`);
    const rows = pages.flatMap((path) =>
      (generated[path] ?? "").split("\n").filter((line) => line.startsWith("| ")),
    );
    expect(rows.length).toBeGreaterThan(200);
    expect(rows.filter((row) => row.endsWith("|  |"))).toEqual([]);
  });
});
