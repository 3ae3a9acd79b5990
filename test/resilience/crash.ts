// Plays a scene's apply, once whole and then cut off at its requests: killed there, and run again. What a person does in
// between is nothing, or `ledger unlock` where the ledger's lock is one that nobody can tell is dead.

import { durationOf } from "../../src/base/duration.ts";
import { type JsonValue, jsonEqual } from "../../src/base/json.ts";
import type { Plan } from "../../src/model/plan.ts";
import type { ApplyReport } from "../../src/model/report.ts";
import { json, type Result } from "../e2e/support.ts";
import {
  comparable,
  knownIds,
  type Left,
  leftBehind,
  liveIds,
  liveThings,
  liveValues,
  recordsOf,
  traceOf,
} from "./aftermath.ts";
import { type Counted, countRequests, type Passed, type Place } from "./counted.ts";
import { GRACE } from "./scenes/keys.ts";
import type { Scene } from "./scenes/scene.ts";
import { type SetOptions, type Stage, setScene } from "./scenes/set-scene.ts";

const APPLY = ["apply", "--auto-approve", "--allow-deletes", "100", "--output", "json"];
/** One step after the other, so that a cut is at the same place in every run. */
const IN_TURN = ["--parallelism", "1"];
/** Has been seen when a locked ledger has been. */
const LOCKED = "locked";
const READS = ["GET", "HEAD"];

export interface Played {
  readonly stage: Stage;
  readonly requests: Counted;
  /** As it was before the apply. */
  readonly start: Left;
  /** The apply that nobody cut off. */
  readonly plan: Plan;
  readonly passed: readonly Passed[];
  /** Ids of its steps in the order in which they ended. */
  readonly order: readonly string[];
  /** What it left, and what the first apply after the grace leaves. */
  readonly end: Expected;
  readonly close: () => Promise<void>;
}

interface Expected {
  readonly soon: Readonly<Record<string, JsonValue>>;
  readonly later: Readonly<Record<string, JsonValue>>;
}

/** Sets a scene and plays its apply from end to end. */
export async function playWhole(scene: Scene, ledger: SetOptions["ledger"] = "file"): Promise<Played> {
  const requests = countRequests();
  const stage = await setScene(scene, { ledger, through: requests.through });
  const start = await leftBehind(stage);
  const running = { printed: () => "" };
  const stepsDone = (): readonly string[] =>
    [...running.printed().matchAll(/^\[\d+\/\d+\] \S+ +(\S+ \S+)/gm)].map(([, step = ""]) => step);
  requests.begin({ note: () => stepsDone().length });
  const run = stage.start([...APPLY, ...IN_TURN]);
  running.printed = () => run.output().stderr;
  const result = await run.done;
  const { plan } = made(result);
  const passed = [...requests.passed()];
  const order = stepsDone();
  const soon = comparable(await leftBehind(stage));
  return {
    stage,
    requests,
    start,
    plan,
    passed,
    order,
    end: { soon, later: scene.rotated.length === 0 ? soon : comparable(await afterGrace(stage)) },
    close: async () => {
      await stage.close();
      await requests.close();
    },
  };
}

/** The places where a run can be cut off. What follows a read's answer is the same as what comes before the next request. */
export function cutsOf(passed: readonly Passed[]): readonly Place[] {
  return passed.flatMap(({ method }, at): readonly Place[] => [
    { at, when: "before" },
    ...(READS.includes(method) ? [] : [{ at, when: "after" as const }]),
  ]);
}

/** What was found at a cut; no problems if all is well. */
export interface Found {
  readonly problems: readonly string[];
  /** What was left has been left by an earlier cut, too, and the run after it is that one's. */
  readonly known: boolean;
}

/**
 * Kills an apply at a cut, and runs it again.
 * @param seen what earlier cuts of the scene have left.
 */
export async function playCut(played: Played, cut: Place, seen: Set<string>, more = IN_TURN): Promise<Found> {
  const { stage, requests, start } = played;
  await stage.restore();
  const { scene } = stage;
  let struck = false;
  const run = stage.start([...APPLY, ...more]);
  requests.begin({
    cut,
    strike: () => {
      struck = true;
      run.kill("SIGKILL");
    },
  });
  const first = await run.done;
  await requests.idle();
  if (!struck) return { problems: [`no such request came: ${shown(first)}`], known: false };
  const cutOff = await leftBehind(stage);
  const problems = [...consumersOf(scene, start, cutOff)];
  const trace = traceOf(cutOff);
  if (seen.has(trace)) return { problems, known: true };
  seen.add(trace);

  requests.begin();
  if (cutOff.locked) {
    problems.push(...(await unlock(stage, !seen.has(LOCKED))));
    seen.add(LOCKED);
  }
  const second = await stage.run(APPLY);
  if (second.code !== 0)
    return { problems: [...problems, `the run after it failed: ${shown(second)}`], known: false };
  if (!made(second).report.converged) problems.push(`the run after it did not converge: ${shown(second)}`);
  const after = await leftBehind(stage);
  problems.push(
    ...ledgerOf(start, after),
    ...foreignOf(stage, start, after),
    ...workingOf(scene, start, cutOff, after),
  );
  const soon = comparable(after);
  if (jsonEqual(soon, played.end.soon)) return { problems, known: false };
  if (scene.rotated.length === 0)
    return { problems: [...problems, ...differences(soon, played.end.soon)], known: false };
  // What some sink may have had has its grace, too.
  const later = comparable(await afterGrace(stage));
  return { problems: [...problems, ...differences(later, played.end.later)], known: false };
}

