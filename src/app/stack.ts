// One stack, opened for a run: its file, its ledger, its vendors. Everything that plan, apply, drift, adopt and
// destroy have in common starts here.

import { randomBytes } from "node:crypto";
import type { Address } from "../base/address.ts";
import { type Diagnostic, hasErrors, type Position, sortDiagnostics } from "../base/diagnostic.ts";
import { type Fingerprint, fingerprintWith } from "../base/digest.ts";
import { moveEntries } from "../engine/moves.ts";
import { makePlan } from "../engine/plan.ts";
import { concernsSelection, kindsSelected, selectAddresses } from "../engine/target.ts";
import type { LedgerBackend } from "../ledger/backend.ts";
import type { Desired } from "../model/desired.ts";
import type { RulesByKind } from "../model/kind-rules.ts";
import type { Ledger } from "../model/ledger.ts";
import type { LiveState } from "../model/live.ts";
import type { Plan, Refusal } from "../model/plan.ts";
import type { Network } from "../provider/network.ts";
import type { AnyKind, AnyProvider } from "../provider/provider.ts";
import { behaviourOfPlan } from "./behaviour.ts";
import { remaining, runChecks } from "./checks.ts";
import { findKeys } from "./find-keys.ts";
import { withFingerprints } from "./fingerprints.ts";
import { foreignKey, ledgerKey, rekeyed } from "./ledger-key.ts";
import type { ProviderBlock } from "./login.ts";
import { observe } from "./observe.ts";
import { type SecretResolver, secretResolver } from "./secrets.ts";
import { closeAll, connectAll, connectedKinds, type Sessions } from "./sessions.ts";
import { vendorStates } from "./states.ts";

/** What a run needs of the configuration that was read. */
export interface StackConfig {
  readonly desired: Desired;
  readonly providers: Readonly<Record<string, ProviderBlock>>;
  /** Where the file declares a resource or one of its fields. */
  readonly locate: (
    address: Address,
    path?: string,
  ) => { readonly position: Position; readonly snippet?: string } | undefined;
}

export interface StackInput {
  readonly config: StackConfig;
  readonly providers: readonly AnyProvider[];
  readonly backend: LedgerBackend;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly parallelism: number;
  readonly network: Network;
  readonly signal?: AbortSignal;
  /** ms since 1970 */
  readonly now: () => number;
}

