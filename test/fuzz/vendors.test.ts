// Answers of the vendors themselves, spoiled in the middle of what reads and of what writes, over all kinds. What reads
// writes nothing; once the answers are right again, the next apply ends where it should.

import fc from "fast-check";
import type { Options } from "../../src/cli/options.ts";
import { fuzz, type Verdict } from "./fuzz.ts";
import { AT_ONCE, type Meddler, openMeddler, type Strike, strikes } from "./meddler.ts";
import { openPlace } from "./place.ts";
import { LEDGER, openScenes, SCENES_WITH_LEDGER } from "./scenes.ts";
import { openTrial } from "./trial.ts";
import type { World } from "./world.ts";

const COMMANDS = ["plan", "apply", "drift", "export"] as const;

interface SpoiledRun {
  readonly scene: number;
  readonly command: (typeof COMMANDS)[number];
  readonly coloured: boolean;
  readonly strikes: readonly Strike[];
}

interface Between {
  /** The world, with the meddlers in place of its servers. */
  readonly world: World;
  readonly meddlers: readonly Meddler[];
}

fuzz<SpoiledRun>({
  name: "answers of vendors",
  documents: fc.record({
    scene: fc.nat({ max: SCENES_WITH_LEDGER - 1 }),
    command: fc.constantFrom(...COMMANDS),
    coloured: fc.boolean(),
    strikes: fc.array(strikes(30, ["POST", "PUT", "PATCH"]).map(honest), { minLength: 1, maxLength: 4 }),
  }),
  quick: 4,
  open: async () => {
    const [place, scenes] = [openPlace(), openScenes()];
    const opened = new Map<number, Promise<Between>>();
    return {
      tryOut: async ({ scene, command, coloured, strikes }): Promise<Verdict> => {
        const { world: real, declared, ledger } = await scenes.scene(scene);
        const between = opened.get(scene) ?? stepBetween(real);
        opened.set(scene, between);
        const { world, meddlers } = await between;
        const strike = (some: readonly Strike[]): void => {
          for (const meddler of meddlers) meddler.strike(some);
        };
        strike([]);
        const trial = await openTrial(place, world, { coloured, network: AT_ONCE });
        place.write("gateform.yaml", declared);
        place.write(LEDGER, JSON.stringify(ledger));
        strike(strikes);
        const writing: Partial<Options> = { autoApprove: true, allowDeletes: 100 };
        const { code } = await trial.run(command, command === "apply" ? writing : {});
        strike([]);
        let carried_out = true;
        if (command === "apply") {
          // What a run could not finish for want of a certain answer, the one after it looks up, and the next ends it.
          carried_out = (await trial.run("apply", writing)).code === 0;
          const last = carried_out ? undefined : await trial.run("apply", writing);
          if (last !== undefined && last.code !== 0)
            trial.blame(`it does not end: ${last.stdout}${last.stderr}`);
          const { code: left } = await trial.run("plan", { detailedExitcode: true });
          if (left !== 0) trial.blame("there is something left to do");
        } else {
          const writes = (await world.requests()).filter(({ method }) => method !== "GET");
          for (const { method, path } of writes) trial.blame(`${command} asked ${method} ${path}`);
        }
        return { accepted: code === 0, carried_out, problems: await trial.end() };
      },
      close: async () => {
        for (const between of opened.values())
          for (const meddler of (await between).meddlers) await meddler.close();
        await scenes.close();
        place.remove();
      },
    };
  },
});

/** Without refusals of what was carried out: no run can find out that they are wrong. */
function honest(strike: Strike): Strike {
  const { spoiling } = strike;
  const lies = spoiling.how === "status" && spoiling.status >= 300 && spoiling.status < 500;
  return lies ? { ...strike, spoiling: { how: "status", status: 503 } } : strike;
}

async function stepBetween(world: World): Promise<Between> {
  const env: Record<string, string> = { ...world.env };
  const meddlers: Meddler[] = [];
  for (const name of ["CLOUDFLARE_BASE_URL", "VERCEL_BASE_URL"]) {
    const { origin, pathname } = new URL(world.env[name] ?? "");
    const meddler = await openMeddler(origin, () => true);
    meddlers.push(meddler);
    env[name] = meddler.origin + pathname.replace(/\/$/, "");
  }
  return { world: { ...world, env }, meddlers };
}
