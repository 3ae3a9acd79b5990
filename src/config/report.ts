// Collects what is wrong with the files and, at the end, turns it into sorted diagnostics with snippets. Lines
// that hold a literal secret are never shown, whatever else is wrong on them.

import type { Address } from "../base/address.ts";
import { type Diagnostic, type Severity, sortDiagnostics } from "../base/diagnostic.ts";
import type { ConfigCode } from "./codes.ts";
import { linesOf, looksSecret, positionOf, type Span, snippetOf } from "./source.ts";

export interface Finding {
  readonly severity?: Severity;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly address?: Address | undefined;
  readonly at?: Span | undefined;
}

export interface Report {
  readonly add: (code: ConfigCode, finding: Finding) => void;
  /** Marks text that no snippet may show. */
  readonly hide: (span: Span) => void;
  /** The line of a span, unless it must not be shown. */
  readonly snippet: (span: Span) => string | undefined;
  readonly failed: () => boolean;
  readonly diagnostics: () => Diagnostic[];
}

export function createReport(): Report {
  const findings: { readonly code: string; readonly finding: Finding }[] = [];
  const hidden = new Set<string>();
  const snippet = (span: Span): string | undefined => {
    const text = snippetOf(span);
    if (text === undefined || looksSecret(text)) return undefined;
    return hidden.has(lineKey(span, linesOf(span).first)) ? undefined : text;
  };
  return {
    add: (code, finding) => void findings.push({ code, finding }),
    hide: (span) => {
      const { first, last } = linesOf(span);
      for (let line = first; line <= last; line++) hidden.add(lineKey(span, line));
    },
    snippet,
    failed: () => findings.some(({ finding }) => (finding.severity ?? "error") === "error"),
    diagnostics: () => {
      const seen = new Set<string>();
      const list: Diagnostic[] = [];
      for (const { code, finding } of findings) {
        // A mistake in shared text (an anchor, a default) is met once per use and reported once.
        const key = `${code}\n${finding.at?.file.name}\n${finding.at?.start}\n${finding.message}`;
        if (finding.at !== undefined && seen.has(key)) continue;
        seen.add(key);
        list.push(toDiagnostic(code, finding, snippet));
      }
      return sortDiagnostics(list);
    },
  };
}

function toDiagnostic(
  code: string,
  finding: Finding,
  snippet: (span: Span) => string | undefined,
): Diagnostic {
  const text = finding.at === undefined ? undefined : snippet(finding.at);
  return {
    severity: finding.severity ?? "error",
    code,
    message: finding.message,
    ...(finding.hint === undefined ? {} : { hint: finding.hint }),
    ...(finding.address === undefined ? {} : { address: finding.address }),
    ...(finding.at === undefined ? {} : { position: positionOf(finding.at) }),
    ...(text === undefined ? {} : { snippet: text }),
  };
}

function lineKey(span: Span, line: number): string {
  return `${span.file.directory}\n${span.file.name}\n${line}`;
}
