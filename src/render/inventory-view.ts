// What a stack owns, as people read it: by kind, with a sentence for whatever is out of the ordinary.

import type { Inventory, OwnedResource } from "../model/inventory.ts";
import type { RulesByKind } from "../model/kind-rules.ts";
import { counted, plural } from "./counts.ts";
import { deliveryText } from "./ledger-view.ts";

export interface InventoryGroup {
  /** `Cloudflare gateways` */
  readonly title: string;
  readonly resources: readonly OwnedResource[];
}

export interface InventoryWords {
  readonly rules: RulesByKind;
  /** Provider → its name for people. */
  readonly titles: Readonly<Record<string, string>>;
}

/** One group per kind, in the inventory's order. */
export function groupsOf(inventory: Inventory, { rules, titles }: InventoryWords): InventoryGroup[] {
  const groups = new Map<string, OwnedResource[]>();
  for (const resource of inventory.resources) {
    const group = groups.get(resource.kind);
    if (group === undefined) groups.set(resource.kind, [resource]);
    else group.push(resource);
  }
  return [...groups].map(([kind, resources]) => {
    const provider = kind.split(".")[0] ?? "";
    const noun = rules.get(kind)?.noun;
    const title = noun === undefined ? kind : `${titles[provider] ?? provider} ${plural(noun)}`;
    return { title: `${title} (${resources.length})`, resources };
  });
}

/** `protected, retained when removed`; empty for the defaults. */
export function lifecycleText({ prevent_destroy, on_remove }: OwnedResource): string {
  const parts = [
    ...(prevent_destroy ? ["prevent_destroy"] : []),
    ...(on_remove === "retain" ? ["on_remove: retain"] : []),
  ];
  return parts.join(", ");
}

/** Where its value went, one place each; says so where this stack has put it nowhere. */
export function deliveryTexts({ delivered, status }: OwnedResource): string[] {
  if (delivered === undefined) return [];
  if (delivered.length === 0)
    return status === "ready" ? ["nowhere by this stack, as of what is adopted"] : [];
  return delivered.map(deliveryText);
}

/** What the next apply has to do with it, or what must be known of it now. */
export function stateTexts(resource: OwnedResource): string[] {
  const { status, declared, rotating, retiring, settling_until } = resource;
  return [
    ...(status === "creating"
      ? ["interrupted: its create was cut off; the next apply finds out what became of it"]
      : []),
    ...(status === "deleted"
      ? ["interrupted: the old one is deleted, the new one is not made yet; the next apply makes it"]
      : []),
    ...(rotating === true
      ? ["interrupted: a rotation was cut off or failed half-way; the next apply ends it"]
      : []),
    ...(declared ? [] : ["no longer declared in the file: `gateform plan` says what becomes of it"]),
    ...retiring.map(({ id, due, delivering }) =>
      delivering === true
        ? `undelivered: ${id} is still live, as a sink may have its value, and goes when another is in all sinks`
        : `retiring: ${id} is still live and goes after ${due}`,
    ),
    ...(settling_until === undefined ? [] : [`settling: reads may show old values until ${settling_until}`]),
  ];
}

/** The last line. */
export function inventorySummary({ resources }: Inventory): string {
  const count = (test: (resource: OwnedResource) => boolean) => resources.filter(test).length;
  const interrupted = count((resource) => resource.status !== "ready");
  const undeclared = count((resource) => !resource.declared);
  const rest = [
    ...(interrupted > 0 ? [`${interrupted} interrupted`] : []),
    ...(undeclared > 0 ? [`${undeclared} no longer declared`] : []),
  ];
  return `${counted(resources.length, "resource")} in the ledger${rest.length > 0 ? `: ${rest.join(", ")}` : ""}.`;
}
