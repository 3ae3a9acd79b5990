// `gateform adopt ADDRESS=ID …`: takes live resources into the ledger and says what the next apply does with them.

import { adoptResources } from "../../app/adopt.ts";
import { type Address, parseAddress } from "../../base/address.ts";
import { hasErrors } from "../../base/diagnostic.ts";
import { counted } from "../../render/counts.ts";
import { renderDiagnosticsText } from "../../render/diagnostics-text.ts";
import { jsonText } from "../../render/json-text.ts";
import { codeSpan, marker } from "../../render/markdown-text.ts";
import { summaryText } from "../../render/plan-view.ts";
import type { Run } from "../command.ts";
import { Failure, failureOf } from "../failure.ts";
import { watchSignals } from "../interrupt.ts";
import { emit } from "../output.ts";
import { joined, loadRun, outputsOf, stackInput } from "../run.ts";

export const adopt: Run = async (io, args, options) => {
  const ids = adoptions(args);
  const outputs = outputsOf(io, options);
  const interrupts = watchSignals(io);
  try {
    const run = await loadRun(io, "adopt", options, interrupts.stop);
    const result = await adoptResources({
      stack: stackInput(io, run, options, interrupts.now),
      adopt_ids: ids,
      lock_timeout: options.lockTimeout,
    });
    const diagnostics = joined(run.diagnostics, result.diagnostics);
    if (hasErrors(diagnostics)) throw failureOf("NOT_ADOPTED", "nothing was adopted", diagnostics);
    io.err(renderDiagnosticsText(diagnostics, { style: io.errStyle }));
    const { adopted, next } = result;
    const head = `Adopted ${counted(adopted.length, "resource")} into the ledger:`;
    const then = next === undefined ? "" : `Next plan: ${summaryText(next)}`;
    emit(io, outputs, {
      text: (style) =>
        `${style.bold(head)}\n${adopted.map((address) => `  ${style.green("<")} ${address}\n`).join("")}\n${then}\n`,
      json: () => jsonText({ format: 1, adopted, next, diagnostics }),
      markdown: () =>
        `${marker("apply")}\n\n### gateform adopt\n\n${head}\n\n${adopted.map((address) => `- ${codeSpan(address)}\n`).join("")}\n${then}\n`,
    });
    return 0;
  } finally {
    interrupts.release();
  }
};

/** `vercel.rule.a=rule_1` → address and id; everything after the first `=` is the id. */
function adoptions(args: readonly string[]): Readonly<Record<Address, string>> {
  const ids = new Map<Address, string>();
  for (const arg of args) {
    const at = arg.indexOf("=");
    const address = at === -1 ? arg : arg.slice(0, at);
    const id = at === -1 ? "" : arg.slice(at + 1);
    if (id === "" || parseAddress(address) === null) {
      throw new Failure("USAGE", `"${arg}" is not ADDRESS=ID`, {
        hint: "write it as in vercel.rule.opus-to-haiku=rule_abc123; `gateform plan` lists addresses and ids",
      });
    }
    if (ids.has(address)) throw new Failure("USAGE", `${address} is named twice`);
    ids.set(address, id);
  }
  return Object.fromEntries(ids);
}
