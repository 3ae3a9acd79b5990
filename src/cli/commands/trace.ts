// `gateform trace`: what happens to a request for a model. By the files alone it needs no network, no secrets and no
// ledger; with --live it reads what is live, and needs no file. Exit 0 for every answer: a deny may be just what was asked for.

import { traceFiles, traceLive } from "../../app/trace.ts";
import { hasErrors } from "../../base/diagnostic.ts";
import { providers } from "../../providers/index.ts";
import { renderDiagnosticsText } from "../../render/diagnostics-text.ts";
import { jsonText } from "../../render/json-text.ts";
import { renderTraceMarkdown, renderTraceText } from "../../render/trace.ts";
import type { Run } from "../command.ts";
import { fromEnvironment, hasFile } from "../export-config.ts";
import { failureOf } from "../failure.ts";
import { emit } from "../output.ts";
import { joined, loadFiles, loadRun, outputsOf, stackInput } from "../run.ts";

export const trace: Run = async (io, [model = ""], options) => {
  const outputs = outputsOf(io, options);
  const { answers, diagnostics } = options.live === true ? await live() : await files();
  if (hasErrors(diagnostics)) throw failureOf("NOT_TRACED", "there is no answer", diagnostics);
  io.err(renderDiagnosticsText(diagnostics, { style: io.errStyle }));
  emit(io, outputs, {
    text: (style) => renderTraceText(answers, { style }),
    json: () => jsonText({ format: 1, answers, diagnostics }),
    markdown: () => renderTraceMarkdown(answers),
  });
  return 0;

  async function live() {
    const { stack, notes } = await source();
    const traced = await traceLive(stack, model);
    return { ...traced, diagnostics: joined(notes, traced.diagnostics) };
  }

  /** What is live says all by itself; a file adds addresses and places. */
  async function source() {
    if (hasFile(io, options)) {
      const run = await loadRun(io, "trace", options);
      return { stack: stackInput(io, run, options), notes: run.diagnostics };
    }
    const names = providers.filter(({ behaviour }) => behaviour !== undefined).map(({ name }) => name);
    const { stack, diagnostics } = await fromEnvironment(io, options, {
      providers: names,
      named: false,
      command: "trace",
    });
    return { stack, notes: diagnostics };
  }

  async function files() {
    // Accounts and the like may come from variables that are not set here; no rule does.
    const loaded = await loadFiles(io, options, { lenientEnv: true });
    const { config } = loaded;
    if (config === undefined || hasErrors(loaded.diagnostics)) {
      throw failureOf("CONFIG_INVALID", "the configuration cannot be used", loaded.diagnostics);
    }
    const traced = traceFiles(config, providers, model);
    return { ...traced, diagnostics: joined(loaded.diagnostics, traced.diagnostics) };
  }
};
