// What a stack owns, as `show` prints it.

import { describe, expect, test } from "vitest";
import { providers } from "../../src/providers/index.ts";
import { renderInventoryMarkdown } from "../../src/render/inventory-markdown.ts";
import { renderInventoryText } from "../../src/render/inventory-text.ts";
import { PLAIN } from "../../src/render/style.ts";
import { MARKDOWN_ATTACKS, TERMINAL_ATTACKS } from "./sample-hostile.ts";
import { everyState, inventoryOf, ownedOf } from "./sample-inventory.ts";

const words = {
  rules: new Map(providers.flatMap(({ kinds }) => kinds.map(({ rules }) => [rules.kind, rules] as const))),
  titles: { cloudflare: "Cloudflare", vercel: "Vercel" },
};
const golden = (name: string) => `__snapshots__/inventory/${name}`;

describe("what a stack owns", () => {
  test("stands by kind, aligned, with a line for whatever is out of the ordinary", async () => {
    await expect(renderInventoryText(everyState, { style: PLAIN, ...words })).toMatchFileSnapshot(
      golden("every-state.txt"),
    );
  });

  test("is a table per kind in markdown, without columns that would be empty", async () => {
    await expect(renderInventoryMarkdown(everyState, words)).toMatchFileSnapshot(golden("every-state.md"));
  });

  test("may be nothing", () => {
    expect(renderInventoryText(inventoryOf([]), { style: PLAIN, ...words })).toContain(
      "0 resources in the ledger.",
    );
    expect(renderInventoryMarkdown(inventoryOf([]), words)).not.toContain("####");
  });

  test("fits one comment, whole rows left out and counted", () => {
    const many = Array.from({ length: 2_000 }, (_, index) =>
      ownedOf({ address: `vercel.rule.r${index}`, id: `rule_${index}` }),
    );
    const markdown = renderInventoryMarkdown(inventoryOf(many), words);
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(65_536);
    const rows = markdown.split("\n").filter((line) => line.startsWith("| `vercel.rule"));
    expect(markdown).toContain(`and ${2_000 - rows.length} more resources`);
  });

  test("acts neither on a terminal nor in a table, whatever the ledger holds", () => {
    for (const attack of [...TERMINAL_ATTACKS, ...MARKDOWN_ATTACKS]) {
      const one = inventoryOf([
        ownedOf({
          address: "vercel.key.k",
          id: attack,
          parent: attack,
          urls: { [attack]: attack },
          delivered: [{ sink: attack, target: attack, at: attack }],
          retiring: [{ id: attack, due: attack }],
          changed_at: attack,
          settling_until: attack,
        }),
      ]);
      const text = renderInventoryText(one, { style: PLAIN, ...words });
      expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      const row = renderInventoryMarkdown(one, words)
        .split("\n")
        .filter((line) => line.startsWith("| `vercel.key.k`"));
      expect(row).toHaveLength(1);
      expect(row[0]?.split(/(?<!\\)\|/)).toHaveLength(9);
    }
  });
});
