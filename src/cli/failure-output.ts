// Shows a failure: text on stderr, JSON and markdown in place of the product, so that a script or a pull request
// that waits for one is never left with nothing.

import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { diagnosticLines, renderDiagnosticsText } from "../render/diagnostics-text.ts";
import { renderFailureJson, renderFailureMarkdown } from "../render/failure.ts";
import { PLAIN, type Style } from "../render/style.ts";
import type { Failure } from "./failure.ts";
import type { Io } from "./io.ts";
import { whyKept } from "./output.ts";
import type { OutputTarget } from "./output-target.ts";

/** @param command for headings: `plan`. */
export function showFailure(
  io: Io,
  command: string,
  targets: readonly OutputTarget[],
  failure: Failure,
): void {
  io.err(failureText(failure, io.errStyle));
  if (io.debug && failure.cause instanceof Error) io.err(`${failure.cause.stack}\n`);
  for (const { format, file } of targets) {
    const text =
      format === "text"
        ? failureText(failure, PLAIN)
        : format === "json"
          ? renderFailureJson(failure, failure.diagnostics, failure.made)
          : renderFailureMarkdown(command, failure, failure.diagnostics);
    if (file !== undefined) writeOrSay(io, file, text, failure);
    else if (format !== "text") io.out(text);
  }
}

function failureText(failure: Failure, style: Style): string {
  if (failure.diagnostics.length > 0) return renderDiagnosticsText(failure.diagnostics, { style });
  const { code, message, hint } = failure;
  const lines = diagnosticLines(
    { severity: "error", code, message, ...(hint === undefined ? {} : { hint }) },
    style,
  );
  return `${lines.join("\n")}\n`;
}

/** The failure has been shown already: a file that cannot be written must not hide it. */
function writeOrSay(io: Io, file: string, text: string, failure: Failure): void {
  const path = resolve(io.cwd, file);
  try {
    if (whyKept(path) === undefined) writeFileSync(path, text);
  } catch {
    if (failure.code !== "OUTPUT_FILE") io.err(`error: --output could not write ${file}\n`);
  }
}
