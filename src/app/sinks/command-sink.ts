// Gives a value to a program on its standard input. It is in no argument and no variable, where others on the machine
// could read it, and nothing that the program prints is shown or kept.

import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, resolve, sep } from "node:path";
import { errnoOf, reasonOf } from "../../ledger/whole-file.ts";
import type { CommandSink } from "../../model/sink.ts";
import { runProgram } from "../run-program.ts";
import { type SinkContext, type SinkDriver, SinkError } from "./sink.ts";

/** What programs get of the environment without being named. */
const ALWAYS = ["PATH", "HOME"];

export function commandSink(command: CommandSink, context: SinkContext): SinkDriver {
  const target = command.argv[0] ?? "";
  const env = Object.fromEntries(
    [...ALWAYS, ...command.env].flatMap((name) => {
      const value = Object.hasOwn(context.env, name) ? context.env[name] : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
  let mayHaveIt = false;

  async function run(argv: readonly string[], input?: string) {
    return runProgram(argv, {
      cwd: context.cwd,
      env,
      ...(input === undefined ? {} : { input }),
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    });
  }

  async function attempt(): Promise<void> {
    for (const name of command.env) {
      if (Object.hasOwn(env, name)) continue;
      throw new SinkError(
        "SINK_COMMAND",
        `The command ${target} needs the environment variable ${name}, which is not set.`,
        `set ${name} for this run, or take it out of "env"`,
      );
    }
    for (const argv of [command.argv, command.check, command.undo]) {
      if (argv !== undefined) await findProgram(argv[0] ?? "", context.cwd, env.PATH ?? "");
    }
    if (command.check === undefined) return;
    const end = await run(command.check);
    if (end.state === "failed") throw failure(`check ${command.check[0] ?? ""}`, end.how);
  }

  return {
    try: attempt,
    keeps: () => command.undo === undefined,
    deliver: async (value) => {
      mayHaveIt = true;
      const end = await run(command.argv, value.reveal());
      if (end.state === "failed") {
        mayHaveIt = end.started;
        throw failure(target, end.how);
      }
      return { sink: "command", target, at: new Date(context.now()).toISOString() };
    },
    undo: async () => {
      if (!mayHaveIt) return;
      if (command.undo === undefined) {
        throw new SinkError("SINK_KEPT", `the command ${target} may have kept the value, and has no "undo"`);
      }
      const end = await run(command.undo);
      if (end.state === "failed") {
        throw new SinkError(
          "SINK_KEPT",
          `the command ${target} may have kept the value: its undo ${command.undo[0] ?? ""} ${end.how}`,
        );
      }
      mayHaveIt = false;
    },
  };
}

function failure(named: string, how: string): SinkError {
  return new SinkError(
    "SINK_COMMAND",
    `The command ${named} ${how}.`,
    "run it by hand to see what it says; its output is never shown here",
  );
}

/** Passes when there is such a program, looked for as starting it does. */
async function findProgram(program: string, cwd: string, path: string): Promise<void> {
  const named = program.includes("/") || program.includes(sep);
  const places = named
    ? [resolve(cwd, program)]
    : path.split(delimiter).map((part) => resolve(cwd, part, program));
  let problem = named ? "there is no such file" : "there is no such program in PATH";
  for (const place of places.flatMap(withExtensions)) {
    try {
      if (!(await stat(place)).isFile()) continue;
      await access(place, constants.X_OK);
      return;
    } catch (error) {
      const code = errnoOf(error);
      if (code === undefined) throw error;
      if (code !== "ENOENT" && code !== "ENOTDIR") problem = reasonOf(error);
    }
  }
  throw new SinkError("SINK_COMMAND", `The command ${program} cannot be run: ${problem}.`);
}

/** Windows finds a program by its name without an ending, too. */
function withExtensions(place: string): readonly string[] {
  return process.platform === "win32" ? [place, `${place}.exe`, `${place}.cmd`, `${place}.bat`] : [place];
}
