// Where a document is tried: a directory that is made anew for each, with traps around it, and the secrets that
// nothing printed may hold. Every path that a document may lead to lies below one root, and the guard keeps it so.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve, sep } from "node:path";
import { isObject } from "../../src/base/json.ts";
import { canary } from "../canary/values.ts";
import { samples } from "../contract/samples/all.ts";

/** Memory, where there is some: a ledger is synced to its disk after each step. */
const BASE = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

const NAMES = ["OPENAI_API_KEY", ...samples.flatMap(({ env }) => Object.keys(env))];

/** Variables that documents may name as sources of secrets. */
export const SECRET_NAMES: readonly string[] = [...new Set(NAMES)];
/** Written into files as a literal, where a reference belongs. */
export const LITERAL = canary("literal", "sk-");
/** Of the only programs that documents may name: one that is there and one that is not. */
export const COMMANDS: readonly (readonly string[])[] = [
  ["cat", "secrets/command.key"],
  ["/nonexistent/gateform-fuzz"],
];

/** What no output may hold, beside what the server knows. */
export const SECRETS: readonly string[] = [
  ...SECRET_NAMES.map((name) => canary(name)),
  LITERAL.slice(3),
  canary("file"),
  canary("outside"),
  canary("command"),
];

/** The environment of every run, beside what leads to the server. */
export const env: Readonly<Record<string, string>> = Object.fromEntries([
  ["GATEFORM_SHOWN", "shown"],
  ...SECRET_NAMES.map((name) => [name, canary(name)]),
]);

export interface Place {
  /** Nothing is ever written outside of it. */
  readonly root: string;
  /** The working directory, some levels below the root. */
  readonly cwd: string;
  readonly outside: string;
  readonly path: (name: string) => string;
  readonly write: (name: string, content: string | Uint8Array) => void;
  /** Empty where there is no such file. */
  readonly read: (name: string) => string;
  /** As it was at first. */
  readonly reset: () => void;
  readonly remove: () => void;
}

export function openPlace(): Place {
  const root = mkdtempSync(join(BASE, "gateform-fuzz-"));
  const cwd = join(root, "a/b/c/d/work");
  const outside = join(root, "outside");
  const path = (name: string): string => join(cwd, name);
  const reset = (): void => {
    rmSync(join(root, "a"), { recursive: true, force: true });
    rmSync(outside, { recursive: true, force: true });
    mkdirSync(join(cwd, "secrets"), { recursive: true });
    mkdirSync(join(cwd, ".gateform"));
    mkdirSync(outside);
    writeFileSync(join(cwd, "secrets/openai.key"), `${canary("file")}\n`);
    writeFileSync(join(cwd, "secrets/command.key"), canary("command"));
    writeFileSync(join(outside, "precious.json"), JSON.stringify({ KEPT: canary("outside") }));
    symlinkSync(outside, join(cwd, "link"));
    symlinkSync(join(outside, "precious.json"), join(cwd, "linked.json"));
    symlinkSync("loop", join(cwd, "loop"));
    symlinkSync("nowhere/at/all", join(cwd, "dangling"));
  };
  reset();
  return {
    root,
    cwd,
    outside,
    path,
    write: (name, content) => writeFileSync(path(name), content),
    read: (name) => (existsSync(path(name)) ? readFileSync(path(name), "utf8") : ""),
    reset,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/**
 * Why a document must not be carried out on the machine that the tests run on: a program of its own, a file outside
 * of the root, a server of its own. Looks at everything that apply could go by: what was declared, or a plan.
 */
export function dangerIn(value: unknown, { root, cwd }: Place): string | undefined {
  const inside = (path: string): boolean => resolve(cwd, path).startsWith(`${root}${sep}`);
  const stack: unknown[] = [value];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (Array.isArray(next)) stack.push(...next);
    if (!isObject(next)) continue;
    const { command, argv, check, undo, path, file, http, deliver } = next;
    const programs = [command, argv, ...(argv === undefined ? [] : [check, undo])];
    if (programs.some((words) => Array.isArray(words) && !isKnown(words))) return "a program";
    if (Array.isArray(deliver) && deliver.some((sink) => !isLocal(sink))) return "a server";
    if (typeof path === "string" && Object.hasOwn(next, "format") && !inside(path)) return "a file outside";
    if (typeof file === "string" && !inside(file)) return "a file outside";
    if (isObject(http)) return "a server";
    stack.push(...Object.values(next).filter((item) => typeof item === "object" && item !== null));
  }
  return undefined;
}

function isKnown(words: readonly unknown[]): boolean {
  return COMMANDS.some((known) => JSON.stringify(known) === JSON.stringify(words));
}

/** Every other sink, those to come included, talks to somebody. */
function isLocal(sink: unknown): boolean {
  return isObject(sink) && Object.keys(sink).every((name) => ["file", "stdout", "command"].includes(name));
}
