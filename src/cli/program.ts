// The command line as commander knows it, made from the table. Decides nothing but how text becomes a call.

import { Command, CommanderError } from "commander";
import type { CommandGroup, CommandSpec } from "./command.ts";
import { commands } from "./command-table.ts";
import { asFailure, Failure } from "./failure.ts";
import { showFailure } from "./failure-output.ts";
import { HELP_AFTER } from "./help.ts";
import { type Io, processIo } from "./io.ts";
import { NO_OPTIONS, type Options, optionNamed } from "./options.ts";
import { type OutputTarget, outputTargets } from "./output-target.ts";

/** Parses and runs a command line. @returns the exit code; every failure has been shown. */
export async function runProgram(argv: readonly string[], version: string): Promise<number> {
  const usageText: string[] = [];
  let code = 0;
  const program = new Command("gateform")
    .description("Config-as-code for AI gateways: Cloudflare AI Gateway and Vercel AI Gateway in one file.")
    .version(version, "-V, --version", "print the version")
    .option("--no-color", "no colours")
    .option("--debug", "print every request on stderr, without bodies and secrets")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText("after", HELP_AFTER)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ writeErr: (text) => usageText.push(text) });
  for (const entry of commands) addEntry(program, entry, (found) => (code = found));
  try {
    // Without a command there is nothing to do but say what there is.
    await program.parseAsync(argv.length === 0 ? ["--help"] : [...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    const io = processIo({
      ...NO_OPTIONS,
      color: !argv.includes("--no-color"),
      debug: argv.includes("--debug"),
    });
    const words = error.code === "commander.help" ? missingCommand(argv) : usageText.join("");
    showFailure(io, argv[0] ?? "", guessTargets(argv), usageFailure(words, program, argv));
    return 1;
  }
  return code;
}

/** Commander shows its help where a command is missing or `help` is asked for one that is not there. */
function missingCommand([first, second]: readonly string[]): string {
  return first === "help" && second !== undefined ? `unknown command '${second}'` : "no command was given";
}

function addEntry(parent: Command, entry: CommandSpec | CommandGroup, end: (code: number) => void): void {
  if ("commands" in entry) {
    const group = parent.command(entry.name).description(entry.summary);
    for (const spec of entry.commands) addCommand(group, spec, end);
    return;
  }
  addCommand(parent, entry, end);
}

function addCommand(parent: Command, spec: CommandSpec, end: (code: number) => void): void {
  const command = parent.command(spec.usage).summary(spec.summary).description(description(spec));
  for (const name of spec.options) command.addOption(optionNamed(name));
  command.addHelpText("after", `\nExamples:\n${spec.examples.map((line) => `  $ ${line}`).join("\n")}`);
  command.action(async () => {
    // The parsers in options.ts give the values these types.
    const options = { ...NO_OPTIONS, ...(command.optsWithGlobals() as Partial<Options>) };
    end(await runCommand(processIo(options), spec, command.processedArgs.flat(), options));
  });
}

/** Runs one command with its arguments and options parsed. @returns the exit code; every failure has been shown. */
export async function runCommand(
  io: Io,
  spec: CommandSpec,
  args: readonly unknown[],
  options: Options,
): Promise<number> {
  const name = spec.usage.split(" ")[0] ?? "";
  const targets = outputTargets(options.output);
  if (typeof targets === "string") {
    showFailure(io, name, guessTargets(options.output), new Failure("USAGE", targets));
    return 1;
  }
  try {
    const run = await spec.load();
    return await run(
      io,
      args.filter((arg) => typeof arg === "string"),
      options,
    );
  } catch (error) {
    showFailure(io, name, targets, asFailure(error));
    return 1;
  }
}

function description(spec: CommandSpec): string {
  const sentence = `${spec.summary.slice(0, 1).toUpperCase()}${spec.summary.slice(1)}.`;
  return spec.details === undefined ? sentence : `${sentence}\n\n${spec.details}`;
}

/** Commander's words ("error: unknown command 'plam'\n(Did you mean plan?)") as message and hint. */
function usageFailure(text: string, program: Command, argv: readonly string[]): Failure {
  const [first = "", ...rest] = text.trim().split("\n");
  const hint = rest.join(" ").replace(/^\((.*)\)$/, "$1");
  return new Failure("USAGE", first.replace(/^error: /, ""), {
    hint: hint === "" ? helpHint(program, argv) : hint,
  });
}

/** Which help to read, as far as the command was understood. */
function helpHint(program: Command, argv: readonly string[]): string {
  let known = program;
  const names = ["gateform"];
  for (const word of argv) {
    const next = known.commands.find((command) => command.name() === word);
    if (next === undefined) break;
    known = next;
    names.push(word);
  }
  if (known === program) return "`gateform --help` lists commands, `gateform COMMAND --help` their options";
  return `\`${names.join(" ")} --help\` lists its ${known.commands.length > 0 ? "commands" : "arguments and options"}`;
}

/** The formats that a command line asks for, although it was not understood. */
function guessTargets(argv: readonly string[]): readonly OutputTarget[] {
  const values = argv.flatMap((arg, index) => {
    if (arg === "--output" || arg === "-o") return [argv[index + 1] ?? ""];
    const joined = /^(?:--output=|-o)(.+)$/.exec(arg)?.[1];
    return [joined ?? arg];
  });
  return values.includes("json")
    ? [{ format: "json" }]
    : values.includes("markdown")
      ? [{ format: "markdown" }]
      : [];
}
