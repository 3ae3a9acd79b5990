// Sets a scene: a reference server, what stands in for the sinks' servers, a directory with files and a ledger, all as
// the scene's first files left them a month ago. From there the packed command line runs, and everything goes back as
// often as it is asked for.

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { durationOf } from "../../../src/base/duration.ts";
import { isObject, type JsonObject, type JsonValue } from "../../../src/base/json.ts";
import type { Ledger } from "../../../src/model/ledger.ts";
import { type Switches, startReferenceServer } from "../../../src/reference-server/index.ts";
import type { State } from "../../../src/reference-server/state.ts";
import { type Result, type Running, startCli } from "../../e2e/support.ts";
import { type Github, type GithubSecret, openGithub } from "../../stand-ins/github.ts";
import { openVercel, type Vercel } from "../../stand-ins/vercel.ts";
import { startStateServer } from "../../unit/ledger/state-server.ts";
import { REPOSITORY, ROTATE_AFTER } from "./keys.ts";
import type { Scene } from "./scene.ts";

/** Memory, where there is some: a ledger is synced to its disk after each step. */
const BASE = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const CLOCK = fileURLToPath(new URL("later.mjs", import.meta.url));
/** Values that may become this old are due. */
const AGE = (durationOf(ROTATE_AFTER) ?? 0) + 3_600_000;
/** Nothing waits for a vendor to get ready, so that each run asks for the same. */
const PROMPT: Partial<Switches> = {
  secret_pending_ms: 0,
  provider_config_delete_lag_ms: 0,
  route_graph_lag_ms: 0,
  custom_domain_step_ms: 0,
};
const STACK = "scene";

/** Whom a run talks to. */
export type Peer = "vendors" | "github" | "project" | "ledger";

export interface SetOptions {
  /** Where the ledger is; beside the file if left out. */
  readonly ledger?: "file" | "http";
  /** Items per page of every list; as the vendors have it if left out. */
  readonly pageSize?: number;
  /** Puts something between the runs and a peer: gives the URL to use in place of the peer's own. */
  readonly through?: (peer: Peer, url: string) => Promise<string>;
}

export interface Stage {
  readonly scene: Scene;
  readonly cwd: string;
  /** What a run needs beside the files. */
  readonly env: Readonly<Record<string, string>>;
  /** The server's own connection, for requests behind gateform's back. */
  readonly control: (method: string, path: string, body?: object) => Promise<JsonValue>;
  readonly state: () => Promise<State>;
  /** What every sink holds, by kind of sink and name: `file out/ci.first`, `github CI`, `vercel CI`. */
  readonly sinks: () => Readonly<Record<string, string>>;
  /** The ledger as it is stored; `null` where there is none. */
  readonly ledger: () => string | null;
  /** Whether somebody holds the lock of a ledger on a server. */
  readonly locked: () => boolean;
  /** Vendors' ids of what is somebody else's. */
  readonly foreign: readonly string[];
  readonly start: (args: readonly string[]) => Running;
  readonly run: (args: readonly string[]) => Promise<Result>;
  /** As at the start: server, sinks, directory, ledger and its lock, clocks. */
  readonly restore: () => Promise<void>;
  /** Moves the server's clock and that of runs started from now on, by milliseconds, until the next `restore`. */
  readonly later: (ms: number) => void;
  readonly close: () => Promise<void>;
}

