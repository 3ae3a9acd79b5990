// What a stack owns, put together from its ledger and its file. Asks no vendor.

import type { Address } from "../base/address.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { compareText } from "../base/json.ts";
import type { LedgerBackend } from "../ledger/backend.ts";
import type { Inventory, OwnedResource } from "../model/inventory.ts";
import type { Ledger, LedgerEntry } from "../model/ledger.ts";
import type { AnyKind, AnyProvider } from "../provider/provider.ts";
import { readForShow } from "./ledger-commands.ts";
import { type StackConfig, wrongStack } from "./stack.ts";

export interface InventoryInput {
  readonly config: StackConfig;
  readonly providers: readonly AnyProvider[];
  readonly backend: Pick<LedgerBackend, "read" | "describe">;
  /** ms since 1970 */
  readonly now: number;
  /** Only this one. */
  readonly address?: Address;
}

/** Reads the ledger. Without a usable one, or without the address that was asked for, there are only diagnostics. */
export async function takeInventory(
  input: InventoryInput,
): Promise<{ readonly inventory?: Inventory; readonly diagnostics: readonly Diagnostic[] }> {
  const { backend, config, address } = input;
  const wanted = address === undefined ? [] : [address];
  const { ledger, diagnostics } = await readForShow(backend, wanted, ({ resources }) =>
    Object.keys(resources),
  );
  if (ledger === undefined) return { diagnostics };
  if (ledger.stack !== config.desired.stack) return { diagnostics: [wrongStack(input, ledger)] };
  return { inventory: inventoryOf(input, ledger), diagnostics };
}

function inventoryOf(
  { backend, config, providers, address, now }: InventoryInput,
  ledger: Ledger,
): Inventory {
  const kinds = providers.flatMap((provider) => provider.kinds);
  const rank = new Map(kinds.map((kind, index) => [kind.rules.kind, index]));
  const declared = new Set(config.desired.resources.map((resource) => resource.address));
  const rankOf = (resource: OwnedResource) => rank.get(resource.kind) ?? kinds.length;
  return {
    format: 1,
    stack: ledger.stack,
    lineage: ledger.lineage,
    serial: ledger.serial,
    ledger: backend.describe(),
    accounts: ledger.accounts,
    resources: Object.entries(ledger.resources)
      .filter(([name]) => address === undefined || name === address)
      .map(([name, entry]) => {
        const position = declared.has(name) ? config.locate(name)?.position : undefined;
        return {
          ...ownedResource(name, entry, { ledger, kinds, now }),
          declared: declared.has(name),
          ...(position === undefined ? {} : { position }),
        };
      })
      .sort((a, b) => rankOf(a) - rankOf(b) || compareText(a.address, b.address)),
  };
}

function ownedResource(
  address: Address,
  entry: LedgerEntry,
  {
    ledger,
    kinds,
    now,
  }: { readonly ledger: Ledger; readonly kinds: readonly AnyKind[]; readonly now: number },
): Omit<OwnedResource, "declared" | "position"> {
  const kind = kinds.find((item) => item.rules.kind === entry.kind);
  const account = ledger.accounts[entry.kind.split(".")[0] ?? ""];
  const { id, parent, parent_id } = entry;
  const settles = entry.settling?.until;
  const urls =
    id === null || account === undefined
      ? {}
      : (kind?.definition.urls?.({ account, id, ...(parent_id === undefined ? {} : { parent_id }) }) ?? {});
  return {
    address,
    kind: entry.kind,
    // What a replacement has deleted is no more.
    id: entry.status === "deleted" ? null : id,
    ...(parent === undefined ? {} : { parent }),
    ...(parent_id === undefined ? {} : { parent_id }),
    urls: entry.status === "ready" ? urls : {},
    status: entry.status,
    prevent_destroy: entry.prevent_destroy ?? false,
    on_remove: entry.on_remove ?? "delete",
    ...(kind?.rules.one_time_value === true ? { delivered: entry.delivered ?? [] } : {}),
    ...(entry.rotating === undefined ? {} : { rotating: entry.rotating }),
    retiring: entry.retiring ?? [],
    ...(settles === undefined || Date.parse(settles) <= now ? {} : { settling_until: settles }),
    changed_at: entry.changed_at,
  };
}
