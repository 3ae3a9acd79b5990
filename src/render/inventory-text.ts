// What a stack owns, for terminals: a block per kind, aligned.

import type { Inventory, OwnedResource } from "../model/inventory.ts";
import { padded } from "./display-width.ts";
import {
  deliveryTexts,
  groupsOf,
  type InventoryWords,
  inventorySummary,
  lifecycleText,
  stateTexts,
} from "./inventory-view.ts";
import { joinSections } from "./plan-text.ts";
import { safeLine } from "./safe-text.ts";
import type { Style } from "./style.ts";

export interface InventoryTextOptions extends InventoryWords {
  readonly style: Style;
}

/** Ends with a line break. */
export function renderInventoryText(inventory: Inventory, options: InventoryTextOptions): string {
  const { style } = options;
  const accounts = Object.entries(inventory.accounts).sort(([a], [b]) => (a < b ? -1 : 1));
  return joinSections([
    [
      `${style.bold("Stack")} ${safeLine(inventory.stack)}`,
      ...accounts.map(([provider, account]) => `  ${safeLine(provider)}: ${safeLine(account)}`),
      `  ledger: ${safeLine(inventory.ledger)}, serial ${inventory.serial}`,
    ],
    ...groupsOf(inventory, options).map(({ title, resources }) => [
      style.bold(safeLine(title)),
      ...resourceLines(resources, style),
    ]),
    [style.bold(inventorySummary(inventory))],
  ]);
}

function resourceLines(resources: readonly OwnedResource[], style: Style): string[] {
  const addresses = padded(resources.map(({ address }) => safeLine(address)));
  const ids = padded(resources.map(({ id }) => safeLine(id ?? "(no id)")));
  const parents = padded(
    resources.map(({ parent }) => (parent === undefined ? "" : `in ${safeLine(parent)}`)),
  );
  return resources.flatMap((resource, index) => {
    const cells = [addresses[index], ids[index], ...(parents[index] === "" ? [] : [parents[index]])];
    return [
      `  ${cells.join("  ")}  ${style.dim(safeLine(resource.changed_at))}`,
      ...detailLines(resource, style),
    ];
  });
}

function detailLines(resource: OwnedResource, style: Style): string[] {
  const lifecycle = lifecycleText(resource);
  return [
    ...Object.entries(resource.urls).map(([name, url]) => `      ${safeLine(name)}: ${safeLine(url)}`),
    ...deliveryTexts(resource).map((text) => `      delivered: ${safeLine(text)}`),
    ...(lifecycle === "" ? [] : [`      lifecycle: ${lifecycle}`]),
    ...stateTexts(resource).map((text) => `      ${style.yellow(`! ${safeLine(text)}`)}`),
  ];
}
