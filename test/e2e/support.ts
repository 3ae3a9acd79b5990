// Runs the built command line as a person or a script would: as a process, in a directory of its own, against the
// reference server as another process. GATEFORM_CLI names the entry file; scripts/test.mjs sets it to the packed one.

import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Connection, FaultRule, LogEntry, Switches } from "../../src/reference-server/index.ts";
import {
  filesBelow,
  keepFiles,
  keeping,
  keepSecretsOf,
  keepSecretsOfServer,
  keepText,
} from "../canary/kept.ts";
import { canary } from "../canary/values.ts";

export const root = fileURLToPath(new URL("../..", import.meta.url));
/** npm puts a link to the entry file into `.bin`; the real one stands beside the rest of the bundle. */
export const cliPath = realpathSync(process.env.GATEFORM_CLI ?? join(root, "dist/cli.js"));

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly done: Promise<Result>;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Goes away as a reader, like `head`. */
  readonly closeStdout: () => void;
  /** What was printed so far. */
  readonly output: () => Pick<Result, "stdout" | "stderr">;
  /** Resolves when stdout or stderr holds the text; rejects when the process ends without. */
  readonly shown: (text: string) => Promise<void>;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Starts the command line with nothing of this process's environment but what programs need to run. */
export function startCli(args: readonly string[], options: CliOptions): Running {
  keepSecretsOf(options.env ?? {});
  const child = spawn(process.execPath, [cliPath, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? "", HOME: options.cwd, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A command that reads no input may end before it is written.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  return watch(child, `gateform ${args.join(" ")}`);
}

/**
 * Gathers what a process prints.
 * @param what the process, for the search after a run of the whole suite.
 */
export function watch(child: ChildProcess, what: string): Running {
  const texts = { stdout: "", stderr: "" };
  const waiting = new Set<() => void>();
  let ended = false;
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
      for (const look of waiting) look();
    });
  }
  const done = new Promise<Result>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      ended = true;
      for (const name of ["stdout", "stderr"] as const) keepText(`${name} of ${what}`, texts[name]);
      for (const look of waiting) look();
      resolve({ code, ...texts });
    });
  });
  return {
    done,
    kill: (signal) => void child.kill(signal),
    closeStdout: () => void child.stdout?.destroy(),
    output: () => texts,
    shown: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const there = texts.stdout.includes(text) || texts.stderr.includes(text);
          if (!there && !ended) return;
          waiting.delete(look);
          if (there) resolve();
          else reject(new Error(`ended without "${text}":\n${texts.stdout}\n${texts.stderr}`));
        };
        waiting.add(look);
        look();
      }),
  };
}

/** A directory that a test works in. */
export interface Workspace {
  readonly cwd: string;
  readonly path: (name: string) => string;
  readonly write: (name: string, text: string) => void;
  readonly read: (name: string) => string;
  /** Names of what is directly in it. */
  readonly files: () => readonly string[];
  readonly run: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Result>;
  readonly start: (args: readonly string[], env?: Readonly<Record<string, string>>) => Running;
  readonly remove: () => void;
}

export function workspace(server: Pick<Server, "env"> | undefined, copyOf?: string): Workspace {
  const cwd = mkdtempSync(join(tmpdir(), "gateform-e2e-"));
  if (copyOf !== undefined) cpSync(join(root, copyOf), cwd, { recursive: true });
  const path = (name: string): string => join(cwd, name);
  const given = new Map<string, string>();
  if (keeping) for (const file of filesBelow(cwd)) given.set(file, readFileSync(file, "utf8"));
  const start = (args: readonly string[], env = {}): Running => {
    const running = startCli(args, { cwd, env: { ...server?.env, ...env } });
    return {
      ...running,
      done: running.done.finally(() => keepFiles(cwd, given)),
    };
  };
  return {
    cwd,
    path,
    write: (name, text) => {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), text);
      given.set(path(name), text);
    },
    files: () => readdirSync(cwd),
    read: (name) => readFileSync(path(name), "utf8"),
    start,
    run: (args, env) => start(args, env).done,
    remove: () => {
      keepFiles(cwd, given);
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}