/** @throws Error when the scene's first files cannot be applied. */
export async function setScene(scene: Scene, options: SetOptions = {}): Promise<Stage> {
  const { through = (_, url) => Promise.resolve(url) } = options;
  const paged = options.pageSize === undefined ? {} : { pageSize: options.pageSize };
  const ahead = { ms: -AGE };
  const server = await startReferenceServer({ now: () => Date.now() + ahead.ms, switches: PROMPT, ...paged });
  const github = await openGithub(REPOSITORY);
  const project = await openVercel(server.connection.vercel.base_url);
  const states = options.ledger === "http" ? await startStateServer("terraform") : undefined;
  const cwd = mkdtempSync(join(BASE, "gateform-scene-"));
  const saved = mkdtempSync(join(BASE, "gateform-scene-"));
  const { cloudflare, vercel, control_url } = server.connection;

  const control: Stage["control"] = async (method, path, body) => {
    const answer = await fetch(`${control_url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? null : (JSON.parse(text) as JsonValue);
  };
  const state = async () => (await control("GET", "/state")) as unknown as State; // its own form of it

  // Variables of projects are at Vercel, too: the stand-in for them asks the server for all that are no projects.
  const usesVariables = Object.values(scene.delivered)
    .flat()
    .some((place) => place.startsWith("vercel "));
  const relayed = await through("vendors", new URL(cloudflare.base_url).origin);
  const env: Record<string, string> = {
    ...scene.env,
    CLOUDFLARE_BASE_URL: `${relayed}${new URL(cloudflare.base_url).pathname}`,
    CLOUDFLARE_ACCOUNT_ID: cloudflare.account_id,
    CLOUDFLARE_API_TOKEN: cloudflare.api_token,
    VERCEL_BASE_URL: usesVariables ? await through("project", project.url) : relayed,
    VERCEL_TEAM: vercel.team,
    VERCEL_TOKEN: vercel.token,
    PROJECT_TOKEN: project.token,
    GITHUB_API_URL: await through("github", github.url),
    GITHUB_TOKEN: github.token,
  };
  const ledgerUrl =
    states === undefined
      ? undefined
      : `${await through("ledger", new URL(states.address).origin)}${new URL(states.address).pathname}`;
  const ledgerFile = join(cwd, `.gateform/${STACK}.ledger.json`);

  const start: Stage["start"] = (args) =>
    startCli(args, {
      cwd,
      env:
        ahead.ms === 0
          ? env
          : { ...env, NODE_OPTIONS: `--import=${CLOCK}`, GATEFORM_TEST_CLOCK_AHEAD: String(ahead.ms) },
    });
  const run: Stage["run"] = (args) => start(args).done;
  const must = async (...args: readonly string[]): Promise<void> => {
    const { code, stdout, stderr } = await run(args);
    if (code !== 0)
      throw new Error(`the scene ${scene.name} cannot be set: ${args.join(" ")}: ${stdout}${stderr}`);
  };
  const declare = (block: JsonObject): void =>
    writeFileSync(join(cwd, "gateform.yaml"), JSON.stringify(fileOf(block, ledgerUrl), null, 2));

  const stored = (): string | null => {
    if (states !== undefined) return states.state;
    return existsSync(ledgerFile) ? readFileSync(ledgerFile, "utf8") : null;
  };
  const foreign: string[] = [];
  /** As `ledger forget` leaves it. @returns the ids that nobody knows any more. */
  const forget = (addresses: readonly string[]): readonly string[] => {
    const ledger = JSON.parse(stored() ?? "{}") as Ledger; // as the run before has written it
    const kept = Object.entries(ledger.resources).filter(([address]) => !addresses.includes(address));
    const without = { ...ledger, serial: ledger.serial + 1, resources: Object.fromEntries(kept) };
    const text = `${JSON.stringify(without, null, 2)}\n`;
    if (states === undefined) writeFileSync(ledgerFile, text);
    else states.state = text;
    return addresses.flatMap((address) => ledger.resources[address]?.id ?? []);
  };

  if (scene.seed !== undefined) await control("PUT", "/state", scene.seed(await state()));
  for (const [index, block] of scene.before.entries()) {
    declare(block);
    await must("apply", "--auto-approve", "--allow-deletes", "100");
    if (index === 0) foreign.push(...forget(scene.foreign));
  }
  declare(scene.after);
  ahead.ms = 0;
  cpSync(cwd, saved, { recursive: true });
  const first = {
    state: await state(),
    secrets: new Map(github.places.get(REPOSITORY)?.secrets),
    variables: project.variables.map((variable) => ({ ...variable })),
    ledger: states?.state ?? null,
  };

  return {
    scene,
    cwd,
    env,
    control,
    state,
    sinks: () => heldBy(cwd, github, project),
    ledger: stored,
    locked: () => states !== undefined && states.lock !== null,
    foreign,
    start,
    run,
    restore: async () => {
      ahead.ms = 0;
      for (const name of readdirSync(cwd)) rmSync(join(cwd, name), { recursive: true, force: true });
      cpSync(saved, cwd, { recursive: true });
      await control("PUT", "/state", first.state);
      restoreSecrets(github, first.secrets);
      project.variables.splice(0, Infinity, ...first.variables.map((variable) => ({ ...variable })));
      if (states !== undefined) Object.assign(states, { state: first.ledger, lock: null });
    },
    later: (ms) => {
      ahead.ms += ms;
    },
    close: async () => {
      await Promise.all([server.close(), github.close(), project.close(), states?.close()]);
      for (const directory of [cwd, saved]) rmSync(directory, { recursive: true, force: true });
    },
  };
}

function fileOf(block: JsonObject, ledger: string | undefined): JsonObject {
  const settings: JsonObject = {
    cloudflare: { account_id: "${env:CLOUDFLARE_ACCOUNT_ID}" },
    vercel: { team: "${env:VERCEL_TEAM}" },
  };
  const providers = Object.entries(block).map(([name, sections]): [string, JsonValue] => {
    const setting = settings[name];
    return [name, isObject(setting) && isObject(sections) ? { ...setting, ...sections } : sections];
  });
  return {
    version: 1,
    stack: STACK,
    ...(ledger === undefined ? {} : { ledger: { http: { address: ledger } } }),
    ...Object.fromEntries(providers),
  };
}

function heldBy(cwd: string, github: Github, project: Vercel): Readonly<Record<string, string>> {
  const out = join(cwd, "out");
  const files = existsSync(out) ? readdirSync(out) : [];
  return Object.fromEntries([
    ...files.map((name) => [`file out/${name}`, readFileSync(join(out, name), "utf8")]),
    ...[...(github.places.get(REPOSITORY)?.secrets ?? [])].map(([name, { value }]) => [
      `github ${name}`,
      value,
    ]),
    ...project.variables.map(({ key, value }) => [`vercel ${key}`, value]),
  ]);
}

function restoreSecrets(github: Github, secrets: ReadonlyMap<string, GithubSecret>): void {
  const place = github.places.get(REPOSITORY);
  place?.secrets.clear();
  for (const [name, secret] of secrets) place?.secrets.set(name, secret);
}
