// What becomes of keys and tokens on their way to two sinks, made and rotated: all goes well, a sink fails, the process
// is killed. The page docs/deliveries.md is drawn from the whole of it, which GATEFORM_TEST_FULL=1 runs; otherwise a
// part is, and compared with the page.

import { readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { openScene, type Pair, type Point, type Scene, type SubjectName } from "./deliveries/scene.ts";
import { cellsOf, drawOutcomes, type Outcome } from "./deliveries/table.ts";

const FULL = process.env.GATEFORM_TEST_FULL === "1";
const PAGE = "../../docs/deliveries.md";

const PAIRS: readonly Pair[] = [
  { first: "file", second: "command" },
  { first: "command", second: "github_actions_secret" },
  { first: "github_actions_secret", second: "vercel_env" },
  { first: "vercel_env", second: "file" },
];
const SUBJECTS: readonly SubjectName[] = ["vercel.key", "cloudflare.token"];

const everything = SUBJECTS.flatMap((subject) => PAIRS.map((pair) => ({ subject, pair })));
const combinations = FULL ? everything : everything.slice(0, 1);

interface Trouble {
  readonly words: string;
  readonly fails?: "first" | "second";
  readonly killed?: Point;
}

const TROUBLES: readonly Trouble[] = [
  { words: "all goes well" },
  { words: "the first sink fails", fails: "first" },
  { words: "the second sink fails", fails: "second" },
  { words: "killed before the first sink has it", killed: "none has it" },
  { words: "killed between the two", killed: "the first has it" },
  { words: "killed before the ledger is told of both", killed: "both have it" },
];

const ADDRESS = { "vercel.key": "vercel.key.ci", "cloudflare.token": "cloudflare.token.ci" };
const outcomes: Outcome[] = [];

describe.each(combinations)("$subject in $pair.first and $pair.second", ({ subject, pair }) => {
  async function play(operation: Outcome["operation"], trouble: Trouble, scene: Scene): Promise<Outcome> {
    if (operation === "rotating") {
      expect((await scene.apply()).exit).toBe("0");
      await scene.begin();
    }
    const args = operation === "making" ? ["apply"] : ["rotate", ADDRESS[subject]];
    const { fails, killed } = trouble;
    const moments = [
      await scene.run(args, {
        ...(fails === undefined ? {} : { fails: scene[fails] }),
        ...(killed === undefined ? {} : { killed }),
      }),
      await scene.run(["apply"]),
      await scene.apply(),
    ];
    return { subject, pair, operation, trouble: trouble.words, moments };
  }

  test.each(
    (["making", "rotating"] as const).flatMap((operation) =>
      TROUBLES.map((trouble) => [operation, trouble.words, trouble] as const),
    ),
  )("%s: %s; in the end one is live and in both", { timeout: 60_000 }, async (operation, _, trouble) => {
    const scene = await openScene(subject, pair, onTestFinished);
    const outcome = await play(operation, trouble, scene);
    outcomes.push(outcome);
    const end = outcome.moments.at(-1);
    expect(end).toEqual({ exit: "0", live: [end?.first], first: end?.first, second: end?.first });
    expect(end?.first).not.toBe("none");
    if (!FULL)
      expect(readFileSync(new URL(PAGE, import.meta.url), "utf8")).toContain(`\n${cellsOf(outcome)}`);
  });
});

test.runIf(FULL)("the page has what came of each", async () => {
  await expect(drawOutcomes(outcomes, everything.length)).toMatchFileSnapshot(PAGE);
});
