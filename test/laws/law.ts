// Runs a law over many scenarios. A scenario is plain JSON, so a failure prints one that can be pasted in as a
// regression. LAWS_RUNS multiplies the runs; LAWS_SEED repeats a run.

import fc from "fast-check";
import { test } from "vitest";

const MULTIPLIER = Number(process.env.LAWS_RUNS ?? "1");
const SEED = process.env.LAWS_SEED;

interface Law<T> {
  readonly scenario: fc.Arbitrary<T>;
  /** Throws where the law does not hold. */
  readonly holds: (scenario: T) => void | Promise<void>;
  readonly runs?: number;
  /** Scenarios that once broke the law; they are tried first. */
  readonly regressions?: readonly T[];
}

/** Declares a law as a test. */
export function law<T>(title: string, { scenario, holds, runs = 40, regressions = [] }: Law<T>): void {
  test(
    title,
    async () => {
      const property = fc.asyncProperty(scenario, async (it) => {
        await holds(it);
      });
      const details = await fc.check(property, {
        numRuns: Math.max(1, Math.round(runs * MULTIPLIER)) + regressions.length,
        examples: regressions.map((it): [T] => [it]),
        ...(SEED === undefined ? {} : { seed: Number(SEED) }),
      });
      if (!details.failed) return;
      throw new Error(describeFailure(title, details as fc.RunDetails<[T]>), {
        cause: details.errorInstance,
      });
    },
    120_000 * Math.max(1, MULTIPLIER),
  );
}

function describeFailure<T>(title: string, details: fc.RunDetails<[T]>): string {
  const error = details.errorInstance;
  const message = error instanceof Error ? error.message : String(error);
  const scenario = details.counterexample?.[0];
  return [
    `The law does not hold: ${title}`,
    message,
    "",
    `Smallest scenario found (after ${details.numRuns} runs and ${details.numShrinks} steps of shrinking), to paste under \`regressions:\``,
    `${JSON.stringify(scenario, null, 2)},`,
    "",
    `The same run again: LAWS_SEED=${details.seed} npx vitest run test/laws -t ${JSON.stringify(title)}`,
    `fast-check: seed ${details.seed}, path "${details.counterexamplePath ?? ""}"`,
  ].join("\n");
}
