// `docs/reference/diagnostics.md`: every code with what it means.

import { CONFIG_CODES } from "../../src/config/codes.ts";
import type { AnyProvider } from "../../src/provider/provider.ts";
import { checksOf } from "./checks.ts";
import {
  COMMAND_CODES,
  LEDGER_CODES,
  REFUSALS,
  RUN_CODES,
  SECRET_CODES,
  SINK_CODES,
  STEP_CODES,
  VENDOR_CODES,
  vendorCode,
} from "./codes.ts";
import { code, page, table } from "./markdown.ts";

export function diagnosticsPage(providers: readonly AnyProvider[]): string {
  const vendor = Object.fromEntries(
    Object.entries(VENDOR_CODES).map(([refused, meaning]) => [vendorCode(refused), meaning]),
  );
  return page(
    "Codes",
    "Every message carries a code, in text between square brackets, in JSON as `code`. Codes are stable: they are never renamed or reused.",
    part("Mistakes in a file", "Reported with file, line and column, all of a file at once.", CONFIG_CODES),
    part("Refused in a plan", "`refused[].code`. Plan exits 1, unless the table says otherwise.", REFUSALS),
    part("The run as a whole", "Among `diagnostics`, as error, warning or note.", RUN_CODES),
    checks(providers),
    part("A command", "What ends a command.", COMMAND_CODES),
    part("A step that failed", "`results[].code` of an apply report.", { ...STEP_CODES, ...vendor }),
    part("Secrets", "Why a secret reference gives no value.", SECRET_CODES),
    part(
      "The ledger",
      "The run stops; nothing was started, or the message says how far it came.",
      LEDGER_CODES,
    ),
    part(
      "Sinks",
      "Why a one-time value cannot be delivered. All but `SINK_LOST` show before the key is made.",
      SINK_CODES,
    ),
    risks(providers),
  );
}

function part(title: string, intro: string, codes: Readonly<Record<string, string>>): string {
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
      Object.entries(rules.fields).flatMap(([field, { risk }]) =>
        risk === undefined ? [] : [[code(risk.code), code(`${rules.kind} ${field}`), risk.message]],
      ),
    );
  return [
    "## Risks",
    "A step that takes a protection away carries a risk. Risks stand first in every plan; they do not stop it.",
    table(["Code", "Field", "What it means"], rows),
  ].join("\n\n");
}
