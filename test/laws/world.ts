// A world for laws: the model vendor, a ledger, sinks and the secrets at hand, with gateform's own look, plan and
// execution run over them. Only the edges are models: the vendor, the ledger's place, the sinks, the clock.

import { executePlan } from "../../src/app/execute.ts";
import { withFingerprints } from "../../src/app/fingerprints.ts";
import { sourceKey, sourcesIn } from "../../src/app/materialise.ts";
import { observe } from "../../src/app/observe.ts";
import { planScopeAgain, recheck } from "../../src/app/saved-plan.ts";
import type { SecretResolver } from "../../src/app/secrets.ts";
import type { Sessions } from "../../src/app/sessions.ts";
import { type SinkDriver, SinkError } from "../../src/app/sinks/sink.ts";
import type { Diagnostic } from "../../src/base/diagnostic.ts";
import { fingerprintWith } from "../../src/base/digest.ts";
import { listMarks, type SecretSource } from "../../src/base/expression.ts";
import { deepFreeze } from "../../src/base/json.ts";
import { findAdoptions } from "../../src/engine/adoption.ts";
import { isBraked } from "../../src/engine/guard.ts";
import { moveEntries, movesOfSteps } from "../../src/engine/moves.ts";
import { makePlan, type PlanInput } from "../../src/engine/plan.ts";
import { restAfterApply } from "../../src/engine/verify.ts";
import { parsePlan } from "../../src/ledger/documents.ts";
import { openLedgerWriter } from "../../src/ledger/ledger-writer.ts";
import type { Desired, Move, Policy } from "../../src/model/desired.ts";
import type { Ledger } from "../../src/model/ledger.ts";
import type { LiveState } from "../../src/model/live.ts";
import { type Plan, type Refusal, renewsValue } from "../../src/model/plan.ts";
import type { StepResult } from "../../src/model/report.ts";
import type { Checked } from "../../src/model/standing.ts";
import { Secret } from "../../src/provider/secret.ts";
import { Cut, effectsWith, type Faults } from "./effects.ts";
import { desiredOf, type Graph, sinkName } from "./graph.ts";
import { type Client, KINDS, RULES_BY_KIND } from "./kinds.ts";
import { newRemote, type Remote } from "./remote.ts";
import { expectSound } from "./sound.ts";

export const ACTOR = "gateform-user";
const SALT = "a-salt-that-is-long-enough-for-tests";

export interface World {
  readonly remote: Remote;
  ledger: Ledger | null;
  /** Name of a sink → the one-time value that it holds: the address, and a number where it is not the first. */
  readonly sinks: Record<string, string>;
  /** Name → value of the secrets that `env` and `command` sources give. */
  readonly secrets: Record<string, string>;
}

export interface RunOptions extends Faults {
  readonly adopt?: boolean;
  readonly adopt_ids?: Readonly<Record<string, string>>;
  /** Left out: no brake. */
  readonly allow_deletes?: number;
  readonly destroy?: boolean;
  readonly policy?: Partial<Policy>;
  readonly removed?: readonly string[];
  readonly moved?: readonly Move[];
  readonly targets?: readonly string[];
  readonly rotate?: readonly string[];
  /** Steps at once. */
  readonly parallelism?: number;
}

export interface Planned {
  readonly plan: Plan;
  readonly input: PlanInput;
}

export interface Applied extends Planned {
  readonly results: readonly StepResult[];
}

export function newWorld(): World {
  return { remote: newRemote(), ledger: emptyLedger(), sinks: {}, secrets: secretsOf(1) };
}

/** Time goes by: everything settles. */
export function wait(world: World): void {
  world.remote.clock += 5 * 60_000;
}

export function emptyLedger(): Ledger {
  return { format: 1, stack: "laws", lineage: "line", serial: 0, accounts: {}, salt: SALT, resources: {} };
}

/** Values in which every secret is a canary, in its n-th rotation. */
export function secretsOf(rotation: number): Record<string, string> {
  return Object.fromEntries(
    ["S1", "S2", "S3"].map((name) => [name, `canary-${name}-rotation-${rotation}-value`]),
  );
}

