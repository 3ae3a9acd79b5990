// Resolves secret references to values: environment, file, or a command's output. No message ever holds a value
// or anything that a command printed.

import { spawn } from "node:child_process";
import { resolve } from "node:path";
import type { Diagnostic } from "../base/diagnostic.ts";
import { describeSource, type SecretSource } from "../base/expression.ts";
import { canonicalText } from "../base/json.ts";
import { errnoOf, readWholeFile, reasonOf } from "../ledger/whole-file.ts";
import { Secret } from "../provider/secret.ts";

/** Bytes; no vendor takes a credential that is longer. */
const MAX_SECRET_SIZE = 64 * 1024;
/** Milliseconds that a command may take. */
const COMMAND_TIMEOUT = 30_000;

export interface SecretContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directory that relative files and programs are seen from. */
  readonly cwd: string;
  /** Only apply runs commands. */
  readonly allowCommand: boolean;
  /** Ends a running command. */
  readonly signal?: AbortSignal;
  /** Milliseconds that a command may take, instead of the 30 seconds. */
  readonly commandTimeout?: number;
}

/**
 * Codes of the problems: `SECRET_MISSING` (no such variable or file, or it is empty), `SECRET_UNREADABLE`,
 * `SECRET_TOO_LARGE` (over 64 KiB), `SECRET_COMMAND_FAILED`, `SECRET_COMMAND_NOT_RUN`.
 */
export type ResolvedSecret = { readonly secret: Secret } | { readonly problem: Diagnostic };

export interface SecretResolver {
  /** The value of a source, read at most once. */
  resolve(source: SecretSource): Promise<ResolvedSecret>;
  /** The value where it is at hand without running anything; `undefined` otherwise. For comparing only. */
  readForFingerprint(source: SecretSource): Promise<Secret | undefined>;
}

/** A resolver for one run: each source is read once, so that all uses in a run see one value. */
export function secretResolver(context: SecretContext): SecretResolver {
  const known = new Map<string, Promise<ResolvedSecret>>();
  const once = (source: SecretSource): Promise<ResolvedSecret> => {
    const key = canonicalText(source);
    const found = known.get(key) ?? resolveSecret(source, context);
    known.set(key, found);
    return found;
  };
  return {
    resolve: once,
    readForFingerprint: async (source) => {
      if ("command" in source) return undefined;
      const read = await once(source);
      return "secret" in read ? read.secret : undefined;
    },
  };
}

/** Reads one source. Never rejects for what the user, the file system or the command does wrong. */
export async function resolveSecret(source: SecretSource, context: SecretContext): Promise<ResolvedSecret> {
  if ("env" in source) return fromEnv(source, context);
  if ("file" in source) return fromFile(source, context);
  return fromCommand(source, context);
}

function fromEnv(source: Extract<SecretSource, { env: string }>, { env }: SecretContext): ResolvedSecret {
  const value = Object.hasOwn(env, source.env) ? env[source.env] : undefined;
  if (value !== undefined && Buffer.byteLength(value) > MAX_SECRET_SIZE)
    return tooLarge(`The secret's environment variable ${source.env}`);
  if (value !== undefined && value !== "") return { secret: new Secret(value) };
  return problem(
    "SECRET_MISSING",
    `The secret's environment variable ${source.env} is ${value === "" ? "empty" : "not set"}.`,
    `set ${source.env} for this run`,
  );
}

async function fromFile(
  source: Extract<SecretSource, { file: string }>,
  { cwd }: SecretContext,
): Promise<ResolvedSecret> {
  const named = `secret's file ${source.file}`;
  try {
    // Links are followed: mounted secrets commonly are some.
    const read = await readWholeFile(resolve(cwd, source.file), {
      max: MAX_SECRET_SIZE,
      follow_symlinks: true,
    });
    switch (read.state) {
      case "read":
        return fromBytes(source, read.bytes, `The ${named}`);
      case "missing":
        return problem("SECRET_MISSING", `The ${named} does not exist.`, `write the value to ${source.file}`);
      case "too-large":
        return tooLarge(`The ${named}`);
      default:
        return problem("SECRET_UNREADABLE", `The ${named} is not a regular file.`);
    }
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return problem("SECRET_UNREADABLE", `The ${named} cannot be read: ${reasonOf(error)}.`);
  }
}

