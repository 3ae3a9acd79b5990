// Resolves secret references to values: environment, file, or a command's output. No message ever holds a value
// or anything that a command printed.

import { realpath } from "node:fs/promises";
import { resolve, sep } from "node:path";
import type { Diagnostic } from "../base/diagnostic.ts";
import { describeSource, type SecretSource } from "../base/expression.ts";
import { canonicalText } from "../base/json.ts";
import { errnoOf, readWholeFile, reasonOf } from "../ledger/whole-file.ts";
import { Secret } from "../provider/secret.ts";
import { runProgram } from "./run-program.ts";

/** Bytes; no vendor takes a credential that is longer. */
const MAX_SECRET_SIZE = 64 * 1024;

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
    const path = resolve(cwd, source.file);
    if (await isGits(path)) {
      return problem(
        "SECRET_UNREADABLE",
        `The ${named} is inside a .git directory, which may hold git's own credentials.`,
        "keep secrets in files of their own",
      );
    }
    // Links are followed: mounted secrets commonly are some.
    const read = await readWholeFile(path, {
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

/** CI checkouts leave a token in .git/config, which no file that names it must get at. */
async function isGits(path: string): Promise<boolean> {
  const real = await realpath(path).catch(() => path);
  return real.split(sep).some((part) => part.toLowerCase() === ".git");
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
  const { cwd, env, signal, commandTimeout } = context;
  const end = await runProgram(source.command, {
    cwd,
    env,
    max_output: MAX_SECRET_SIZE,
    ...(signal === undefined ? {} : { signal }),
    ...(commandTimeout === undefined ? {} : { timeout: commandTimeout }),
  });
  switch (end.state) {
    case "done":
      return fromBytes(source, end.output, `The output of the ${named}`);
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
