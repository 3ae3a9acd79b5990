// `gateform show` without a plan: what the stack owns, from its ledger and its file. No vendor is asked.

import { takeInventory } from "../app/inventory.ts";
import type { Address } from "../base/address.ts";
import { providers } from "../providers/index.ts";
import { renderDiagnosticsText } from "../render/diagnostics-text.ts";
import { renderInventoryMarkdown } from "../render/inventory-markdown.ts";
import { renderInventoryText } from "../render/inventory-text.ts";
import { jsonText } from "../render/json-text.ts";
import { allRules } from "./all-rules.ts";
import { failureOf } from "./failure.ts";
import type { Io } from "./io.ts";
import type { Options } from "./options.ts";
import { emit } from "./output.ts";
import { joined, loadRun, outputsOf } from "./run.ts";

/** @param address shows this resource only. @returns the exit code; a ledger that is missing is thrown. */
export async function showOwned(
  io: Io,
  address: Address | undefined,
  options: Pick<Options, "file" | "envAllow" | "output">,
): Promise<number> {
  const outputs = outputsOf(io, options);
  const { config, backend, diagnostics } = await loadRun(io, "show", options);
  const taken = await takeInventory({
    config,
    providers,
    backend,
    now: Date.now(),
    ...(address === undefined ? {} : { address }),
  });
  const { inventory } = taken;
  if (inventory === undefined) {
    throw failureOf("NOT_SHOWN", "there is nothing to show", joined(diagnostics, taken.diagnostics));
  }
  io.err(renderDiagnosticsText(diagnostics, { style: io.errStyle }));
  const titles = Object.fromEntries(providers.map(({ name, title }) => [name, title]));
  const words = { rules: allRules, titles };
  emit(io, outputs, {
    text: (style) => renderInventoryText(inventory, { style, ...words }),
    json: () => jsonText({ ...inventory, diagnostics }),
    markdown: () => renderInventoryMarkdown(inventory, words),
  });
  return 0;
}