/** The first apply when everything that was rotated away is due. */
async function afterGrace(stage: Stage): Promise<Left> {
  stage.later((durationOf(GRACE) ?? 0) + 3_600_000);
  made(await stage.run(APPLY));
  return leftBehind(stage);
}

/**
 * What a person does about the lock of a run that has died on nobody knows which machine.
 * @param asks first runs the apply all the same, which says what to do.
 */
async function unlock(stage: Stage, asks: boolean): Promise<readonly string[]> {
  const problems: string[] = [];
  if (asks) {
    const { code, stderr, ...more } = await stage.run(APPLY);
    if (code !== 1 || !stderr.includes("ledger unlock"))
      problems.push(`a locked ledger's run does not name the way out: ${shown({ code, stderr, ...more })}`);
  }
  const unlocked = await stage.run(["ledger", "unlock"]);
  if (unlocked.code !== 0 || stage.locked()) problems.push(`the lock stays: ${shown(unlocked)}`);
  return problems;
}

/** Whoever reads a sink at any moment finds a value that works. */
function consumersOf(scene: Scene, start: Left, now: Left): readonly string[] {
  const live = liveValues(now.state);
  return placesOf(scene)
    .filter((place) => start.sinks[place] !== undefined && !live.has(now.sinks[place] ?? ""))
    .map((place) => `${place} has no value that works`);
}

/** After the second run every sink has the value of the one that the ledger names, and who has read one before still works. */
function workingOf(scene: Scene, start: Left, cutOff: Left, after: Left): readonly string[] {
  const live = liveValues(after.state);
  const byId = new Map(liveThings(after.state).map(({ id, value }) => [id, value]));
  const wrong = Object.entries(scene.delivered).flatMap(([address, places]) =>
    places
      .filter((place) => after.sinks[place] !== byId.get(after.ledger.resources[address]?.id ?? ""))
      .map((place) => `${place} does not hold the value of ${address}`),
  );
  const cut = scene.rotated.flatMap((address) =>
    (scene.delivered[address] ?? []).flatMap((place) =>
      [start, cutOff]
        .filter(({ sinks }) => !live.has(sinks[place] ?? ""))
        .map(
          (left) =>
            `who read ${place} ${left === start ? "before the crash" : "after the crash"} has a dead value`,
        ),
    ),
  );
  return [...wrong, ...cut];
}

function placesOf(scene: Scene): readonly string[] {
  return Object.values(scene.delivered).flat();
}

/** Each entry is live, and of one thing only. */
function ledgerOf(start: Left, { ledger, state }: Left): readonly string[] {
  const ids = liveIds(state);
  const known = [...knownIds(ledger)];
  return [
    ...(ledger.serial > start.ledger.serial ? [] : ["the ledger's serial did not grow"]),
    ...known.filter(([id]) => !ids.has(id)).map(([id, address]) => `${address} has ${id}, which is not live`),
    ...Object.entries(ledger.resources).flatMap(([address, { status, intent, rotating }]) => [
      ...(status === "ready" ? [] : [`${address} is ${status}`]),
      ...(intent === undefined ? [] : [`${address} has an intent`]),
      ...(rotating === undefined ? [] : [`${address} is rotating`]),
    ]),
  ];
}

function foreignOf(stage: Stage, start: Left, after: Left): readonly string[] {
  const [before, now] = [start, after].map(({ state }) => recordsOf(state, stage.foreign)) as [
    JsonValue,
    JsonValue,
  ];
  return jsonEqual(before, now) ? [] : [`somebody else's was touched: ${JSON.stringify([before, now])}`];
}

function differences(
  found: Readonly<Record<string, JsonValue>>,
  wanted: Readonly<Record<string, JsonValue>>,
): readonly string[] {
  return [...new Set([...Object.keys(found), ...Object.keys(wanted)])]
    .filter((part) => !jsonEqual(found[part] ?? null, wanted[part] ?? null))
    .map(
      (part) =>
        `${part} differ from an uncut run's: ${JSON.stringify(found[part])}, not ${JSON.stringify(wanted[part])}`,
    );
}

function made(result: Result): { readonly plan: Plan; readonly report: ApplyReport } {
  if (result.code !== 0) throw new Error(shown(result));
  return json(result);
}

function shown({ code, stdout, stderr }: Result): string {
  return `exit ${code}: ${stderr}\n${code === 0 ? "" : stdout}`;
}
