// `docs/reference/commands.md`: every command with its options, from the table that the command line is made of.

import type { CommandGroup, CommandSpec } from "../../src/cli/command.ts";
import { commands } from "../../src/cli/command-table.ts";
import { HELP_AFTER } from "../../src/cli/help.ts";
import { optionNamed } from "../../src/cli/options.ts";
import { code, fenced, page, table } from "./markdown.ts";

interface Listed {
  /** `ledger forget` */
  readonly name: string;
  /** `ledger forget <address...>` */
  readonly usage: string;
  readonly spec: CommandSpec;
}

export function commandsPage(): string {
  const all = commands.flatMap((entry) => listed(entry));
  return page(
    "Commands",
    "`gateform COMMAND --help` says the same. The product of a command goes to stdout, everything else to stderr.",
    table(
      ["Command", "What it does"],
      all.map(({ name, spec }) => [`[${code(name)}](#gateform-${name.replaceAll(" ", "-")})`, spec.summary]),
    ),
    ...all.map(commandPart),
    [
      "## On every command",
      table(
        ["Option", "Meaning"],
        [
          [code("-h, --help"), "print the help of a command"],
          [code("-V, --version"), "print the version"],
          [code("--no-color"), "no colours"],
          [code("--debug"), "print every request on stderr, without bodies and secrets"],
        ],
      ),
    ].join("\n\n"),
    ["## Environment", table(["Variable", "Meaning"], helpRows("Environment"))].join("\n\n"),
    "Exit codes have [a page of their own](exit-codes.md).",
  );
}

/** A command, or those of a group, with their whole names. */
export function listed(entry: CommandSpec | CommandGroup, prefix = ""): Listed[] {
  if ("commands" in entry) return entry.commands.flatMap((spec) => listed(spec, `${entry.name} `));
  const usage = `${prefix}${entry.usage}`;
  return [{ name: usage.split(/ [<[]/)[0] ?? usage, usage, spec: entry }];
}

function commandPart({ name, usage, spec }: Listed): string {
  const { summary, details, options, examples } = spec;
  const sentence = `${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}.`;
  return [
    `## gateform ${name}`,
    fenced("text", `gateform ${usage}${options.length > 0 ? " [options]" : ""}`),
    details === undefined ? sentence : `${sentence} ${details.replaceAll("\n", " ")}`,
    ...(options.length === 0 ? [] : [table(["Option", "Meaning", "Default"], options.map(optionRow))]),
    fenced("sh", examples.join("\n")),
  ].join("\n\n");
}

function optionRow(name: CommandSpec["options"][number]): string[] {
  const { flags, description, defaultValue, defaultValueDescription, argChoices } = optionNamed(name);
  const fallback = defaultValueDescription ?? (defaultValue === undefined ? "" : String(defaultValue));
  const choices = argChoices === undefined ? "" : ` (${argChoices.map(code).join(", ")})`;
  return [
    code(flags),
    `${description.replace(/\$\{[^}]*\}/g, code)}${choices}`,
    fallback === "" ? "" : code(fallback),
  ];
}

/** The lines of a section of `gateform --help`: the name, at least one blank, the meaning. */
export function helpRows(section: string): string[][] {
  const lines = HELP_AFTER.split("\n");
  const start = lines.indexOf(`${section}:`);
  const end = lines.indexOf("", start);
  if (start === -1 || end === -1) throw new Error(`gateform --help has no section ${section}`);
  return lines.slice(start + 1, end).map((line) => {
    const match = /^ {2}([A-Z_]+(?:, [A-Z_]+)*|\d) +(.+)$/.exec(line);
    if (match === null) throw new Error(`gateform --help, ${section}: cannot read "${line}"`);
    const [, names = "", meaning = ""] = match;
    return [names.split(", ").map(code).join(", "), meaning];
  });
}
