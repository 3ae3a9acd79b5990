// What a stack owns, as one pull-request comment: a table per kind.

import type { Inventory, OwnedResource } from "../model/inventory.ts";
import {
  deliveryTexts,
  groupsOf,
  type InventoryWords,
  inventorySummary,
  lifecycleText,
  stateTexts,
} from "./inventory-view.ts";
import { fitMarkdown } from "./markdown-fit.ts";
import { accountsLine, left } from "./markdown-parts.ts";
import { codeSpan, marker, prose } from "./markdown-text.ts";
import { cutMiddle } from "./safe-text.ts";

interface Column {
  readonly title: string;
  readonly cell: (resource: OwnedResource) => string;
}

const COLUMNS: readonly Column[] = [
  { title: "Address", cell: ({ address }) => codeSpan(address) },
  { title: "Id", cell: ({ id }) => (id === null ? "" : codeSpan(id)) },
  { title: "In", cell: ({ parent }) => (parent === undefined ? "" : codeSpan(parent)) },
  {
    title: "URLs",
    cell: ({ urls }) =>
      Object.entries(urls)
        .map(([name, url]) => `${prose(name)}: ${codeSpan(url)}`)
        .join("<br>"),
  },
  { title: "Delivered", cell: (resource) => deliveryTexts(resource).map(prose).join("<br>") },
  { title: "Lifecycle", cell: (resource) => prose(lifecycleText(resource)) },
  { title: "Last change", cell: ({ changed_at }) => prose(changed_at) },
  { title: "Note", cell: (resource) => stateTexts(resource).map(prose).join("<br>") },
];

export function renderInventoryMarkdown(inventory: Inventory, words: InventoryWords): string {
  const head = [
    marker("show", inventory.stack),
    `### gateform show: ${codeSpan(cutMiddle(inventory.stack, 100))}`,
    `**${inventorySummary(inventory)}** Ledger: ${codeSpan(cutMiddle(inventory.ledger, 300))}, serial ${inventory.serial}.`,
  ].join("\n\n");
  const sections = groupsOf(inventory, words).map(({ title, resources }) => ({
    heading: `#### ${prose(title)}`,
    items: tableOf(resources),
    between: "\n" as const,
    rest: (count: number) => left(count, "resource"),
  }));
  return fitMarkdown(head, sections, accountsLine(inventory));
}

/** The head counts as part of the first row, without which it would stand for nothing. */
function tableOf(resources: readonly OwnedResource[]): string[] {
  const columns = COLUMNS.filter(({ cell }) => resources.some((resource) => cell(resource) !== ""));
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const head = [row(columns.map(({ title }) => title)), row(columns.map(() => "---"))].join("\n");
  const rows = resources.map((resource) =>
    // GitHub's tables take a "|" for a border even inside a code span.
    row(columns.map(({ cell }) => cell(resource).replace(/\\?\|/g, "\\|"))),
  );
  return rows.map((text, index) => (index === 0 ? `${head}\n${text}` : text));
}
