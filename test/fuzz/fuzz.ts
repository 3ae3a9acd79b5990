// Runs one format's documents and counts what became of them. A document is plain data made from a seed and a number,
// so each can be tried again alone:
//
//   FUZZ_RUNS=10000     documents per format; without it the few of `npm test`
//   FUZZ_SEED=7         the seed; without it always the same one
//   FUZZ_FROM=1234      the number of the first one; with FUZZ_RUNS=1 the only one

import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { expect, test } from "vitest";

const SEED = Number(process.env.FUZZ_SEED ?? "20261121");
const RUNS = process.env.FUZZ_RUNS;
const FROM = Number(process.env.FUZZ_FROM ?? "0");

/** Seconds that one document may take with all its commands, before it counts as hanging. */
const HANGING = 120;

/** What became of a document. */
export interface Verdict {
  readonly accepted: boolean;
  /** Whether it went through plan and apply. */
  readonly carried_out: boolean;
  /** What does not hold, in words. */
  readonly problems: readonly string[];
}

export interface Format<Document> {
  /** `YAML files`, for the title and the counts. */
  readonly name: string;
  readonly documents: fc.Arbitrary<Document>;
  /** Opened once for all documents. */
  readonly open: () => Promise<{
    readonly tryOut: (document: Document) => Promise<Verdict>;
    readonly close: () => Promise<void>;
  }>;
  /** Documents in `npm test`. */
  readonly quick: number;
}

interface Failed {
  readonly number: number;
  readonly problems: readonly string[];
}

/** Declares the run of a format as a test. */
export function fuzz<Document>({ name, documents, open, quick }: Format<Document>): void {
  const runs = Number(RUNS ?? quick);
  const title = `whatever ${name} hold, no command crashes, hangs, leaks or passes an escape through`;
  test(title, { timeout: 120_000 + runs * 2_000 }, async () => {
    const { tryOut, close } = await open();
    const watch = watchdog(name);
    const counts = { documents: 0, accepted: 0, carried_out: 0 };
    const failed: Failed[] = [];
    const tried = async (document: Document): Promise<readonly string[]> => {
      const number = FROM + counts.documents;
      watch.at(number);
      const { accepted, carried_out, problems } = await guarded(() => tryOut(document));
      counts.documents += 1;
      if (accepted) counts.accepted += 1;
      if (carried_out) counts.carried_out += 1;
      // A run of hours says at once what it finds.
      if (problems.length > 0 && failed.length < 20)
        console.log(`document ${number}: ${problems.join("\n")}`);
      if (problems.length > 0) failed.push({ number, problems });
      if (counts.documents % 1000 === 0)
        console.log(`fuzz ${name}: ${JSON.stringify(counts)}, ${failed.length} crashes so far`);
      return problems;
    };
    const started = performance.now();
    try {
      await fc.assert(
        fc.asyncProperty(documents, async (document) => void (await tried(document))),
        { numRuns: runs, seed: SEED, path: String(FROM) },
      );
      const seconds = (performance.now() - started) / 1000;
      const { documents: all, accepted, carried_out } = counts;
      console.log(
        `fuzz ${name}: ${all} documents, ${accepted} accepted (${carried_out} carried out), ${all - accepted} refused, ${failed.length} crashes, seed ${SEED}, ${seconds.toFixed(1)} s`,
      );
      if (failed.length > 0) throw new Error(await described(failed, documents, tryOut));
      if (runs >= 100)
        expect(carried_out / all, "share of documents that are carried out").toBeGreaterThan(0.3);
    } finally {
      watch.end();
      await close();
    }
  });
}

/** Runs one document; what it throws, leaves unhandled or does to what all objects share is a problem of its own. */
async function guarded(run: () => Promise<Verdict>): Promise<Verdict> {
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown): void => void unhandled.push(error);
  process.on("unhandledRejection", onUnhandled);
  const before = shared();
  try {
    const verdict = await run();
    const more = unhandled.map((error) => `left unhandled: ${wordsOf(error)}`);
    if (shared() !== before) more.push("changed what all objects share");
    return { ...verdict, problems: [...verdict.problems, ...more] };
  } catch (error) {
    return { accepted: false, carried_out: false, problems: [wordsOf(error)] };
  } finally {
    process.off("unhandledRejection", onUnhandled);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const SHARED = [Object, Array, Function, String, Number, Boolean, Map, Set, Promise, RegExp, Error];

/** Names of everything that all objects inherit. */
function shared(): string {
  return SHARED.map((base) => Reflect.ownKeys(base.prototype).map(String).join()).join("\n");
}

/** The failures by what went wrong, the first of each made as small as half a minute allows. */
async function described<Document>(
  failed: readonly Failed[],
  documents: fc.Arbitrary<Document>,
  tryOut: (document: Document) => Promise<Verdict>,
): Promise<string> {
  const kinds = new Map<string, Failed[]>();
  for (const one of failed) {
    // Without what differs from document to document.
    const kind = (one.problems[0] ?? "").replaceAll(/"(?:[^"\\]|\\.)*"|\d+/g, "…").slice(0, 120);
    kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
  }
  const parts: string[] = [];
  for (const [first, ...others] of [...kinds.values()].slice(0, 8)) {
    if (first === undefined) continue;
    let smallest: { readonly document: Document; readonly problems: readonly string[] } | undefined;
    await fc.check(
      fc.asyncProperty(documents, async (document) => {
        const { problems } = await guarded(() => tryOut(document));
        if (problems.length === 0) return;
        smallest = { document, problems };
        throw new Error("fails");
      }),
      { seed: SEED, path: String(first.number), numRuns: 1, interruptAfterTimeLimit: 30_000 },
    );
    parts.push(
      [
        `Document ${first.number}${others.length === 0 ? "" : ` and ${others.length} more like it`}:`,
        ...(smallest?.problems ?? first.problems),
        `Smallest document: ${JSON.stringify(smallest?.document)?.slice(0, 3000)}`,
        `Again: FUZZ_SEED=${SEED} FUZZ_FROM=${first.number} FUZZ_RUNS=1`,
      ].join("\n"),
    );
  }
  return `${failed.length} documents do harm, in ${kinds.size} ways\n\n${parts.join("\n\n")}`;
}

/**
 * Ends the process when a document takes much too long, saying which: a loop without end would stop every timer of its
 * own thread.
 */
function watchdog(name: string): { readonly at: (number: number) => void; readonly end: () => void } {
  const cells = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(
    `const { workerData: { cells, name, seed, seconds } } = require("node:worker_threads");
     let last = -1, since = Date.now();
     for (;;) {
       Atomics.wait(cells, 1, 0, 1000);
       if (Atomics.load(cells, 1) !== 0) break;
       const now = Atomics.load(cells, 0);
       if (now !== last) { last = now; since = Date.now(); }
       else if (Date.now() - since > seconds * 1000) {
         require("node:fs").writeSync(2, "fuzz " + name + ": document " + now + " of seed " + seed + " hangs\\n");
         process.kill(process.pid, "SIGKILL");
       }
     }`,
    { eval: true, workerData: { cells, name, seed: SEED, seconds: HANGING } },
  );
  worker.unref();
  return {
    at: (number) => void Atomics.store(cells, 0, number),
    end: () => {
      Atomics.store(cells, 1, 1);
      Atomics.notify(cells, 1);
    },
  };
}
