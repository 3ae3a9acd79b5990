// The stage of one case: a reference server of its own over real HTTP, a directory with a file and a ledger, and
// our real plan, apply and adopt. Reads and changes the server behind gateform's back with plain fetch only.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { stringify } from "yaml";
import { type AdoptInput, type AdoptResult, adoptResources } from "../../src/app/adopt.ts";
import { type Answer, type ApplyInput, type ApplyResult, applyStack } from "../../src/app/apply.ts";
import { type ExportResult, exportStack } from "../../src/app/export.ts";
import { openStack, type PlanRequest, planStack, type StackInput } from "../../src/app/stack.ts";
import type { Diagnostic } from "../../src/base/diagnostic.ts";
import type { JsonObject, JsonValue } from "../../src/base/json.ts";
import { requestLine } from "../../src/cli/request-line.ts";
import { loadConfig } from "../../src/config/load.ts";
import { planDigest } from "../../src/engine/plan-digest.ts";
import type { LedgerBackend } from "../../src/ledger/backend.ts";
import { parsePlan } from "../../src/ledger/documents.ts";
import { fileBackend } from "../../src/ledger/file-backend.ts";
import type { Ledger } from "../../src/model/ledger.ts";
import type { Plan, Step } from "../../src/model/plan.ts";
import type { Outcome } from "../../src/model/report.ts";
import { openNetwork } from "../../src/provider/network.ts";
import { providers } from "../../src/providers/index.ts";
import {
  type FaultRule,
  type LogEntry,
  type Profile,
  type ReferenceServerOptions,
  startReferenceServer,
} from "../../src/reference-server/index.ts";
import type { State } from "../../src/reference-server/state.ts";
import { renderPlanJson } from "../../src/render/plan-json.ts";
import { keepFiles, keeping, keepSecretsOf, keepSecretsOfServer, keepText } from "../canary/kept.ts";
import { onDataPlane, type Prompted } from "./data-plane.ts";

/** A request at a vendor's own API: method, path below the account or the host, body. The answer's body. */
export type Call = (method: string, path: string, body?: unknown) => Promise<JsonObject>;

/**
 * A chat completion through a Cloudflare gateway: status, and what the provider behind it was called with. The path is
 * below the account, e.g. `support/openai/chat/completions`; `signed` sends the account's token.
 */
export type Ask = (
  path: string,
  model: string,
  /** True: with the token of the management API; a text: with that one. */
  signed: boolean | string,
) => Promise<{ readonly status: number; readonly echo: JsonValue | undefined }>;

export interface Vendors {
  readonly cloudflare: Call;
  readonly vercel: Call;
  readonly control: Call;
}

export interface Stage {
  readonly vendors: Vendors;
  readonly ask: Ask;
  /** A chat completion at Vercel's data plane, with an API key. */
  readonly prompt: (key: string, model: string) => Promise<Prompted>;
  /** What secret references find; cases change it between runs. */
  readonly env: Record<string, string | undefined>;
  readonly directory: string;
  /** Writes the file: provider blocks, and keys of the top level beside them. */
  readonly declare: (block: JsonObject, top?: JsonObject) => Promise<void>;
  /** Makes a plan and checks that this wrote nothing, neither at the vendors nor in the directory. */
  readonly plan: (request?: Partial<PlanRequest>) => Promise<Plan>;
  /** `meanwhile` happens while the plan waits for its yes, which a person gives only when `answer` says so. */
  readonly apply: (
    request?: Partial<PlanRequest>,
    wrap?: WrapBackend,
    meanwhile?: () => Promise<unknown>,
    answer?: Answer,
  ) => Promise<ApplyResult>;
  /** Carries out a plan that was made before, as its file would give it. */
  readonly applySaved: (plan: Plan) => Promise<ApplyResult>;
  /** Takes into the ledger, and checks that this wrote nothing at the vendors. */
  readonly adopt: (wanted: Partial<Pick<AdoptInput, "ids" | "patterns">>) => Promise<AdoptResult>;
  /** Replaces the file by an export of everything in its blocks, made as if nothing were declared. */
  readonly exportAll: (with_defaults: boolean, ledger?: Ledger | null) => Promise<ExportResult>;
  readonly ledger: () => Promise<Ledger | null>;
  readonly loseLedger: () => Promise<void>;
  readonly state: () => Promise<State>;
  readonly requests: () => Promise<readonly LogEntry[]>;
  /** Moves the server's clock on, by milliseconds. */
  readonly pass: (ms: number) => void;
  /** Moves all clocks on, that of the runs too, by milliseconds. */
  readonly later: (ms: number) => void;
  readonly fault: (...rules: readonly FaultRule[]) => Promise<void>;
  readonly clearFaults: () => Promise<void>;
}

export type WrapBackend = (backend: LedgerBackend) => LedgerBackend;