export interface Stack extends StackInput {
  readonly ledger: Ledger | null;
  readonly sessions: Sessions;
  readonly kinds: readonly AnyKind[];
  readonly rules: RulesByKind;
  readonly resolver: SecretResolver;
  readonly fingerprint: Fingerprint;
  /** Waits, in milliseconds; ends early when the run is stopped. */
  readonly pause: (ms: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Connects to everything a stack needs. With errors among the diagnostics there is no stack. */
export async function openStack(
  input: StackInput,
  ledger: Ledger | null,
  mode: "read" | "apply",
): Promise<{ readonly stack?: Stack; readonly diagnostics: readonly Diagnostic[] }> {
  const { config, env, cwd, signal } = input;
  // Before anything is asked: under another stack's ledger all that is declared there would look removed.
  if (ledger !== null && ledger.stack !== config.desired.stack)
    return { diagnostics: [wrongStack(input, ledger)] };
  const unknown = unknownKinds(input, ledger);
  if (unknown.length > 0) return { diagnostics: [newerKinds(input, unknown)] };
  // Only apply runs commands, and then for values that a step sends, not to compare.
  const resolver = secretResolver({
    env,
    cwd,
    allowCommand: mode === "apply",
    ...(signal === undefined ? {} : { signal }),
  });
  const salt = ledger?.salt ?? randomBytes(32).toString("hex");
  const keyed = ledgerKey(env);
  if ("problem" in keyed) return { diagnostics: [keyed.problem] };
  const fingerprint = fingerprintWith(keyed.key, salt);
  const { sessions, diagnostics } = await connectAll({
    providers: input.providers,
    blocks: config.providers,
    env,
    resolver,
    fingerprint,
    mode,
    ledger,
    network: input.network,
    ...(signal === undefined ? {} : { signal }),
  });
  const missing = providersOfLedger(ledger).filter((name) => !Object.hasOwn(config.providers, name));
  const all = [...diagnostics, ...missing.map((name) => providerGone(name, ledger))];
  if (hasErrors(all)) {
    await closeAll(sessions);
    return { diagnostics: all };
  }
  const kinds = connectedKinds(input.providers, sessions);
  const { parallelism } = input;
  const desired = await findKeys({ kinds, sessions, parallelism }, config.desired, ledger);
  return {
    stack: {
      ...input,
      config: { ...config, desired },
      ledger,
      sessions,
      kinds,
      rules: new Map(kinds.map((kind) => [kind.rules.kind, kind.rules])),
      resolver,
      fingerprint,
      pause: (ms) => input.network.wait(ms, signal),
      close: () => closeAll(sessions),
    },
    diagnostics: all,
  };
}

export interface PlanRequest {
  readonly adopt: boolean;
  readonly adopt_ids?: Readonly<Record<Address, string | null>>;
  readonly allow_deletes: number;
  /** What files may grant beyond what any file may; see `PlanOptions`. */
  readonly allow_permissions?: readonly string[] | "all";
  /** Everything in the ledger goes, whatever the file declares; with targets, what they select. */
  readonly destroy: boolean;
  /** Addresses and patterns: what has other values, or its secrets written again. */
  readonly rotate?: readonly string[];
  /** Addresses and patterns: the plan is about what they select. */
  readonly targets?: readonly string[];
}

/** What was read for a plan. More than one plan can be made over it. */
export interface Seen {
  readonly live: LiveState;
  /** With the fingerprints of secrets that are at hand. */
  readonly desired: Desired;
  readonly notes: readonly Diagnostic[];
}

export interface Planned extends Seen {
  readonly plan: Plan;
}

/** Reads the vendors and makes the plan. Writes nothing anywhere. */
export async function planStack(stack: Stack, stored: Ledger | null, request: PlanRequest): Promise<Planned> {
  const ledger = stored === null ? null : await withKey(stack, stored);
  const seen = await seeStack(stack, ledger, request);
  return { ...seen, plan: planSeen(stack, ledger, request, seen) };
}

/** The ledger with its fingerprints as this run makes them, as far as the values are at hand. */
export function withKey(stack: Stack, ledger: Ledger): Promise<Ledger> {
  return rekeyed(ledger, stack.config.desired, stack.resolver, stack.fingerprint);
}

/** Nothing is declared in a destroy, and what the files forbid to delete is forbidden before it was ever applied. */
function onlyGuards(desired: Desired): Desired {
  const guards = new Map(desired.resources.map(({ address, lifecycle }) => [address, lifecycle]));
  for (const { from, to } of desired.moved) guards.set(from, guards.get(to) ?? {});
  return { ...desired, resources: [], moved: [], guards };
}

/** Reads the vendors. */
export async function seeStack(
  stack: Stack,
  ledger: Ledger | null,
  { destroy }: Pick<PlanRequest, "destroy">,
): Promise<Seen> {
  const declared = destroy ? onlyGuards(stack.config.desired) : stack.config.desired;
  const { desired, notes } = await withFingerprints(declared, stack.resolver, stack.fingerprint);
  const live = await observe({
    desired,
    ledger: ledger === null ? null : moveEntries(ledger, desired.moved),
    kinds: stack.kinds,
    sessions: stack.sessions,
    destroy,
    parallelism: stack.parallelism,
    pause: stack.pause,
  });
  return { live, desired, notes };
}

/** Makes a plan over what was read. */
export function planSeen(stack: Stack, ledger: Ledger | null, request: PlanRequest, seen: Seen): Plan {
  const { desired, live, notes } = seen;
  const plan = makePlan({
    desired,
    live,
    ledger,
    rules: stack.rules,
    options: { ...request, now: stack.now() },
  });
  const checks = request.destroy
    ? []
    : runChecks({ ...stack, desired, live: remaining(live, plan), locate: stack.config.locate });
  const behaviour = behaviourOfPlan({ ...stack, desired, live, ledger }, plan);
  const states = request.destroy ? [] : vendorStates(stack.rules, ledger, remaining(live, plan), stack.now());
  return {
    ...plan,
    ...(behaviour === undefined ? {} : { behaviour }),
    refused: withPositions(stack, plan.refused),
    diagnostics: sortDiagnostics([
      ...plan.diagnostics,
      ...ofSelection(request, seen, ledger, [...checks, ...states, ...notes], live),
      ...stillDeclared(stack, request, plan),
      ...(request.destroy ? [] : foreignKey(ledger, stack.fingerprint)),
    ]),
  };
}

/** What was found beside the plan, as far as it concerns what the plan is about. */
function ofSelection(
  { targets, destroy }: PlanRequest,
  { desired }: Seen,
  ledger: Ledger | null,
  found: readonly Diagnostic[],
  live: LiveState,
): readonly Diagnostic[] {
  if (targets === undefined) return [...found, ...unreadLists(live)];
  const moved = ledger === null ? null : moveEntries(ledger, desired.moved);
  const selection = selectAddresses({ desired, ledger: moved, targets, destroy });
  const kinds = kindsSelected(selection);
  const readings = live.readings.filter((reading) => kinds.has(reading.kind));
  return [
    ...found.filter((finding) => concernsSelection(selection, finding)),
    ...unreadLists({ ...live, readings }),
  ];
}

/** A destroy of single addresses leaves the files as they are: the next apply makes them again. */
function stillDeclared(stack: Stack, { destroy, targets }: PlanRequest, plan: Plan): readonly Diagnostic[] {
  if (!destroy || targets === undefined) return [];
  const declared = new Set(stack.config.desired.resources.map(({ address }) => address));
  const again = plan.steps.map((step) => step.address).filter((address) => declared.has(address));
  if (again.length === 0) return [];
  return [
    {
      severity: "note",
      code: "STILL_DECLARED",
      message: `the files still declare ${again.slice(0, 5).join(", ")}${again.length > 5 ? ", …" : ""}`,
      hint: "take them out of the files, or the next apply makes them again",
    },
  ];
}

/** Refusals with the place where the file declares what is refused. */
export function withPositions(stack: Stack, refused: readonly Refusal[]): readonly Refusal[] {
  return refused.map((refusal) => {
    const position = stack.config.locate(refusal.address)?.position;
    return position === undefined ? refusal : { ...refusal, position };
  });
}

/** An error for each list that could not be read to its end. */
export function unreadLists(live: LiveState): readonly Diagnostic[] {
  return live.readings
    .filter((reading) => !reading.complete)
    .map((reading) => unreadable(reading.kind, reading.parent_id, reading.error));
}

/** The finding about a list that was not read to its end. */
export function unreadable(
  kind: string,
  parentId: string | undefined,
  error: string | undefined,
): Diagnostic {
  return {
    severity: "error",
    code: "READ_INCOMPLETE",
    message: `the list of ${kind}${parentId === undefined ? "" : ` in ${parentId}`} could not be read completely: ${error ?? "unknown"}`,
    hint: "nothing under it is created, replaced or deleted, and nothing counts as gone",
  };
}

/** The error of a ledger that another stack's file is about to be compared with. */
export function wrongStack(
  { backend, config }: { readonly backend: Pick<LedgerBackend, "describe">; readonly config: StackConfig },
  ledger: Ledger,
): Diagnostic {
  return {
    severity: "error",
    code: "WRONG_STACK",
    message: `the ledger at ${backend.describe()} belongs to the stack ${ledger.stack}, and the file is for the stack ${config.desired.stack}`,
    hint: `give each stack a ledger of its own, or write \`stack: ${ledger.stack}\` again; to rename a stack on purpose, change "stack" in its ledger too`,
  };
}

function unknownKinds({ providers }: StackInput, ledger: Ledger | null): readonly string[] {
  const known = new Set(providers.flatMap(({ kinds }) => kinds.map((kind) => kind.rules.kind)));
  return [...new Set(Object.values(ledger?.resources ?? {}).map(({ kind }) => kind))]
    .filter((kind) => !known.has(kind))
    .sort();
}

function newerKinds({ backend }: Pick<StackInput, "backend">, unknown: readonly string[]): Diagnostic {
  return {
    severity: "error",
    code: "LEDGER_NEWER",
    message: `the ledger at ${backend.describe()} has resources of kinds that this gateform does not know: ${unknown.slice(0, 5).join(", ")}${unknown.length > 5 ? ", …" : ""}`,
    hint: "use the gateform version that wrote it, or a newer one",
  };
}

function providersOfLedger(ledger: Ledger | null): string[] {
  return [...new Set(Object.values(ledger?.resources ?? {}).map((entry) => entry.kind.split(".")[0] ?? ""))];
}

function providerGone(name: string, ledger: Ledger | null): Diagnostic {
  const held = Object.entries(ledger?.resources ?? {}).filter(([, entry]) =>
    entry.kind.startsWith(`${name}.`),
  );
  return {
    severity: "error",
    code: "OUT_OF_SCOPE",
    message: `the ledger has ${held.length} resource${held.length === 1 ? "" : "s"} of ${name}, but the file has no \`${name}\` block any more`,
    hint: `write the block again with empty sections to delete them, or run \`gateform ledger forget\` for ${held
      .slice(0, 3)
      .map(([address]) => address)
      .join(", ")}${held.length > 3 ? ", …" : ""}`,
  };
}