/** Looks and plans. Every input is frozen, and every plan is checked for what all plans must be. */
export async function plan(world: World, graph: Graph, options: RunOptions = {}): Promise<Planned> {
  const input = await inputOf(world, graph, options);
  const made = makePlan(deepFreeze(input));
  expectSound(made, world);
  return { plan: made, input };
}

/** What a plan is made from. */
export async function inputOf(world: World, graph: Graph, options: RunOptions = {}): Promise<PlanInput> {
  const declared = desiredOf(
    options.destroy === true ? {} : graph,
    options.policy,
    options.removed,
    options.moved,
  );
  const { desired } = await withFingerprints(declared, resolverOf(world), fingerprint);
  return {
    desired,
    live: await look(world, desired, options.destroy ?? false),
    ledger: world.ledger,
    rules: RULES_BY_KIND,
    options: {
      now: world.remote.clock,
      adopt: options.adopt ?? false,
      ...(options.adopt_ids === undefined ? {} : { adopt_ids: options.adopt_ids }),
      allow_deletes: options.allow_deletes ?? 1_000,
      destroy: options.destroy ?? false,
      ...(options.targets === undefined ? {} : { targets: options.targets }),
      ...(options.rotate === undefined ? {} : { rotate: options.rotate }),
    },
  };
}

/** Plans and carries out whatever is not refused, until the end or until it is cut off. */
export async function apply(world: World, graph: Graph, options: RunOptions = {}): Promise<Applied> {
  const planned = await plan(world, graph, options);
  const { plan: it } = planned;
  if (isBraked(it)) return { ...planned, results: [] };
  return { ...planned, results: await carryOut(world, it, options) };
}

/** Applies a plan that was made before and saved: what of it still holds is carried out. */
export async function applySaved(world: World, text: string, options: RunOptions = {}): Promise<Saved> {
  const read = parsePlan(text, "saved.json");
  if ("problem" in read) throw new Error(read.problem.message);
  const { plan: saved } = read;
  const stack = {
    kinds: KINDS,
    sessions: sessionsOf(clientOf(world, effectsWith({}))),
    rules: RULES_BY_KIND,
    parallelism: 2,
    pause: () => Promise.resolve(),
    now: () => world.remote.clock,
    resolver: resolverOf(world),
    fingerprint,
  };
  const checked = await recheck(stack, world.ledger ?? emptyLedger(), deepFreeze(saved));
  const results = await carryOut(world, { ...saved, steps: checked.steps }, options, checked);
  const again = await planScopeAgain(stack, world.ledger ?? emptyLedger(), saved);
  return { plan: saved, checked, results, rest: restAfterApply(results, again.plan) };
}

export interface Saved {
  readonly plan: Plan;
  readonly checked: Checked;
  readonly results: readonly StepResult[];
  /** What the proof finds. */
  readonly rest: readonly Diagnostic[];
}

/** Takes into the ledger whatever can be adopted. @returns what could not be. */
export async function adoptAll(world: World, graph: Graph): Promise<readonly Refusal[]> {
  const { possible, refused } = findAdoptions(deepFreeze(await inputOf(world, graph)));
  await carryOut(
    world,
    { steps: possible.flatMap(({ move, step }) => (move === undefined ? [step] : [move, step])) },
    {},
  );
  return refused;
}