export interface StageOptions {
  readonly profile: Profile;
  readonly env: Readonly<Record<string, string>>;
  readonly server?: Pick<ReferenceServerOptions, "pageSize" | "switches">;
}

const NO_REQUEST: PlanRequest = { adopt: false, allow_deletes: 0, destroy: false };

/** Sets the stage. `onEnd` gets what takes it down again. */
export async function openStage(
  options: StageOptions,
  onEnd: (cleanUp: () => Promise<void>) => void,
): Promise<Stage> {
  let passed = 0;
  let ours = 0;
  const now = () => Date.now() + ours;
  const server = await startReferenceServer({
    profile: options.profile,
    now: () => Date.now() + passed,
    ...options.server,
  });
  const directory = await mkdtemp(join(tmpdir(), "gateform-contract-"));
  onEnd(async () => {
    await keepSecretsOfServer(control_url);
    await server.close();
    await rm(directory, { recursive: true, force: true });
  });
  const { cloudflare, vercel, control_url } = server.connection;
  const network = openNetwork({
    env: {},
    parallelism: 4,
    ...(keeping && { onRequest: (event) => keepText("a request", requestLine(event)) }),
  });
  const env: Record<string, string | undefined> = {
    CLOUDFLARE_API_TOKEN: cloudflare.api_token,
    CLOUDFLARE_BASE_URL: cloudflare.base_url,
    VERCEL_TOKEN: vercel.token,
    VERCEL_BASE_URL: vercel.base_url,
    ...options.env,
  };
  const vendors: Vendors = {
    cloudflare: caller(`${cloudflare.base_url}/accounts/${cloudflare.account_id}`, cloudflare.api_token),
    vercel: caller(vercel.base_url, vercel.token),
    control: caller(control_url, ""),
  };
  const ledgerFile = join(directory, ".gateform/contract.ledger.json");
  /** What cases put into the directory. */
  const given = new Map<string, string>();
  const configFile = join(directory, "gateform.yaml");

  /** Keeps what a run gives and leaves behind, for the search after the whole suite. */
  async function kept<T>(name: string, run: () => Promise<T>): Promise<T> {
    keepSecretsOf(env);
    try {
      const result = await run();
      if (keeping) keepText(name, JSON.stringify(result));
      return result;
    } catch (error) {
      keepText(`the error of ${name}`, String(error));
      throw error;
    } finally {
      keepFiles(directory, given);
    }
  }

  async function input(wrap: WrapBackend = (backend) => backend): Promise<StackInput> {
    const { config, diagnostics } = await loadConfig({
      files: [],
      cwd: directory,
      env,
      envAllow: [],
      providers,
      lenientEnv: false,
    });
    if (config === undefined) throw new Error(`the file is refused: ${JSON.stringify(diagnostics)}`);
    expect(config.ledger).toEqual({ file: ledgerFile });
    const backend = wrap(fileBackend({ path: ledgerFile }));
    return { config, providers, backend, network, env, cwd: directory, parallelism: 4, now };
  }

  async function planNow(request: Partial<PlanRequest>): Promise<Plan> {
    const run = await input();
    const ledger = await run.backend.read();
    const { stack, diagnostics } = await openStack(run, ledger, "read");
    if (stack === undefined) throw new Error(`no connection: ${JSON.stringify(diagnostics)}`);
    try {
      return await kept(
        "a plan",
        async () => (await planStack(stack, ledger, { ...NO_REQUEST, ...request })).plan,
      );
    } finally {
      await stack.close();
    }
  }

  async function applyNow(
    request: ApplyInput["request"],
    wrap?: WrapBackend,
    meanwhile?: () => Promise<unknown>,
    answer: Answer = "approved",
  ): Promise<ApplyResult> {
    const stack = await input(wrap);
    const run = (): Promise<ApplyResult> =>
      applyStack({
        stack,
        request,
        keep_going: false,
        new_ledger: true,
        lock_timeout: 0,
        sinks: {
          base: directory,
          env,
          terminal: false,
          ci: false,
          print: () => undefined,
          now,
          reveal: [],
        },
        confirm: async () => {
          await meanwhile?.();
          return answer;
        },
        on: (event) => {
          if (keeping) keepText("an apply's event", JSON.stringify(event));
        },
      });
    return kept("an apply", run);
  }

  const requests = async () => (await vendors.control("GET", "/requests")) as unknown as readonly LogEntry[];

  return {
    vendors,
    ask: async (path, model, signed) => {
      const response = await fetch(`${cloudflare.gateway_base_url}/${cloudflare.account_id}/${path}`, {
        method: "POST",
        headers:
          signed === false
            ? {}
            : { "cf-aig-authorization": `Bearer ${signed === true ? cloudflare.api_token : signed}` },
        body: JSON.stringify({ model }),
      });
      const body = (await response.json()) as JsonObject; // the data plane answers with objects only
      return { status: response.status, echo: body.echo };
    },
    prompt: (key, model) => onDataPlane(server.connection, key, model),
    env,
    directory,
    async declare(block, top = {}) {
      const document = { version: 1, stack: "contract", ...top, ...withAccounts(block, server.connection) };
      given.set(configFile, stringify(document));
      await writeFile(configFile, stringify(document));
    },
    async plan(request = {}) {
      const before = (await requests()).length;
      const stored = await contentOf(ledgerFile);
      const plan = await planNow(request);
      expect(writes((await requests()).slice(before)), "a plan writes nothing").toEqual([]);
      expect(await contentOf(ledgerFile), "a plan leaves the ledger alone").toBe(stored);
      return plan;
    },
    apply: (request = {}, ...rest) => applyNow({ ...NO_REQUEST, ...request }, ...rest),
    async applySaved(plan) {
      const read = parsePlan(renderPlanJson(plan), "plan.json");
      if ("problem" in read) throw new Error(read.problem.message);
      expect(planDigest(read.plan), "a plan has one digest").toBe(planDigest(plan));
      return applyNow(read);
    },
    async adopt(wanted) {
      const before = (await requests()).length;
      const stack = await input();
      const result = await kept("an adoption", () =>
        adoptResources({ stack, ids: {}, patterns: [], ...wanted, lock_timeout: 0 }),
      );
      expect(writes((await requests()).slice(before)), "an adoption writes nothing").toEqual([]);
      return result;
    },
    async exportAll(with_defaults, ledger = null) {
      const run = await input();
      const desired = { ...run.config.desired, resources: [], scopes: [] };
      const result = await exportStack({ ...run, config: { ...run.config, desired } }, ledger, {
        selection: {
          selectors: [],
          rules: providers.flatMap(({ kinds }) => kinds.map(({ rules }) => rules)),
        },
        with_defaults,
        split: false,
        stack: desired.stack,
        directory,
        schemas: directory,
      });
      for (const { text } of result.files ?? []) {
        keepText("an export", text);
        await writeFile(configFile, text);
      }
      return result;
    },
    ledger: () => fileBackend({ path: ledgerFile }).read(),
    loseLedger: () => rm(ledgerFile),
    state: async () => (await vendors.control("GET", "/state")) as unknown as State,
    requests,
    pass: (ms) => {
      passed += ms;
    },
    later: (ms) => {
      passed += ms;
      ours += ms;
    },
    fault: async (...rules) => {
      await vendors.control("POST", "/faults", rules);
    },
    clearFaults: async () => {
      await vendors.control("DELETE", "/faults");
    },
  };
}

