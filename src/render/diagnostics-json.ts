// Diagnostics as JSON, also where a command fails before it has anything else to print.

import { type Diagnostic, hasErrors, sortDiagnostics } from "../base/diagnostic.ts";
import { jsonText } from "./json-text.ts";

/** `{ format, valid, diagnostics }`; `valid` is false when any of them is an error. */
export function renderDiagnosticsJson(list: readonly Diagnostic[]): string {
  return jsonText({ format: 1, valid: !hasErrors(list), diagnostics: sortDiagnostics(list) });
}
