// `gateform validate`: what is wrong with the files, and nothing else. No network, no secrets, no ledger.

import { runChecks } from "../../app/checks.ts";
import { hasErrors } from "../../base/diagnostic.ts";
import { providers } from "../../providers/index.ts";
import { counted } from "../../render/counts.ts";
import { renderDiagnosticsJson } from "../../render/diagnostics-json.ts";
import { renderDiagnosticsMarkdown } from "../../render/diagnostics-markdown.ts";
import { renderDiagnosticsText } from "../../render/diagnostics-text.ts";
import type { Style } from "../../render/style.ts";
import type { Run } from "../command.ts";
import { failureOf } from "../failure.ts";
import { emit } from "../output.ts";
import { joined, loadFiles, outputsOf } from "../run.ts";

export const validate: Run = async (io, _args, options) => {
  const outputs = outputsOf(io, options);
  const loaded = await loadFiles(io, options, { lenientEnv: true });
  const { config } = loaded;
  const checks = config === undefined ? [] : runChecks({ ...config, providers });
  const diagnostics = joined(loaded.diagnostics, checks);
  if (config === undefined || hasErrors(diagnostics)) {
    throw failureOf("CONFIG_INVALID", "the configuration is not valid", diagnostics);
  }
  const summary = `Valid: stack ${config.desired.stack} declares ${counted(config.desired.resources.filter(({ implied }) => implied !== true).length, "resource")} in ${config.sources.join(", ")}.`;
  const text = (style: Style) => [renderDiagnosticsText(diagnostics, { style }), `${style.green(summary)}\n`];
  emit(io, outputs, {
    text: (style) =>
      text(style)
        .filter((part) => part !== "")
        .join("\n"),
    json: () => renderDiagnosticsJson(diagnostics),
    markdown: () => renderDiagnosticsMarkdown(diagnostics),
  });
  return 0;
};
