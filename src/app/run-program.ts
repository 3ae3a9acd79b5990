// Runs a program that a file names: no shell, a time limit, and nothing of what it prints but, where asked for, its
// output. Its error output is dropped, as it may hold a secret.

import { spawn } from "node:child_process";
import { errnoOf, reasonOf } from "../ledger/whole-file.ts";

/** Milliseconds that a program may take. */
const PROGRAM_TIMEOUT = 30_000;

export interface ProgramRun {
  readonly cwd: string;
  /** All that it gets; its `PATH` is where the program is looked for. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Written to its standard input; there is none otherwise. */
  readonly input?: string;
  /** Bytes of its output that are kept; left out: none of it. */
  readonly max_output?: number;
  /** Milliseconds that it may take, instead of the 30 seconds. */
  readonly timeout?: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
}

export type ProgramEnd =
  | { readonly state: "done"; readonly output: Buffer }
  | { readonly state: "too-large" }
  /** `how` is the end of a sentence about the program. */
  | { readonly state: "failed"; readonly how: string; readonly started: boolean };

/** Runs a program to its end; `done` is exit code 0. Never rejects, and says nothing of what it was given. */
export function runProgram([program = "", ...args]: readonly string[], run: ProgramRun): Promise<ProgramEnd> {
  const { promise, resolve: end } = withResolvers<ProgramEnd>();
  let child: ReturnType<typeof spawnQuietly>;
  try {
    child = spawnQuietly(program, args, run);
  } catch (error) {
    // Node refuses arguments with NUL by an error that quotes them.
    return Promise.resolve(failed(`cannot be started: ${reasonOf(error)}`, false));
  }
  const stop = (because: ProgramEnd) => {
    end(because);
    child.stdout?.destroy();
    child.stdin?.destroy();
    killGroup(child.pid);
  };
  const timeout = run.timeout ?? PROGRAM_TIMEOUT;
  const timer = setTimeout(
    () => stop(failed(`did not end within ${timeout / 1000} seconds and was stopped`)),
    timeout,
  );
  const onAbort = () => stop(failed("was interrupted"));
  run.signal?.addEventListener("abort", onAbort, { once: true });
  if (run.signal?.aborted) onAbort();

  let unread = false;
  child.stdin?.on("error", () => {
    unread = true;
  });
  child.stdin?.end(run.input);
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout?.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > (run.max_output ?? 0)) stop({ state: "too-large" });
    else chunks.push(chunk);
  });
  child.on("error", (error) => {
    const reason = errnoOf(error) === "ENOENT" ? "there is no such program" : reasonOf(error);
    end(failed(`cannot be started: ${reason}`, false));
  });
  child.on("close", (code, signal) => {
    if (code === 0 && unread) end(failed("ended without reading its input"));
    else if (code === 0) end({ state: "done", output: Buffer.concat(chunks) });
    else end(failed(code === null ? `was ended by ${signal}` : `ended with exit code ${code}`));
  });
  return promise.finally(() => {
    clearTimeout(timer);
    run.signal?.removeEventListener("abort", onAbort);
  });
}

function spawnQuietly(program: string, args: readonly string[], run: ProgramRun) {
  return spawn(program, args, {
    cwd: run.cwd,
    env: { ...run.env },
    shell: false,
    stdio: [
      run.input === undefined ? "ignore" : "pipe",
      run.max_output === undefined ? "ignore" : "pipe",
      "ignore",
    ],
    // A group of its own, so that stopping it also stops what it has started.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

function failed(how: string, started = true): ProgramEnd {
  return { state: "failed", how, started };
}

/** `Promise.withResolvers` of Node 22. */
function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((give) => {
    resolve = give;
  });
  return { promise, resolve };
}
