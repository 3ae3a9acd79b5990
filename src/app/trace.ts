// What happens to a request, by the files alone or by what is live. Reads the vendor's lists that count, and nothing
// else, with a client that cannot write.

import { type Diagnostic, hasErrors } from "../base/diagnostic.ts";
import { type LedgerBackend, LedgerError } from "../ledger/backend.ts";
import type { TraceAnswer } from "../model/behaviour.ts";
import type { RulesByKind } from "../model/kind-rules.ts";
import type { Ledger } from "../model/ledger.ts";
import type { LiveState } from "../model/live.ts";
import type { BehaviourGraph, BehaviourRules } from "../provider/behaviour.ts";
import { graphOf } from "../provider/effective.ts";
import type { AnyProvider } from "../provider/provider.ts";
import { kindsOf, liveGraph } from "./behaviour.ts";
import { observe } from "./observe.ts";
import { openStack, type StackConfig, type StackInput, unreadable } from "./stack.ts";

export interface Traced {
  /** One per provider that can tell. */
  readonly answers: readonly TraceAnswer[];
  /** With an error among them there is no answer. */
  readonly diagnostics: readonly Diagnostic[];
}

type Telling = AnyProvider & { readonly behaviour: BehaviourRules };

/** By the files alone: what they leave out counts as what a new resource gets. */
export function traceFiles(config: StackConfig, providers: readonly AnyProvider[], subject: string): Traced {
  const telling = tellingOf(config, providers);
  const wrong = problemsOf(telling, subject);
  if (wrong.length > 0) return { answers: [], diagnostics: wrong };
  const { desired } = config;
  const answers = telling.map(({ name, behaviour, kinds }) => {
    const graph = graphOf(kindsOf(behaviour, rulesOf(kinds)), desired, undefined);
    return answer({ name, behaviour, graph, config, subject, source: "file" });
  });
  const blind = telling.filter(
    ({ behaviour }) => !desired.scopes.some(({ kind }) => kind === behaviour.kind),
  );
  return {
    answers,
    diagnostics: blind.map(({ behaviour, kinds }) => {
      const section = rulesOf(kinds).get(behaviour.kind)?.section ?? behaviour.kind;
      return {
        severity: "warning",
        code: "NOTHING_TO_TRACE",
        message: `the files have no section ${section}, so nothing that is live under it counts here`,
        hint: "`gateform trace --live` asks the vendor",
      };
    }),
  };
}

/** By what is live now. */
export async function traceLive(input: StackInput, subject: string): Promise<Traced> {
  const { config, backend } = input;
  const telling = tellingOf(config, input.providers);
  const wrong = problemsOf(telling, subject);
  if (wrong.length > 0) return { answers: [], diagnostics: wrong };
  const { ledger, notes } = await namesOf(backend);
  // The ledger only lends its names, so that one of other providers or kinds does not matter.
  const nothing = { ...config, desired: { ...config.desired, resources: [] } };
  const opened = await openStack({ ...input, providers: telling, config: nothing }, null, "read");
  const { stack } = opened;
  const diagnostics = [...notes, ...opened.diagnostics];
  if (stack === undefined) return { answers: [], diagnostics };
  try {
    const kinds = telling.flatMap(({ behaviour }) => kindsOf(behaviour, stack.rules));
    const live = await observe({
      desired: { ...config.desired, resources: [], scopes: kinds.map(({ kind }) => ({ kind })) },
      ledger: null,
      kinds: stack.kinds,
      sessions: stack.sessions,
      destroy: false,
      parallelism: stack.parallelism,
      pause: stack.pause,
    });
    const found = [...diagnostics, ...unreadOf(telling, live)];
    if (hasErrors(found)) return { answers: [], diagnostics: found };
    const ours = ledgerOf(ledger, config, live.accounts);
    return {
      answers: telling.map(({ name, behaviour }) => {
        const graph = liveGraph(kindsOf(behaviour, stack.rules), {
          live,
          ledger: ours,
          desired: config.desired,
        });
        return answer({ name, behaviour, graph, config, subject, source: "live" });
      }),
      diagnostics: found,
    };
  } finally {
    await stack.close();
  }
}

