// What an adoption looks like: the result in text and markdown, and the list to pick from.

import { describe, expect, test } from "vitest";
import { renderAdoptionList } from "../../src/render/adopt-list.ts";
import { renderAdoptionMarkdown } from "../../src/render/adopt-markdown.ts";
import { renderAdoptionText } from "../../src/render/adopt-text.ts";
import type { AdoptionView } from "../../src/render/adopt-view.ts";
import { PLAIN } from "../../src/render/style.ts";
import { MARKDOWN_ATTACKS, TERMINAL_ATTACKS } from "./sample-hostile.ts";
import { changeOf, planOf, stepOf } from "./sample-plan.ts";
import { checkSecret, createKey, riskyUpdate, updateRule } from "./sample-steps.ts";

const TWINS = {
  address: "vercel.key.web",
  code: "AMBIGUOUS",
  message: 'several live API keys could be vercel.key.web: "web" (id key_1), "web" (id key_2)',
  hint: "run the one of these that names the right one: `gateform adopt vercel.key.web=key_1`, `gateform adopt vercel.key.web=key_2`",
  position: { file: "gateform.yaml", line: 31, column: 5 },
};

function viewOf(parts: Partial<AdoptionView>): AdoptionView {
  const next = planOf({ unchanged: ["vercel.rule.a"] });
  return { stack: "acme-prod", adopted: [], refused: [], asked: false, next, rules: new Map(), ...parts };
}

const several = viewOf({
  adopted: [riskyUpdate, checkSecret, updateRule].map(({ address }, index) => ({
    address,
    vendor_id: `id_${index}`,
  })),
  refused: [TWINS],
  next: planOf({
    steps: [riskyUpdate, updateRule, createKey, checkSecret],
    refused: [TWINS],
    unchanged: ["vercel.rule.a"],
  }),
});

const views: readonly (readonly [string, AdoptionView])[] = [
  ["several", several],
  ["nothing", viewOf({})],
  ["only-refused", viewOf({ refused: [TWINS], next: planOf({ refused: [TWINS] }) })],
  ["picked-none", viewOf({ asked: true, refused: [TWINS] })],
];

test.each(views)("the text of %s", async (name, view) => {
  await expect(renderAdoptionText(view, { style: PLAIN })).toMatchFileSnapshot(
    `__snapshots__/adopt/${name}.txt`,
  );
});

test.each(views)("the markdown of %s", async (name, view) => {
  await expect(renderAdoptionMarkdown(view)).toMatchFileSnapshot(`__snapshots__/adopt/${name}.md`);
});

test("what the next plan does elsewhere is counted, not shown", () => {
  expect(renderAdoptionText(several, { style: PLAIN })).not.toContain(createKey.address);
  expect(renderAdoptionMarkdown(several)).not.toContain(createKey.address);
});

describe("the list to pick from", () => {
  test("is numbered and aligned, with what the next plan changes", async () => {
    const plain = Array.from({ length: 8 }, (_, index) => ({
      address: `vercel.rule.r${index}`,
      vendor_id: `rule_${index}`,
    }));
    const many = stepOf({
      action: "update",
      address: "cloudflare.gateway.support",
      reason: "existing",
      changes: ["a", "b", "c", "d", "e", "f"].map((path) => changeOf(path, 1, 2)),
    });
    const choices = [
      { address: many.address, vendor_id: "support", update: many },
      { address: riskyUpdate.address, vendor_id: "0b5c", update: riskyUpdate },
      ...plain,
    ];
    await expect(renderAdoptionList(choices, [TWINS], { style: PLAIN })).toMatchFileSnapshot(
      "__snapshots__/adopt/list.txt",
    );
  });

  test("shows hostile text as it is, not as it acts", () => {
    for (const attack of TERMINAL_ATTACKS) {
      const shown = renderAdoptionList([{ address: `vercel.rule.${attack}`, vendor_id: attack }], [], {
        style: PLAIN,
      });
      expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(shown.trimEnd().split("\n")).toHaveLength(2);
    }
  });
});

test("hostile ids act neither on a terminal nor in a comment", async () => {
  const attacks = [...TERMINAL_ATTACKS, ...MARKDOWN_ATTACKS];
  const view = viewOf({
    adopted: attacks.map((attack, index) => ({ address: `vercel.rule.r${index}`, vendor_id: attack })),
  });
  expect(renderAdoptionText(view, { style: PLAIN }).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  await expect(renderAdoptionMarkdown(view)).toMatchFileSnapshot("__snapshots__/adopt/hostile.md");
});