/** The requests of a log that could change something. */
export function writes(log: readonly LogEntry[]): string[] {
  return log.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
}

/** The steps of one address, as `action reason`. */
export function stepsOf(plan: Plan, address: string): readonly Step[] {
  return plan.steps.filter((step) => step.address === address);
}

/** Nothing is left to do: no step of any kind, nothing refused, nothing wrong, nothing settling. */
export function expectEmpty(plan: Plan): void {
  const left = plan.steps.map(({ id, reason, changes, released, claimed }) => ({
    id,
    reason,
    ...(changes.length === 0 ? {} : { changes }),
    ...(released === undefined ? {} : { released }),
    ...(claimed === undefined ? {} : { claimed }),
  }));
  const { refused, settling } = plan;
  expect({ left, refused, settling, errors: errorsOf(plan.diagnostics) }).toEqual({
    left: [],
    refused: [],
    settling: [],
    errors: [],
  });
}

/**
 * The run did everything and proved it.
 * @param also outcomes that are as good as done here.
 */
export function expectConverged(
  result: ApplyResult,
  ...also: readonly Outcome[]
): asserts result is ApplyResult & { state: "applied" } {
  if (result.state !== "applied") {
    throw new Error(`${result.state}: ${JSON.stringify(result.diagnostics)}`);
  }
  const { report } = result;
  const bad = report.results.filter(
    ({ outcome }) => !["done", "already", "written", ...also].includes(outcome),
  );
  expect({ bad, problems: report.diagnostics, converged: report.converged }).toEqual({
    bad: [],
    problems: [],
    converged: true,
  });
}

export function errorsOf(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.filter(({ severity }) => severity === "error");
}

function withAccounts(
  block: JsonObject,
  connection: { cloudflare: { account_id: string }; vercel: { team: string } },
): JsonObject {
  const settings: JsonObject = {
    cloudflare: { account_id: connection.cloudflare.account_id },
    vercel: { team: connection.vercel.team },
  };
  return Object.fromEntries(
    Object.entries(block).map(([name, sections]): [string, JsonValue] => [
      name,
      { ...(settings[name] as JsonObject), ...(sections as JsonObject) },
    ]),
  );
}

function caller(base: string, token: string): Call {
  return async (method, path, body) => {
    const response = await fetch(base + path, {
      method,
      headers: token === "" ? {} : { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? {} : JSON.parse(text);
  };
}

async function contentOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return null;
  }
}
