// What must be so for every check: its page's own examples show it at work, and the files can silence it. A new check
// cannot do without them.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { providers } from "../../../src/providers/index.ts";
import { root, textOf } from "../docs/pages.ts";
import { checks, codesOf, findings, live, loaded } from "./bench.ts";

const kinds = providers.flatMap((provider) => provider.kinds.map(({ rules }) => rules.kind));

test("no two checks have one code", () => {
  expect(new Set(checks.map(({ code }) => code)).size).toBe(checks.length);
});

describe.each(checks.map((check) => [check.code, check] as const))("%s", (code, check) => {
  const { page } = check;
  const shown = live(...(page.live ?? []));

  test("is about a kind of its provider and has words for every part of its page", () => {
    expect(kinds).toContain(check.kind);
    expect(check.title).toMatch(/^[A-Z].*[^.]$/);
    for (const text of [page.meaning, page.importance, page.remedy, page.silence]) {
      expect(text).toMatch(/^[A-Z`][\s\S]{30,}\.$/);
    }
  });

  test("fires in the first example, at a place in the file, and says how to silence it", async () => {
    const found = findings(await loaded(page.before), shown);
    expect(codesOf(found)).toEqual([code]);
    const [finding] = found;
    expect(finding?.severity).toBe(check.severity);
    expect(finding?.hint).toContain(`lifecycle: { silence: [${code}] }`);
    if (finding?.address !== undefined) expect(finding).toMatchObject({ position: {}, snippet: /./ });
  });

  test("keeps still after the remedy", async () => {
    expect(codesOf(findings(await loaded(page.after), live()))).toEqual([]);
  });

  test("is silenced by the files", async () => {
    const quiet = `defaults: { ${check.kind}: { lifecycle: { silence: [${code}] } } }\n`;
    expect(codesOf(findings(await loaded(page.before, quiet), shown))).toEqual([]);
  });

  test("is not silenced by another code", async () => {
    const other = checks.find((item) => item.code !== code)?.code;
    const quiet = `defaults: { ${check.kind}: { lifecycle: { silence: [${other}] } } }\n`;
    expect(codesOf(findings(await loaded(page.before, quiet), shown))).toEqual([code]);
  });

  test("changes nothing that it is given", async () => {
    const config = await loaded(page.before);
    const before = structuredClone([config.desired, shown]);
    check.run(config.desired, shown);
    expect([config.desired, shown]).toEqual(before);
  });

  test("has a page that the list of checks links to", () => {
    expect(existsSync(join(root, `docs/diagnostics/${code}.md`))).toBe(true);
    expect(textOf("docs/diagnostics/README.md")).toContain(`(${code}.md)`);
  });
});
