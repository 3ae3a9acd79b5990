// `docs/reference/exit-codes.md`: what each code means, per command. The general table is that of `--help`.

import { commands } from "../../src/cli/command-table.ts";
import { helpRows, listed } from "./commands.ts";
import { code, page, table } from "./markdown.ts";

const BY_COMMAND: readonly (readonly [command: string, zero: string, one: string, two: string])[] = [
  ["validate", "the files are valid; warnings do not count", "a mistake in the files", ""],
  [
    "plan",
    "the plan could be made; without a ledger also where ownership is not known",
    "a mistake, a vendor that cannot be read, or a part of the plan that is refused",
    "with `--detailed-exitcode`: there are changes. Secret checks are none",
  ],
  [
    "apply, rotate, destroy",
    "everything was done, and reading it back left nothing to do; values that still settle are no failure",
    "nothing was started, or a step failed, or something is left to do, or the run was interrupted or declined",
    "with `--detailed-exitcode`: success, and there were changes",
  ],
  [
    "drift",
    "what is live is what was last applied; changes in the files alone do not count",
    "a mistake, no ledger, or a vendor that cannot be read in full",
    "drift; with `--fail-on-unmanaged` also a live resource that nobody declares",
  ],
  [
    "adopt",
    "done; also where there was nothing to adopt",
    "nothing was adopted; with `--all` or a pattern: something could not be, or could not be read, and the rest was",
    "",
  ],
  [
    "export",
    "written; what cannot be expressed is a warning",
    "nothing was written: a list that could not be read in full, a file that is there already, a selector that matches nothing",
    "",
  ],
  [
    "show",
    "shown",
    "a mistake, no ledger, an address that it does not have, or a plan that cannot be read",
    "",
  ],
  [
    "trace",
    "there is an answer, whatever it is: served, denied, misconfigured, or not known",
    "there is none: a mistake, no model, or live rules that cannot be read in full",
    "",
  ],
  ["ledger show, ledger history", "shown", "a mistake, no ledger, or an address that it does not have", ""],
  ["ledger forget", "done", "nothing was done", ""],
  ["ledger unlock", "the lock is gone, or there was none", "it could not be removed", ""],
  ["explain", "explained", "there is nothing of that name", ""],
  ["schema", "printed", "there is no schema of that name", ""],
  ["demo", "everything went as it should", "a step of it did not", ""],
  ["serve", "ended by Ctrl-C or SIGTERM", "it could not start", ""],
];

export function exitCodesPage(): string {
  return page(
    "Exit codes",
    table(["Code", "Meaning"], helpRows("Exit codes")),
    "They are the same in every output format. With `--output json` a document is printed on failure, too; its `error.code` says what went wrong, see [codes](diagnostics.md).",
    table(
      ["Command", "0", "1", "2"],
      rows().map(([command, ...cells]) => [command.split(", ").map(code).join(", "), ...cells]),
    ),
  );
}

/** The table, once it is sure that no command is missing from it. */
function rows(): typeof BY_COMMAND {
  const told = BY_COMMAND.flatMap(([names]) => names.split(", "));
  const missing = commands
    .flatMap((entry) => listed(entry))
    .map(({ name }) => name)
    .filter((name) => !told.includes(name));
  if (missing.length > 0) throw new Error(`no exit codes are told of ${missing.join(", ")}`);
  return BY_COMMAND;
}
