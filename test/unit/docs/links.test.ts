import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { anchorsOf, pages, proseOf, root, textOf } from "./pages.ts";

/** Link targets of a page that stay in the repository. */
function linksOf(page: string): readonly string[] {
  // Links whose text is a code span lose it with the span; the target is outside of it.
  const prose = textOf(page).replaceAll(/^```[\s\S]*?^```$/gm, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** What is wrong with a link of a page, or nothing. */
function problemOf(page: string, link: string): string | undefined {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(root, target))) return `${page}: there is no ${target}`;
  if (anchor === undefined || !target.endsWith(".md")) return undefined;
  return anchorsOf(target).has(anchor) ? undefined : `${page}: ${target} has no heading #${anchor}`;
}

describe("links in the documentation", () => {
  test.each(pages)("those of %s lead somewhere", (page) => {
    expect(linksOf(page).flatMap((link) => problemOf(page, link) ?? [])).toEqual([]);
  });

  test("every page under docs/ is linked from another one", () => {
    const linked = new Set(
      pages.flatMap((page) =>
        linksOf(page).map((link) => normalize(join(dirname(page), link.split("#")[0] ?? ""))),
      ),
    );
    expect(pages.filter((page) => page.startsWith("docs/") && !linked.has(page))).toEqual([]);
  });

  test("a link to nowhere is noticed", () => {
    expect(problemOf("README.md", "docs/nothing.md")).toContain("there is no docs/nothing.md");
    expect(problemOf("README.md", "docs/guide.md#nothing")).toContain("no heading #nothing");
    expect(problemOf("README.md", "docs/guide.md#lifecycle")).toBeUndefined();
  });

  test("no page speaks of a machine's folders", () => {
    const wrong = pages.filter((page) => /(?:^|\s)\/(?:home|root|tmp|work|Users)\//m.test(proseOf(page)));
    expect(wrong).toEqual([]);
  });
});
