/**
 * gateform as a library: read files, plan, apply, and run the reference server, without the command line around it.
 * Nothing here prints, asks, or sets an exit code; mistakes in files are diagnostics in the results.
 *
 * ```ts
 * const { config, diagnostics } = await loadConfig({ files: ["gateform.yaml"] });
 * if (config !== undefined) {
 *   const { plan: made } = await plan(config);
 *   console.log(made?.summary);
 * }
 * ```
 */
import { type ApplyResult, applyStack } from "./app/apply.ts";
import type { ApplyEvent } from "./app/execution.ts";
import { openLedger } from "./app/open-ledger.ts";
import { openStack, planStack, type StackInput } from "./app/stack.ts";
import type { Diagnostic } from "./base/diagnostic.ts";
import { type LoadedConfig, loadConfig as load } from "./config/load.ts";
import type { Plan } from "./model/plan.ts";
import { openNetwork } from "./provider/network.ts";
import { providers } from "./providers/index.ts";

/** Where a run looks for files and values. */
export interface Surroundings {
  /** Directory that relative paths start from; default: that of the process. */
  readonly cwd?: string;
  /** Variables, credentials and secrets; default: the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface LoadOptions extends Surroundings {
  /** Files, directories and globs, later ones laid over earlier ones; default: gateform.yaml in `cwd`. */
  readonly files?: readonly string[];
  /** More variable names that files may read; `*` stands for any text. */
  readonly envAllow?: readonly string[];
}

/** Reads and checks the files. `config` is there when no diagnostic is an error. Needs no network and no secrets. */
export function loadConfig(
  options: LoadOptions = {},
): Promise<{ readonly config?: LoadedConfig; readonly diagnostics: readonly Diagnostic[] }> {
  return load({
    files: options.files ?? [],
    cwd: options.cwd ?? process.cwd(),
    env: options.env ?? process.env,
    envAllow: options.envAllow ?? [],
    providers,
    lenientEnv: false,
  });
}

export interface PlanOptions extends Surroundings {
  /** Take over live resources of the same identity. */
  readonly adopt?: boolean;
  /** Deletes that this run may make, where `policy.max_deletes` allows fewer; default 0. */
  readonly allowDeletes?: number;
  /** Permission groups that tokens may be given beside those of AI Gateway; default none. */
  readonly allowPermissions?: readonly string[];
  /** Plan to delete everything that the ledger says is this stack's. */
  readonly destroy?: boolean;
  /** Requests and steps at a time, per vendor; default 8. */
  readonly parallelism?: number;
}

/**
 * Reads the ledger and the vendors, and makes the plan; writes nothing. `plan` is missing when a vendor could not be
 * reached with the credentials at hand: the diagnostics say why.
 * @throws LedgerError when there is a ledger that cannot be read.
 */
export async function plan(
  config: LoadedConfig,
  options: PlanOptions = {},
): Promise<{ readonly plan?: Plan; readonly diagnostics: readonly Diagnostic[] }> {
  const input = stackInput(config, options, "plan");
  const ledger = await input.backend.read();
  const { stack, diagnostics } = await openStack(input, ledger, "read");
  if (stack === undefined) return { diagnostics };
  try {
    const { plan: made } = await planStack(stack, ledger, requestOf(options));
    return { plan: made, diagnostics };
  } finally {
    await stack.close();
  }
}

export interface ApplyOptions extends PlanOptions {
  /** Sees the plan before the first write; false ends the run with nothing done. Default: yes. */
  readonly confirm?: (plan: Plan) => boolean | Promise<boolean>;
  /** Told as each step starts and ends. */
  readonly on?: (event: ApplyEvent) => void;
  /** Do what can be done although parts of the plan are refused. */
  readonly keepGoing?: boolean;
  /** Start a ledger where there is none, also with `CI` set. */
  readonly newLedger?: boolean;
  /** Milliseconds to wait for another run's lock; default 0. */
  readonly lockTimeout?: number;
  /** Aborted: start no further step, end those under way. */
  readonly stop?: AbortSignal;
}

/**
 * Plans, does it, reads everything back and proves that nothing is left to do: `report.converged`. The sink `stdout`
 * is refused here.
 * @throws LedgerError when the ledger cannot be locked, read or written.
 */
export function apply(config: LoadedConfig, options: ApplyOptions = {}): Promise<ApplyResult> {
  const stack = stackInput(config, options, "apply");
  return applyStack({
    stack,
    request: requestOf(options),
    keep_going: options.keepGoing ?? false,
    new_ledger: options.newLedger ?? false,
    lock_timeout: options.lockTimeout ?? 0,
    sinks: {
      base: stack.cwd,
      env: stack.env,
      reveal: [],
      terminal: false,
      ci: true,
      print: () => undefined,
      now: Date.now,
    },
    confirm: async (made) => {
      if (options.confirm === undefined) return "approved";
      return (await options.confirm(made)) ? "answered" : "declined";
    },
    on: options.on ?? (() => undefined),
    ...(options.stop === undefined ? {} : { stop: options.stop }),
  });
}

function stackInput(config: LoadedConfig, options: PlanOptions, command: string): StackInput {
  const env = options.env ?? process.env;
  const cwd = options.cwd ?? process.cwd();
  const parallelism = options.parallelism ?? 8;
  const network = openNetwork({ env, parallelism });
  return {
    config,
    providers,
    backend: openLedger(config.ledger, {
      env,
      cwd,
      command: `gateform ${command}`,
      warn: (message) => process.emitWarning(message),
      network,
    }),
    network,
    env,
    cwd,
    parallelism,
    now: Date.now,
  };
}

function requestOf(options: PlanOptions) {
  return {
    adopt: options.adopt ?? false,
    allow_deletes: options.allowDeletes ?? 0,
    allow_permissions: options.allowPermissions ?? [],
    destroy: options.destroy ?? false,
  };
}

export type { Address } from "./base/address.ts";
export type { Position, Severity } from "./base/diagnostic.ts";
export { LedgerError } from "./ledger/backend.ts";
export type { BehaviourChange, PlanBehaviour } from "./model/behaviour.ts";
export type { Ledger, LedgerEntry } from "./model/ledger.ts";
export type { Action, Change, PlanSummary, Refusal, Risk, Step } from "./model/plan.ts";
export type { ApplyReport, Outcome, StepResult } from "./model/report.ts";
export {
  type Connection,
  type FaultRule,
  type ReferenceServerOptions,
  type RunningServer,
  startReferenceServer,
} from "./reference-server/index.ts";
export type { ApplyEvent, ApplyResult, Diagnostic, LoadedConfig, Plan };