async function fromCommand(
  source: Extract<SecretSource, { command: readonly string[] }>,
  context: SecretContext,
): Promise<ResolvedSecret> {
  const [program = ""] = source.command;
  const named = `secret's command ${program}`;
  if (!context.allowCommand) {
    return problem("SECRET_COMMAND_NOT_RUN", `The ${named} is not run here.`, "only apply runs commands");
  }
  const end = await run(source.command, context);
  switch (end.state) {
    case "output":
      return fromBytes(source, end.bytes, `The output of the ${named}`);
    case "too-large":
      return tooLarge(`The output of the ${named}`);
    case "failed":
      return problem(
        "SECRET_COMMAND_FAILED",
        `The ${named} ${end.how}.`,
        "run it by hand to see what it says; its output is never shown here",
      );
  }
}

type CommandEnd =
  | { readonly state: "output"; readonly bytes: Buffer }
  | { readonly state: "too-large" }
  | { readonly state: "failed"; readonly how: string };

/** Runs a program without a shell. Its error output is dropped, as it may hold what it was asked for. */
function run([program = "", ...args]: readonly string[], context: SecretContext): Promise<CommandEnd> {
  const { promise, resolve: end } = withResolvers<CommandEnd>();
  let child: ReturnType<typeof spawnQuietly>;
  try {
    child = spawnQuietly(program, args, context);
  } catch (error) {
    // Node refuses arguments with NUL by an error that quotes them.
    return Promise.resolve({ state: "failed", how: `cannot be started: ${reasonOf(error)}` });
  }
  const stop = (because: CommandEnd) => {
    end(because);
    child.stdout.destroy();
    killGroup(child.pid);
  };
  const timeout = context.commandTimeout ?? COMMAND_TIMEOUT;
  const timer = setTimeout(
    () => stop({ state: "failed", how: `did not end within ${timeout / 1000} seconds and was stopped` }),
    timeout,
  );
  const onAbort = () => stop({ state: "failed", how: "was interrupted" });
  context.signal?.addEventListener("abort", onAbort, { once: true });
  if (context.signal?.aborted) onAbort();

  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_SECRET_SIZE) stop({ state: "too-large" });
    else chunks.push(chunk);
  });
  child.on("error", (error) => {
    const reason = errnoOf(error) === "ENOENT" ? "there is no such program" : reasonOf(error);
    end({ state: "failed", how: `cannot be started: ${reason}` });
  });
  child.on("close", (code, signal) => {
    if (code === 0) end({ state: "output", bytes: Buffer.concat(chunks) });
    else
      end({
        state: "failed",
        how: code === null ? `was ended by ${signal}` : `ended with exit code ${code}`,
      });
  });
  return promise.finally(() => {
    clearTimeout(timer);
    context.signal?.removeEventListener("abort", onAbort);
  });
}

function spawnQuietly(program: string, args: readonly string[], { cwd, env }: SecretContext) {
  return spawn(program, args, {
    cwd,
    env: { ...env },
    shell: false,
    stdio: ["ignore", "pipe", "ignore"],
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

/** Text without its one trailing newline; empty or not UTF-8 is a problem. */
function fromBytes(source: SecretSource, bytes: Buffer, what: string): ResolvedSecret {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return problem("SECRET_UNREADABLE", `${what} is not UTF-8 text.`);
  }
  const value = text.replace(/\r?\n$/, "");
  if (value === "")
    return problem("SECRET_MISSING", `${what} is empty.`, `see what ${describeSource(source)} gives`);
  return { secret: new Secret(value) };
}

function tooLarge(what: string): ResolvedSecret {
  return problem("SECRET_TOO_LARGE", `${what} is larger than ${MAX_SECRET_SIZE / 1024} KiB.`);
}

function problem(code: string, message: string, hint?: string): ResolvedSecret {
  return { problem: { severity: "error", code, message, ...(hint === undefined ? {} : { hint }) } };
}

/** `Promise.withResolvers` of Node 22. */
function withResolvers<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((give) => {
    resolve = give;
  });
  return { promise, resolve };
}