export interface Server {
  readonly connection: Connection;
  /** What a client needs to reach it, with a provider key. */
  readonly env: Readonly<Record<string, string>>;
  readonly requests: () => Promise<readonly LogEntry[]>;
  readonly forgetRequests: () => Promise<void>;
  readonly addFaults: (...rules: readonly FaultRule[]) => Promise<void>;
  readonly clearFaults: () => Promise<void>;
  /** How the vendors behave from now on. */
  readonly setSwitches: (switches: Partial<Switches>) => Promise<void>;
  readonly reset: () => Promise<void>;
  // biome-ignore lint/suspicious/noExplicitAny: the server's whole state; tests look at single members
  readonly state: () => Promise<any>;
  /** Replaces the whole state; records may leave out what has a default. */
  readonly putState: (state: object) => Promise<void>;
  /** A request over the vendors' APIs, with their credentials. */
  readonly cloudflare: (method: string, path: string, body?: object) => Promise<Response>;
  readonly vercel: (method: string, path: string, body?: object) => Promise<Response>;
  readonly stop: () => Promise<Result>;
}

export const PROVIDER_KEY = canary("provider key", "sk-");

/** Starts `gateform serve` on a free port. */
export async function startServer(...args: readonly string[]): Promise<Server> {
  const running = startCli(["serve", "--port", "0", "--output", "json", ...args], { cwd: tmpdir() });
  await running.shown("}\n");
  const connection = JSON.parse(running.output().stdout) as Connection;
  const { cloudflare, vercel, control_url } = connection;
  const control = async (method: string, path: string, body?: object): Promise<Response> => {
    const answer = await fetch(`${control_url}${path}`, send(method, body));
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const { vercel: half } = (await (await control("GET", "/state")).json()) as {
    readonly vercel: { readonly teams: readonly [{ readonly id: string }] };
  };
  const team = half.teams[0].id;
  return {
    connection,
    env: {
      CLOUDFLARE_BASE_URL: cloudflare.base_url,
      CLOUDFLARE_ACCOUNT_ID: cloudflare.account_id,
      CLOUDFLARE_API_TOKEN: cloudflare.api_token,
      VERCEL_BASE_URL: vercel.base_url,
      VERCEL_TEAM: vercel.team,
      VERCEL_TOKEN: vercel.token,
      OPENAI_API_KEY: PROVIDER_KEY,
    },
    requests: async () => (await (await control("GET", "/requests")).json()) as readonly LogEntry[],
    forgetRequests: async () => void (await control("DELETE", "/requests")),
    addFaults: async (...rules) => void (await control("POST", "/faults", rules)),
    clearFaults: async () => void (await control("DELETE", "/faults")),
    setSwitches: async (switches) => void (await control("POST", "/switches", switches)),
    reset: async () => void (await control("POST", "/reset")),
    state: async () => (await control("GET", "/state")).json(),
    putState: async (state) => void (await control("PUT", "/state", state)),
    cloudflare: (method, path, body) =>
      fetch(
        `${cloudflare.base_url}/accounts/${cloudflare.account_id}${path}`,
        send(method, body, cloudflare.api_token),
      ),
    vercel: (method, path, body) =>
      fetch(
        `${vercel.base_url}${path}${path.includes("?") ? "&" : "?"}teamId=${team}`,
        send(method, body, vercel.token),
      ),
    stop: async () => {
      await keepSecretsOfServer(control_url);
      running.kill("SIGTERM");
      return running.done;
    },
  };
}

function send(method: string, body: object | undefined, token?: string): RequestInit {
  return {
    method,
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
}

/** Parses stdout, which must be one JSON document. */
// biome-ignore lint/suspicious/noExplicitAny: documents of all commands; tests look at single members
export function json(result: Result): any {
  try {
    return JSON.parse(result.stdout);
  } catch {
    throw new Error(`stdout is not JSON:\n${result.stdout}\n${result.stderr}`);
  }
}

export const WRITES = ["POST", "PUT", "PATCH", "DELETE"];

/** Requests that could change something. */
export function writesOf(log: readonly LogEntry[]): readonly LogEntry[] {
  return log.filter((entry) => WRITES.includes(entry.method));
}
