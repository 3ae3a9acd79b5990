// The crash matrix: the packed command line is killed at every request boundary of plans that create, update, replace,
// delete, deliver and rotate all kinds, and run again. GATEFORM_TEST_FULL=1 plays all cuts; without it a few of each
// scene, always the same ones.

import { afterAll, describe, expect, test } from "vitest";
import { samples } from "../contract/samples/all.ts";
import type { Place } from "./counted.ts";
import { cutsOf, type Found, type Played, playCut, playWhole } from "./crash.ts";
import { count, draw, type Matrix, missing, shownBy } from "./crash-matrix.ts";
import { scenes } from "./scenes/all.ts";
import type { Scene } from "./scenes/scene.ts";

const FULL = process.env.GATEFORM_TEST_FULL === "1";
const TIMEOUT = 1_200_000;
/** How many cuts of a scene are played where not all are. */
const FEW = 2;
/** Every write of a ledger on a server is a request, too, and its lock stays. */
const ON_A_SERVER = ["vercel.key for a server"];

const matrix: Matrix = new Map(samples.map(({ kind }) => [kind, new Map()]));
const shown = new Set<string>();
const played = { cuts: 0, runs: 0 };

/** So many scenes are played at once: each is two processes, of which one runs. */
const LANES = 3;
const lanes: Promise<unknown>[] = Array.from({ length: LANES }, () => Promise.resolve());
let scenesBegun = 0;

/** After what the lane had to do before. */
function inLane(work: () => Promise<void>): Promise<void> {
  const lane = scenesBegun++ % LANES;
  const done = (lanes[lane] ?? Promise.resolve()).then(work);
  lanes[lane] = done.catch(() => undefined);
  return done;
}

/** A few that are spread over all; each scene has its own. */
function few<T>(all: readonly T[], index: number): readonly T[] {
  const span = all.length / FEW;
  return Array.from({ length: FEW }, (_, at) => all[Math.floor(span * at + ((index * 7) % span))]).filter(
    (cut) => cut !== undefined,
  );
}

/** Plays cuts of a whole run. @returns what was wrong, by request. */
async function play(whole: Played, cuts: readonly Place[], more?: string[]): Promise<readonly string[]> {
  const seen = new Set<string>();
  const wrong: string[] = [];
  for (const cut of cuts) {
    const { method, path } = whole.passed[cut.at] ?? {};
    const found = await playCut(whole, cut, seen, more).catch(
      (error: unknown): Found => ({ problems: [String(error)], known: false }),
    );
    played.cuts += 1;
    if (!found.known) played.runs += 1;
    const where = `killed ${cut.when} request ${cut.at}, ${method} ${path}`;
    wrong.push(...found.problems.map((problem) => `${where}: ${hidden(problem, whole)}`));
  }
  return wrong;
}

/** What is printed of a failure has no secret in it, either. */
function hidden(text: string, { stage }: Played): string {
  return Object.entries(stage.scene.env).reduce(
    (rest, [name, value]) => rest.replaceAll(value, `(value of ${name})`),
    text,
  );
}

/** Plays a scene's apply from end to end, then as many of its cuts as are wanted. */
function playScene(scene: Scene, index: number, ledger: "file" | "http"): Promise<void> {
  return inLane(async () => {
    const whole = await playWhole(scene, ledger);
    try {
      count(matrix, whole);
      for (const step of shownBy(whole.plan.steps)) shown.add(step);
      const cuts = cutsOf(whole.passed);
      expect(await play(whole, FULL ? cuts : few(cuts, index))).toEqual([]);
      // Several steps at once: which of two creates of one name was carried out is then another matter each time.
      if (FULL && scene.name.endsWith("of one name")) expect(await play(whole, cuts, [])).toEqual([]);
    } finally {
      await whole.close();
    }
  });
}

describe.concurrent("an apply that is killed at any of its requests is finished by the next one", () => {
  for (const [index, scene] of scenes.entries())
    test(scene.name, { timeout: TIMEOUT }, () => playScene(scene, index, "file"));

  for (const [index, scene] of scenes.filter(({ name }) => ON_A_SERVER.includes(name)).entries())
    test(`${scene.name}, with the ledger on a server, after \`ledger unlock\``, { timeout: TIMEOUT }, () =>
      playScene(scene, scenes.length + index, "http"),
    );
});

test("every kind is cut off in everything that it knows", () => {
  expect(missing(shown)).toEqual([]);
});

afterAll(() => {
  const { cuts, runs } = played;
  console.log(
    `${draw(matrix)}\n\n${cuts} of them were played; ${runs} left what no other of their scene did, and were run again`,
  );
});
