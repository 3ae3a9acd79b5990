#!/usr/bin/env node
// Where the process starts and ends: the exit code is set here, and nothing thrown gets past. `--version` loads
// nothing else, as scripts ask for it often.

import { version } from "./version.ts";

const argv = process.argv.slice(2);
const VERSION_FLAGS = ["--version", "-V"];

/** A reader that has gone, as `head` does, is no error; what the run does goes on to its end. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

/** The last resort: whatever got past everything else ends as one line. */
function onUncaught(error: unknown): void {
  const message = error instanceof Error ? error.message : "something that is no error was thrown";
  const variable = process.env.GATEFORM_DEBUG ?? "";
  const debug = argv.includes("--debug") || (variable !== "" && variable !== "0");
  const stack = error instanceof Error && debug ? `${error.stack}\n` : "";
  process.stderr.write(
    `error: this is a mistake in gateform: ${message.split("\n")[0]} [INTERNAL]\n${stack}`,
  );
  process.exit(1);
}

if (argv.length === 1 && VERSION_FLAGS.includes(argv[0] ?? "")) {
  process.stdout.write(`${version}\n`);
} else {
  process.stdout.on("error", ignoreClosedPipe);
  process.stderr.on("error", ignoreClosedPipe);
  process.on("uncaughtException", onUncaught);
  process.on("unhandledRejection", onUncaught);
  const { runProgram } = await import("./program.ts");
  process.exitCode = await runProgram(argv, version);
}
