// `docs/reference/diagnostics.md`: every code with what it means.

import { CODE_TABLES, type CodeTable } from "../../src/app/codes.ts";
import { risksOfKind } from "../../src/model/kind-rules.ts";
import type { AnyProvider } from "../../src/provider/provider.ts";
import { checksOf } from "./checks.ts";
import { code, page, table } from "./markdown.ts";

export function diagnosticsPage(providers: readonly AnyProvider[]): string {
  const [config, ...others] = CODE_TABLES;
  return page(
    "Codes",
    "Every message carries a code, in text between square brackets, in JSON as `code`. Codes are stable: they are never renamed or reused. `gateform explain CODE` says what one means.",
    part(config),
    checks(providers),
    ...others.map(part),
    risks(providers),
  );
}

function part({ title, intro, codes }: CodeTable): string {
  const rows = Object.entries(codes).map(([name, meaning]) => [code(name), meaning]);
  return [`## ${title}`, intro, table(["Code", "Meaning"], rows)].join("\n\n");
}

/** Checks come from the providers, and each has a page of its own. */
function checks(providers: readonly AnyProvider[]): string {
  const rows = checksOf(providers).map((check) => [
    `[${code(check.code)}](../diagnostics/${check.code}.md)`,
    check.title,
  ]);
  return [
    "## Checks",
    "Allowed, but doubtful. Each can be silenced in the resource's `lifecycle` and has [a page](../diagnostics/README.md).",
    table(["Code", "Meaning"], rows),
  ].join("\n\n");
}

/** Risks come from the descriptors: each field that can take a protection away says so itself. */
function risks(providers: readonly AnyProvider[]): string {
  const rows = providers
    .flatMap((provider) => provider.kinds)
    .flatMap(({ rules }) =>
      risksOfKind(rules).map((risk) => [code(risk.code), code(`${rules.kind} ${risk.field}`), risk.message]),
    );
  return [
    "## Risks",
    "A step that takes a protection away carries a risk. Risks stand first in every plan; they do not stop it.",
    table(["Code", "Field", "What it means"], rows),
  ].join("\n\n");
}
