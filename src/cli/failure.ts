// What stops a command, in words for whoever ran it. Everything that is thrown becomes one before it is shown.

import type { Diagnostic } from "../base/diagnostic.ts";
import { severityCounts } from "../render/diagnostics-text.ts";

export interface FailureInit {
  readonly hint?: string | undefined;
  readonly diagnostics?: readonly Diagnostic[];
  /** What was made before it failed, for the JSON document: a plan, a report. */
  readonly made?: Readonly<Record<string, unknown>>;
}

/** Ends a command with exit code 1. Messages hold no secrets. */
export class Failure extends Error {
  /** Stable, upper case. */
  readonly code: string;
  readonly hint: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly made: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, init: FailureInit = {}) {
    super(message);
    this.name = "Failure";
    this.code = code;
    this.hint = init.hint;
    this.diagnostics = init.diagnostics ?? [];
    this.made = init.made ?? {};
  }
}

/** The failure of a run that diagnostics stop. */
export function failureOf(
  code: string,
  what: string,
  diagnostics: readonly Diagnostic[],
  made: Readonly<Record<string, unknown>> = {},
): Failure {
  const errors = diagnostics.filter((item) => item.severity === "error");
  const [only] = errors;
  // A single error speaks for itself.
  return errors.length === 1 && only !== undefined
    ? new Failure(only.code, only.message, { hint: only.hint, diagnostics, made })
    : new Failure(code, `${what}: ${severityCounts(diagnostics)}`, { diagnostics, made });
}

/** What was thrown, as a failure; a mistake of ours keeps its stack as `cause`. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (!(error instanceof Error)) return new Failure("INTERNAL", "something that is no error was thrown");
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const hint = "hint" in error && typeof error.hint === "string" ? error.hint : undefined;
  // LedgerError, SinkError and the like carry a code and, often, a hint; errors of the system carry a code.
  if (code !== undefined) return new Failure(code, error.message, { hint });
  if (error.name === "ProviderError") return new Failure("VENDOR", error.message);
  const failure = new Failure("INTERNAL", `this is a mistake in gateform: ${error.message}`, {
    hint: "please report it; with --debug the same command shows where it happened",
  });
  failure.cause = error;
  return failure;
}
