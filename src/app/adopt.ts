// `adopt`: puts live resources into the ledger. Writes nothing at a vendor, and has no client that could.

import type { Address } from "../base/address.ts";
import { addressMatcher } from "../base/address-pattern.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { suggest } from "../base/suggest.ts";
import { type Adoption, type Adoptions, findAdoptions } from "../engine/adoption.ts";
import { emptyLedger } from "../ledger/documents.ts";
import { openLedgerWriter } from "../ledger/ledger-writer.ts";
import { policyOf, type RulesByKind } from "../model/kind-rules.ts";
import type { Ledger } from "../model/ledger.ts";
import type { Plan, Refusal } from "../model/plan.ts";
import { counted, listed } from "../render/counts.ts";
import { authorOf } from "./author.ts";
import { executePlan } from "./execute.ts";
import {
  openStack,
  type PlanRequest,
  planSeen,
  type Seen,
  type Stack,
  type StackInput,
  seeStack,
  unreadLists,
  withPositions,
} from "./stack.ts";

export interface AdoptInput {
  readonly stack: StackInput;
  /** Address → vendor id; `null`: the only live resource of its identity or name. All of them are adopted, or nothing is. */
  readonly ids: Readonly<Record<Address, string | null>>;
  /** Address patterns: of what they match, all that can be adopted is. */
  readonly patterns: readonly string[];
  /** Asked which of what the patterns match; without it all are taken. Not asked where there is nothing to choose from. */
  readonly choose?: (adoptions: Adoptions) => Promise<readonly Address[]>;
  /** Milliseconds to wait for another run's lock. */
  readonly lock_timeout: number;
}

export interface AdoptResult {
  readonly adopted: readonly Adoption[];
  /** What the patterns match and could not be adopted as it is. */
  readonly refused: readonly Refusal[];
  /** What the next plan will do; left out where nothing was even looked at. */
  readonly next?: Plan;
  readonly rules: RulesByKind;
  /** Errors among them: something named could not be adopted, so nothing was; or a list was not read to its end. */
  readonly diagnostics: readonly Diagnostic[];
}

const REQUEST: PlanRequest = { adopt: false, allow_deletes: 0, destroy: false };

/** Takes live resources over. A ledger is started where there is none: this is how a lost one is built anew. */
export async function adoptResources(input: AdoptInput): Promise<AdoptResult> {
  const { backend, config } = input.stack;
  const lock = await backend.lock(input.lock_timeout);
  try {
    const notes: Diagnostic[] =
      lock.note === undefined ? [] : [{ severity: "note", code: "LOCK_TAKEN_OVER", message: lock.note }];
    const stored = await backend.read();
    const ledger = stored ?? emptyLedger(config.desired.stack, {});
    const { stack, diagnostics } = await openStack(input.stack, ledger, "read");
    if (stack === undefined) return nothing(new Map(), [...notes, ...diagnostics]);
    try {
      const result = await adoptOpen(input, stack, ledger);
      if (stored === null && result.adopted.length > 0) notes.push(ledgerStarted(stack));
      return { ...result, diagnostics: [...notes, ...diagnostics, ...result.diagnostics] };
    } finally {
      await stack.close();
    }
  } finally {
    await lock.release();
  }
}

async function adoptOpen(input: AdoptInput, stack: Stack, ledger: Ledger): Promise<AdoptResult> {
  const { ids } = input;
  const matchers = input.patterns.map(addressMatcher);
  const matched = (address: Address) => matchers.some((matches) => matches(address));
  const seen = await seeStack(stack, ledger, REQUEST);
  const found = findAdoptions({
    ...seen,
    ledger,
    rules: stack.rules,
    options: { ...REQUEST, adopt_ids: ids, now: stack.now() },
  });
  const named = (address: Address) => Object.hasOwn(ids, address);
  const refused = withPositions(stack, found.refused);
  const problems = [
    ...undeclared(input, stack),
    ...refused.filter((item) => named(item.address)).map(asError),
  ];
  if (problems.length > 0) return nothing(stack.rules, problems);
  const left = refused.filter((item) => matched(item.address));
  const open = found.possible.filter((item) => matched(item.address) && !named(item.address));
  const chosen = new Set(
    input.choose === undefined || open.length === 0
      ? open.map((item) => item.address)
      : await input.choose({ possible: open, refused: left }),
  );
  const taken = found.possible.filter((item) => named(item.address) || chosen.has(item.address));
  const after = taken.length === 0 ? ledger : await take(stack, ledger, taken);
  return {
    adopted: taken,
    refused: left,
    next: planSeen(stack, after, REQUEST, await seenAfter(stack, after, seen, ids)),
    rules: stack.rules,
    diagnostics: [
      ...(input.patterns.length === 0 ? [] : unreadLists(seen.live)),
      ...unknownValues(stack, taken),
    ],
  };
}