/** Who asks why requests fail gets an answer without the ledger, too. */
async function namesOf(
  backend: LedgerBackend,
): Promise<{ readonly ledger: Ledger | null; readonly notes: readonly Diagnostic[] }> {
  try {
    return { ledger: await backend.read(), notes: [] };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const note: Diagnostic = {
      severity: "warning",
      code: error.code,
      message: error.message,
      hint: "the answer holds all the same; what the stack owns is named by its id",
    };
    return { ledger: null, notes: [note] };
  }
}

/** Without what decides there is no answer; without the rest there is one, as far as it goes. */
function unreadOf(telling: readonly Telling[], { readings }: LiveState): readonly Diagnostic[] {
  const deciding = new Set(telling.map(({ behaviour }) => behaviour.kind));
  return readings
    .filter(({ complete }) => !complete)
    .map(({ kind, parent_id, error }) => ({
      ...unreadable(kind, parent_id, error),
      severity: deciding.has(kind) ? ("error" as const) : ("warning" as const),
      hint: deciding.has(kind)
        ? "without it nobody can tell what happens to a request; try again, or trace by the files, without --live"
        : "what depends on it is not known",
    }));
}

/** Another stack's ledger, or one of another account, has no names for what is live here. */
function ledgerOf(
  ledger: Ledger | null,
  { desired }: StackConfig,
  accounts: Readonly<Record<string, string>>,
): Ledger | null {
  if (ledger === null || ledger.stack !== desired.stack) return null;
  const other = Object.entries(accounts).some(
    ([name, account]) => (ledger.accounts[name] ?? account) !== account,
  );
  return other ? null : ledger;
}

function tellingOf(config: StackConfig, providers: readonly AnyProvider[]): Telling[] {
  return providers.flatMap((provider) => {
    const { behaviour } = provider;
    return behaviour === undefined || !Object.hasOwn(config.providers, provider.name)
      ? []
      : [{ ...provider, behaviour }];
  });
}

function problemsOf(telling: readonly Telling[], subject: string): Diagnostic[] {
  if (telling.length === 0) {
    return [
      {
        severity: "error",
        code: "NOTHING_TO_TRACE",
        message: "the files have no block of a provider whose rules decide what a request gets",
        hint: "write the block `vercel:` with its `rules:`",
      },
    ];
  }
  const problems = telling.map(({ behaviour }) => behaviour.problem(subject));
  if (problems.some((problem) => problem === undefined)) return [];
  const [first] = telling;
  return [
    {
      severity: "error",
      code: "USAGE",
      message: `"${subject}" is no ${first?.behaviour.noun ?? "name"}: ${problems[0] ?? ""}`,
      hint: "for instance `gateform trace openai/gpt-5.1`",
    },
  ];
}

function answer({
  name,
  behaviour,
  graph,
  config,
  subject,
  source,
}: {
  readonly name: string;
  readonly behaviour: BehaviourRules;
  readonly graph: BehaviourGraph;
  readonly config: StackConfig;
  readonly subject: string;
  readonly source: TraceAnswer["source"];
}): TraceAnswer {
  const trace = behaviour.of(graph).trace(subject);
  const declared = new Set(config.desired.resources.map(({ address }) => address));
  return {
    provider: name,
    source,
    ...trace,
    steps: trace.steps.map((step) => {
      const { address } = step;
      const position =
        address !== undefined && declared.has(address) ? config.locate(address)?.position : undefined;
      return position === undefined ? step : { ...step, position };
    }),
  };
}

function rulesOf(kinds: AnyProvider["kinds"]): RulesByKind {
  return new Map(kinds.map(({ rules }) => [rules.kind, rules]));
}
