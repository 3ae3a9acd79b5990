// `gateform adopt`: takes live resources into the ledger and says what the next plan does with them. Which ones: by
// address, all that can be, or picked from a list on a terminal.

import { type AdoptResult, adoptResources, EVERYTHING } from "../../app/adopt.ts";
import { type Address, parseAddress } from "../../base/address.ts";
import { isAddressPattern } from "../../base/address-pattern.ts";
import { hasErrors } from "../../base/diagnostic.ts";
import type { Adoptions } from "../../engine/adoption.ts";
import { renderAdoptionList } from "../../render/adopt-list.ts";
import { renderAdoptionMarkdown } from "../../render/adopt-markdown.ts";
import { renderAdoptionText } from "../../render/adopt-text.ts";
import { counted } from "../../render/counts.ts";
import { renderDiagnosticsText } from "../../render/diagnostics-text.ts";
import { renderFailureJson } from "../../render/failure.ts";
import { jsonText } from "../../render/json-text.ts";
import type { Run } from "../command.ts";
import { askLine } from "../confirm.ts";
import { Failure, failureOf } from "../failure.ts";
import { type Interrupts, watchSignals } from "../interrupt.ts";
import type { Io } from "../io.ts";
import type { Options } from "../options.ts";
import { emit, type Outputs } from "../output.ts";
import { joined, loadRun, outputsOf, stackInput } from "../run.ts";
import { parseSelection } from "../selection.ts";

export const adopt: Run = async (io, args, options) => {
  const wanted = wantedOf(io, args, options);
  const outputs = outputsOf(io, options);
  const interrupts = watchSignals(io);
  try {
    const run = await loadRun(io, "adopt", options, interrupts.stop);
    let asked = false;
    const choose = (adoptions: Adoptions) => {
      asked = true;
      return pick(io, adoptions, interrupts);
    };
    const result = await adoptResources({
      stack: stackInput(io, run, options, interrupts.now),
      ids: wanted.ids,
      patterns: wanted.patterns,
      ...(wanted.pick ? { choose } : {}),
      lock_timeout: options.lockTimeout,
    });
    const diagnostics = joined(run.diagnostics, result.diagnostics);
    if (result.next === undefined) throw failureOf("NOT_ADOPTED", "nothing was adopted", diagnostics);
    io.err(renderDiagnosticsText(diagnostics, { style: io.errStyle }));
    return finish(io, outputs, { ...result, next: result.next, diagnostics }, asked);
  } finally {
    interrupts.release();
  }
};

interface Wanted {
  readonly ids: Readonly<Record<Address, string | null>>;
  readonly patterns: readonly string[];
  /** Ask which. */
  readonly pick: boolean;
}

function wantedOf(io: Io, args: readonly string[], options: Options): Wanted {
  if (options.all === true) {
    if (args.length === 0) return { ids: {}, patterns: [EVERYTHING], pick: false };
    throw new Failure("USAGE", "--all takes no addresses: it adopts whatever can be adopted", {
      hint: "leave one of the two out; a pattern such as 'vercel.rule.*' means a part of all",
    });
  }
  if (args.length > 0) return named(args);
  if (!io.terminals.in || !io.terminals.err || options.file.includes("-")) {
    throw new Failure("USAGE", "adopt needs to be told what to adopt: there is no terminal to pick on", {
      hint: "pass ADDRESS or ADDRESS=ID, a pattern such as 'vercel.rule.*', or --all",
    });
  }
  return { ids: {}, patterns: [EVERYTHING], pick: true };
}

/** `vercel.rule.a=rule_1` → address and id; everything after the first `=` is the id. */
function named(args: readonly string[]): Wanted {
  const ids = new Map<Address, string | null>();
  const patterns: string[] = [];
  for (const arg of args) {
    const at = arg.indexOf("=");
    const address = at === -1 ? arg : arg.slice(0, at);
    const id = at === -1 ? null : arg.slice(at + 1);
    if (id === null && isAddressPattern(arg)) {
      patterns.push(arg);
      continue;
    }
    if (id === "" || parseAddress(address) === null) {
      throw new Failure("USAGE", `"${arg}" is neither ADDRESS nor ADDRESS=ID`, {
        hint: "write it as in vercel.rule.opus-to-haiku or vercel.rule.opus-to-haiku=rule_abc123; `gateform plan` lists addresses and ids",
      });
    }
    if (ids.has(address)) throw new Failure("USAGE", `${address} is named twice`);
    ids.set(address, id);
  }
  return { ids: Object.fromEntries(ids), patterns, pick: false };
}

/** Shows the list and asks until there is an answer that can be understood. */
async function pick(io: Io, { possible, refused }: Adoptions, { stop }: Interrupts): Promise<Address[]> {
  io.err(`${renderAdoptionList(possible, refused, { style: io.errStyle })}\n`);
  for (;;) {
    const question = "Which to adopt? Numbers such as 1,3-5, all, or nothing: ";
    const answer = await askLine({ input: io.stdin, output: process.stderr }, question, stop);
    if (answer === null) {
      throw stop.aborted
        ? new Failure("INTERRUPTED", "interrupted before anything was adopted")
        : new Failure("DECLINED", "nothing was adopted: there was no answer");
    }
    const selection = parseSelection(answer, possible.length);
    if (typeof selection !== "string") return selection.flatMap((index) => possible[index]?.address ?? []);
    io.err(`${selection}.\n`);
  }
}

function finish(io: Io, outputs: Outputs, result: Required<AdoptResult>, asked: boolean): number {
  const { adopted, refused, next, diagnostics } = result;
  const view = { ...result, stack: next.stack, asked };
  const made = { adopted: adopted.map((item) => item.address), refused, next };
  // Whoever was asked has seen what cannot be picked.
  const left = asked ? 0 : refused.length;
  const error =
    left > 0
      ? { code: "NOT_ADOPTED", message: `${counted(left, "resource")} could not be adopted` }
      : hasErrors(diagnostics)
        ? { code: "NOT_ADOPTED", message: "not everything could be looked at" }
        : undefined;
  emit(io, outputs, {
    text: (style) => renderAdoptionText(view, { style }),
    json: () =>
      error === undefined
        ? jsonText({ format: 1, ...made, diagnostics })
        : renderFailureJson(error, diagnostics, made),
    markdown: () => renderAdoptionMarkdown(view),
  });
  return error === undefined ? 0 : 1;
}
