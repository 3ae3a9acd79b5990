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

  test("no row of a reference table is without its meaning", () => {
    const empty = Object.entries(generated).flatMap(([path, text]) =>
      text.split("\n").filter((line) => /^\| .*\| {2}\|$/.test(line) && !path.includes("README")),
    );
    expect(empty.filter((line) => !/`(?:none|\d+|0s)?` \|/.test(line) && line.split("|").length < 5)).toEqual(
      [],
    );
  });
});