/** Writes the entries: one write of the ledger covers many. */
async function take(stack: Stack, ledger: Ledger, taken: readonly Adoption[]): Promise<Ledger> {
  const accounts = Object.fromEntries([...stack.sessions].map(([name, session]) => [name, session.account]));
  const writer = openLedgerWriter(stack.backend, {
    ...ledger,
    accounts: { ...ledger.accounts, ...accounts },
  });
  await executePlan({
    plan: {
      steps: taken.flatMap(({ move, step }) => (move === undefined ? [step] : [move, step])),
    },
    kinds: new Map(stack.kinds.map((kind) => [kind.rules.kind, kind])),
    sessions: stack.sessions,
    ledger: writer,
    secrets: new Map(),
    fingerprint: stack.fingerprint,
    sinks: new Map(),
    parallelism: 1,
    on: () => undefined,
    now: stack.now,
    run: { command: "adopt", ...authorOf(stack.env) },
    pause: () => Promise.resolve(),
    ids: new Map(),
  });
  await writer.flush();
  return writer.current();
}

/**
 * What the next plan is made over. Nothing was written at a vendor, so that what was read still holds; only what was
 * named with an id of its own choice may stand where nobody looked.
 */
function seenAfter(stack: Stack, ledger: Ledger, seen: Seen, ids: AdoptInput["ids"]): Promise<Seen> | Seen {
  return Object.values(ids).some((id) => id !== null) ? seeStack(stack, ledger, REQUEST) : seen;
}

function undeclared({ ids, patterns }: AdoptInput, stack: Stack): Diagnostic[] {
  const declared = stack.config.desired.resources.map((resource) => resource.address);
  const known = new Set(declared);
  const hint = "declare it first; `adopt` puts what the file declares into the ledger";
  const hintFor = (address: Address) => {
    const near = suggest(address, known);
    return near === undefined ? hint : `did you mean ${near}?`;
  };
  return [
    ...Object.keys(ids)
      .filter((address) => !known.has(address))
      .sort()
      .map((address) => notDeclared(`${address} is not declared in the file`, hintFor(address), { address })),
    ...patterns
      .filter((pattern) => pattern !== EVERYTHING && !declared.some(addressMatcher(pattern)))
      .map((pattern) => notDeclared(`nothing that the file declares matches ${pattern}`, hint)),
  ];
}

/** The pattern that matches all addresses, and may match none. */
export const EVERYTHING = "*";

function notDeclared(message: string, hint: string, more: Partial<Diagnostic> = {}): Diagnostic {
  return { severity: "error", code: "NOT_DECLARED", message, hint, ...more };
}

function asError({ because: _, ...refusal }: Refusal): Diagnostic {
  return { severity: "error", ...refusal };
}

function ledgerStarted(stack: Stack): Diagnostic {
  return {
    severity: "note",
    code: "LEDGER_STARTED",
    message: `there was no ledger at ${stack.backend.describe()}, so a new one was started`,
    hint: "where there should have been one, it is lost or this is not the place where it was kept",
  };
}

/** Said once: of what nobody can read, an adoption learns nothing. */
function unknownValues(stack: Stack, taken: readonly Adoption[]): Diagnostic[] {
  const rulesOf = (item: Adoption) => stack.rules.get(item.step.kind);
  const keys = taken.filter((item) => rulesOf(item)?.one_time_value === true);
  const secrets = taken.filter((item) => {
    const rules = rulesOf(item);
    const fields = Object.keys(item.step.body?.fields ?? {});
    return rules !== undefined && fields.some((field) => policyOf(rules, field).write_only === true);
  });
  if (keys.length + secrets.length === 0) return [];
  const what = [
    ...(keys.length > 0 ? [`of ${counted(keys.length, "adopted key")}`] : []),
    ...(secrets.length > 0 ? [`of the secrets of ${counted(secrets.length, "adopted resource")}`] : []),
  ];
  const hints = [
    ...(keys.length > 0 ? ["a key stays with whoever has it"] : []),
    ...(secrets.length > 0
      ? [
          "a stored secret stays as it is: apply reports it as `unverified`, or `unchecked` without its source",
        ]
      : []),
  ];
  return [
    {
      severity: "note",
      code: "VALUES_UNKNOWN",
      message: `the values ${listed(what)} are not known`,
      hint: hints.join("; "),
    },
  ];
}

function nothing(rules: RulesByKind, diagnostics: readonly Diagnostic[]): AdoptResult {
  return { adopted: [], refused: [], rules, diagnostics };
}