async function carryOut(
  world: World,
  it: Pick<Plan, "steps">,
  options: RunOptions,
  checked?: Checked,
): Promise<readonly StepResult[]> {
  const effects = effectsWith(options);
  const secrets = new Map<string, Secret>();
  const sinks = new Map<string, readonly SinkDriver[]>();
  const resolver = resolverOf(world);
  for (const step of it.steps) {
    for (const source of sourcesIn(step.body?.fields ?? {})) {
      const resolved = await resolver.resolve(source);
      if ("secret" in resolved) secrets.set(sourceKey(source), resolved.secret);
    }
    if ((step.action === "create" || renewsValue(step)) && step.body?.deliver !== undefined)
      sinks.set(
        step.id,
        step.body.deliver.map((_, index) =>
          sinkOf(
            world,
            sinkName(step.address, index),
            effects,
            options,
            options.lasting?.includes(index) === true,
          ),
        ),
      );
  }
  const backend = {
    write: (ledger: Ledger) =>
      effects.local(() => {
        world.ledger = ledger;
      }),
  };
  const ids = new Map(
    Object.entries(moveEntries(world.ledger ?? emptyLedger(), movesOfSteps(it.steps)).resources).flatMap(
      ([address, entry]) => (entry.id === null ? [] : [[address, entry.id]]),
    ),
  );
  for (const step of it.steps) if (step.action === "create") ids.delete(step.address);
  const writer = openLedgerWriter(backend, world.ledger ?? emptyLedger());
  let results: readonly StepResult[] = [];
  try {
    results = await executePlan({
      plan: it,
      ...(checked === undefined ? {} : { standings: checked.standings }),
      kinds: new Map(KINDS.map((kind) => [kind.rules.kind, kind])),
      sessions: sessionsOf(clientOf(world, effects)),
      ledger: writer,
      secrets,
      fingerprint,
      sinks,
      parallelism: options.parallelism ?? 1,
      on: () => undefined,
      now: () => world.remote.clock,
      run: { command: "apply", by: "somebody" },
      pause: async (ms) => {
        world.remote.clock += ms;
      },
      ids,
    });
    await writer.flush();
  } catch (error) {
    if (!(error instanceof Cut)) throw error;
  }
  // What a later run reads went through a file.
  world.ledger = JSON.parse(JSON.stringify(world.ledger)) as Ledger | null;
  return results;
}

async function look(world: World, desired: Desired, destroy: boolean): Promise<LiveState> {
  const sessions = sessionsOf(clientOf(world, effectsWith({})));
  const ledger = world.ledger === null ? null : moveEntries(world.ledger, desired.moved);
  return observe({
    desired,
    ledger,
    kinds: KINDS,
    sessions,
    destroy,
    parallelism: 2,
    pause: () => Promise.resolve(),
  });
}

const fingerprint = fingerprintWith(undefined, SALT);

function clientOf(world: World, effects: Client["effects"]): Client {
  return { remote: world.remote, effects, actor: ACTOR, fingerprint };
}

function sessionsOf(client: Client): Sessions {
  const session = {
    account: "account",
    actor: ACTOR,
    api: client,
    now: () => client.remote.clock,
    hide: () => undefined,
    close: async () => undefined,
  };
  return new Map([["m", session]]);
}

/** `env` sources are at hand at plan time, `command` sources at apply only. */
function resolverOf(world: World): SecretResolver {
  const nameOf = (source: SecretSource) =>
    "env" in source ? source.env : "command" in source ? source.command[1] : "";
  const textOf = (source: SecretSource) => world.secrets[nameOf(source) ?? ""];
  return {
    resolve: async (source) => {
      const value = textOf(source);
      if (value !== undefined) return { secret: new Secret(value) };
      return { problem: { severity: "error", code: "MISSING", message: "there is none" } };
    },
    readForFingerprint: async (source) => {
      const value = "command" in source ? undefined : textOf(source);
      return value === undefined ? undefined : new Secret(value);
    },
  };
}

function sinkOf(
  world: World,
  name: string,
  effects: Client["effects"],
  faults: Faults,
  lasting = false,
): SinkDriver {
  let began = false;
  const before = world.sinks[name];
  let number = -1;
  return {
    try: async () => undefined,
    keeps: () => lasting && before !== undefined,
    deliver: async (value) => {
      began = true;
      number = await effects.deliver(() => {
        world.sinks[name] = value.reveal();
      });
      return { sink: "file", target: name, at: new Date(world.remote.clock).toISOString() };
    },
    confirm: async () => {
      if (faults.unconfirmed?.includes(number) === true)
        throw new SinkError("SINK_LOST", "The value is not there any more.");
    },
    restores: true,
    undo: async () => {
      if (!began || world.sinks[name] === before) return;
      if (lasting && before !== undefined) throw new SinkError("SINK_KEPT", "It cannot be put back.");
      await effects.local(() => {
        if (before === undefined) delete world.sinks[name];
        else world.sinks[name] = before;
      });
    },
  };
}

/** The text behind a secret mark of a graph. */
export function secretText(world: World, value: unknown): string | undefined {
  const [first] = listMarks({ value: value as never });
  const source = first !== undefined && "$secret" in first.mark ? first.mark.$secret.source : undefined;
  return source === undefined
    ? undefined
    : world.secrets["env" in source ? source.env : "command" in source ? (source.command[1] ?? "") : ""];
}
