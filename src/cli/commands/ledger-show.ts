// `gateform ledger show` and `ledger history`: what the ledger knows of this stack. No vendor is asked.

import { readForShow } from "../../app/ledger-commands.ts";
import type { LockState } from "../../ledger/backend.ts";
import { renderDiagnosticsText } from "../../render/diagnostics-text.ts";
import {
  addressesOf,
  renderLedgerHistoryJson,
  renderLedgerHistoryMarkdown,
  renderLedgerHistoryText,
} from "../../render/ledger-history.ts";
import {
  renderLedgerShowJson,
  renderLedgerShowMarkdown,
  renderLedgerShowText,
} from "../../render/ledger-show.ts";
import type { Run } from "../command.ts";
import { failureOf } from "../failure.ts";
import { emit } from "../output.ts";
import { loadRun, outputsOf } from "../run.ts";

export const show: Run = async (io, addresses, options) => {
  const outputs = outputsOf(io, options);
  const { backend, diagnostics } = await loadRun(io, "ledger show", options);
  const reading = await readForShow(backend, addresses, ({ resources }) => Object.keys(resources));
  const { ledger } = reading;
  if (ledger === undefined) throw failureOf("NOT_SHOWN", "there is nothing to show", reading.diagnostics);
  io.err(renderDiagnosticsText(diagnostics, { style: io.errStyle }));
  const what = {
    place: backend.describe(),
    lock: lockText(await backend.lockState()),
    ledger,
    addresses,
  };
  emit(io, outputs, {
    text: (style) => renderLedgerShowText(what, { style }),
    json: () => renderLedgerShowJson(what, { diagnostics }),
    markdown: () => renderLedgerShowMarkdown(what),
  });
  return 0;
};

export const history: Run = async (io, addresses, options) => {
  const outputs = outputsOf(io, options);
  const { backend, diagnostics } = await loadRun(io, "ledger history", options);
  const reading = await readForShow(backend, addresses, ({ resources, history: runs = [] }) => [
    ...Object.keys(resources),
    ...addressesOf(runs),
  ]);
  const { ledger } = reading;
  if (ledger === undefined) throw failureOf("NOT_SHOWN", "there is nothing to show", reading.diagnostics);
  io.err(renderDiagnosticsText(diagnostics, { style: io.errStyle }));
  const what = { stack: ledger.stack, place: backend.describe(), runs: ledger.history ?? [], addresses };
  emit(io, outputs, {
    text: (style) => renderLedgerHistoryText(what, { style }),
    json: () => renderLedgerHistoryJson(what, { diagnostics }),
    markdown: () => renderLedgerHistoryMarkdown(what),
  });
  return 0;
};

function lockText(lock: LockState): string {
  switch (lock.state) {
    case "free":
      return "not held";
    case "held":
      return `held by ${lock.by}`;
    case "unknown":
      return "not known: the server tells who holds it only to a run that asks for it";
    default:
      return lock satisfies never;
  }
}
