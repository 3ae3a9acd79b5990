// A command that ended without its product, as JSON and markdown: the one shape that every command fails in.

import type { Diagnostic } from "../base/diagnostic.ts";
import { sortDiagnostics } from "../base/diagnostic.ts";
import { diagnosticItem } from "./diagnostics-markdown.ts";
import { jsonText } from "./json-text.ts";
import { fitMarkdown } from "./markdown-fit.ts";
import { list } from "./markdown-parts.ts";
import { codeSpan, marker, prose } from "./markdown-text.ts";

export interface FailureFacts {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** `{ format, error: { code, message, hint? }, diagnostics, … }`; `more` adds what was made before it failed. */
export function renderFailureJson(
  failure: FailureFacts,
  diagnostics: readonly Diagnostic[],
  more: Readonly<Record<string, unknown>> = {},
): string {
  const { code, message, hint } = failure;
  return jsonText({
    format: 1,
    ...more,
    error: { code, message, hint },
    diagnostics: sortDiagnostics(diagnostics),
  });
}

/** Commands with a comment of their own on a pull request. */
const OWN_COMMENT = ["plan", "drift", "validate", "adopt", "show"] as const;

/** @param command whose comment on a pull request it takes the place of. */
export function renderFailureMarkdown(
  command: string,
  failure: FailureFacts,
  diagnostics: readonly Diagnostic[],
): string {
  const about = OWN_COMMENT.find((name) => name === command) ?? "apply";
  const hint = failure.hint === undefined ? "" : `<br>help: ${prose(failure.hint)}`;
  const head = [
    marker(about),
    `### gateform ${command}: failed`,
    `❌ ${codeSpan(failure.code)}: ${prose(failure.message)}${hint}`,
  ].join("\n\n");
  return fitMarkdown(
    head,
    [list("#### Diagnostics", "diagnostic", sortDiagnostics(diagnostics).map(diagnosticItem))],
    "",
  );
}
