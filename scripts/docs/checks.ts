// `docs/diagnostics/`: a page per domain check, from the check's own text as `gateform explain CODE` shows it,
// and the list of them.

import { explainCheck } from "../../src/app/explain/explain.ts";
import type { Check } from "../../src/provider/check.ts";
import type { AnyProvider } from "../../src/provider/provider.ts";
import { renderExplanationMarkdown } from "../../src/render/explanation-markdown.ts";
import { code, GENERATED, page, table } from "./markdown.ts";

export function checksOf(providers: readonly AnyProvider[]): readonly Check[] {
  return providers.flatMap((provider) => provider.checks);
}

/** Path below the project's root → text. */
export function checkPages(providers: readonly AnyProvider[]): Readonly<Record<string, string>> {
  const checks = checksOf(providers);
  return {
    "docs/diagnostics/README.md": page(
      "Checks",
      "Settings that are allowed and yet are probably not what somebody wants. `validate`, `plan`, `apply` and `drift` report them among the diagnostics, with the place in the file. How to silence one is in the [guide](../guide.md#checks).",
      table(
        ["Code", "Severity", "About", "What it finds"],
        checks.map((check) => [
          `[${code(check.code)}](${check.code}.md)`,
          check.severity,
          code(check.kind),
          check.title,
        ]),
      ),
    ),
    ...Object.fromEntries(
      checks.map((check) => [
        `docs/diagnostics/${check.code}.md`,
        `${GENERATED}\n\n${renderExplanationMarkdown(explainCheck(check))}`,
      ]),
    ),
  };
}
