// The fault matrix: a scene's apply with one fault at one request, for all kinds, all faults and all places in the run.
// Whatever it met, a run ends with 0 or says why it does not; nothing that should stay is gone, nothing is twice, and
// with the fault over, at most two more applies end where an undisturbed one does.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalText, isObject, type JsonValue, jsonEqual } from "../../src/base/json.ts";
import type { Plan } from "../../src/model/plan.ts";
import type { FaultRule, LogEntry } from "../../src/reference-server/index.ts";
import { gateform, type Ran } from "../fuzz/gateform.ts";
import { comparable, leftBehind, liveIds, recordsOf } from "./aftermath.ts";
import { BODY_TIMEOUT, type FaultEffect } from "./fault-effects.ts";
import type { Scene } from "./scenes/scene.ts";
import { type Stage, setScene } from "./scenes/set-scene.ts";

/** Small, so that lists have several pages. */
const PAGE_SIZE = 2;

/** A request of the undisturbed run at which a fault may strike. */
export interface Position {
  /** From 0. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** How many requests of this method and path there were before it. */
  readonly nth: number;
}

export interface Undisturbed {
  readonly stage: Stage;
  readonly positions: readonly Position[];
  /** Ids of what was there before and is there afterwards. */
  readonly staying: readonly string[];
  readonly foreign: JsonValue;
  readonly end: Readonly<Record<string, JsonValue>>;
}

/** What came of one run under a fault. */
export interface Outcome {
  /** Applies that it took afterwards. */
  readonly more: number;
  readonly code: number;
  readonly problems: readonly string[];
}

/** One request after the other, so that a position is the same one in every run. */
const APPLY = { autoApprove: true, allowDeletes: 100, parallelism: 1 } as const;

function run(stage: Stage, words: string, options: Parameters<typeof gateform>[2] = {}): Promise<Ran> {
  return gateform(
    {
      place: {
        cwd: stage.cwd,
        read: (name) => readFileSync(join(stage.cwd, name), "utf8"),
        write: (name, text) => writeFileSync(join(stage.cwd, name), text),
      },
      env: stage.env,
      coloured: false,
      network: {
        timeouts: { connect: 10_000, answer: 10_000, body: BODY_TIMEOUT },
        // Short, and a wait all the same: one for a rate limit is asked for again until its time has come.
        wait: (ms) => new Promise((done) => setTimeout(done, Math.min(ms, 5))),
      },
    },
    words,
    { ...APPLY, ...options },
  );
}

/** Sets a scene and plays its apply without a fault. */
export async function playUndisturbed(scene: Scene): Promise<Undisturbed> {
  const stage = await setScene(scene, { pageSize: PAGE_SIZE });
  const start = await leftBehind(stage);
  await stage.control("DELETE", "/requests");
  const whole = await run(stage, "apply");
  if (whole.code !== 0) throw new Error(`${scene.name}: ${whole.stdout}${whole.stderr}`);
  const log = (await stage.control("GET", "/requests")) as unknown as readonly LogEntry[];
  const end = await leftBehind(stage);
  const after = liveIds(end.state);
  // What is replaced under the same id is gone for a while.
  const { plan } = JSON.parse(whole.json) as { readonly plan: Plan };
  const deleted = plan.steps.flatMap(({ action, vendor_id }) => (action === "delete" ? [vendor_id] : []));
  const seen = new Map<string, number>();
  return {
    stage,
    positions: log.map(({ method, path, query }, at) => {
      const nth = seen.get(`${method} ${path}`) ?? 0;
      seen.set(`${method} ${path}`, nth + 1);
      return { at, method, path, query, nth };
    }),
    staying: [...liveIds(start.state)].filter((id) => after.has(id) && !deleted.includes(id)),
    foreign: recordsOf(start.state, stage.foreign),
    end: comparable(end),
  };
}

export function strikes({ on }: FaultEffect, { method, query }: Position): boolean {
  if (on === "writes") return method !== "GET";
  if (on === "pages") return method === "GET" && /\bpage=[2-9]/.test(query);
  return on === "any" || method === "GET";
}

function ruleFor({ effect, lasting }: FaultEffect, { at, method, path, nth }: Position): FaultRule {
  if (!lasting) return { skip: at, times: 1, effect };
  const exact = `^${path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
  // Every method that a request has is one that a rule may name.
  return { method: method as NonNullable<FaultRule["method"]>, path: exact, skip: nth, effect };
}

/** Plays a scene's apply with a fault at a position, and then as often as it takes without. */
export async function playFault(
  { stage, staying, foreign, end }: Undisturbed,
  fault: FaultEffect,
  position: Position,
): Promise<Outcome> {
  await stage.restore();
  await stage.control("POST", "/faults", ruleFor(fault, position));
  const disturbed = await run(stage, "apply");
  await stage.control("DELETE", "/faults");
  const problems = [...problemsOf(disturbed, fault)];
  const look = async (when: string): Promise<boolean> => {
    const left = await leftBehind(stage);
    const live = liveIds(left.state);
    for (const id of staying) if (!live.has(id)) problems.push(`${when}: ${id} is gone`);
    if (!jsonEqual(recordsOf(left.state, stage.foreign), foreign))
      problems.push(`${when}: what is somebody else's has changed`);
    return jsonEqual(comparable(left), end);
  };
  let same = await look("after the fault");
  let more = 0;
  for (let last = disturbed; (last.code !== 0 || !same) && more < 2; ) {
    more += 1;
    last = await run(stage, "apply");
    same = await look(`after ${more} more`);
    if (last.code !== 0 && more === 2) problems.push(`the second run after it failed: ${last.stderr}`);
  }
  if (!same)
    problems.push(`ends differently: ${differences(comparable(await leftBehind(stage)), end).join("; ")}`);
  return { more, code: disturbed.code, problems };
}

/** Plans the file that was just applied, while a read fails: nothing is made or deleted of what is there. */
export async function planUnderFault(
  { stage }: Undisturbed,
  fault: FaultEffect,
  position: Position,
): Promise<readonly string[]> {
  await stage.control("POST", "/faults", {
    ...ruleFor({ ...fault, lasting: true }, { ...position, nth: 0 }),
  });
  const planned = await run(stage, "plan");
  await stage.control("DELETE", "/faults");
  const problems = [...problemsOf(planned, fault)];
  const { steps = [] } = documentOf(planned) as Partial<Plan>;
  const { resources } = (await leftBehind(stage)).ledger;
  // What no ledger has, an account's one store, is known by its list alone; the vendor refuses to make a second one.
  const wrong = steps.filter(
    ({ action, address }) =>
      action === "delete" || (action === "create" && Object.hasOwn(resources, address)),
  );
  return [...problems, ...wrong.map(({ id }) => `the plan has ${id}`)];
}

function documentOf({ json, stderr }: Ran): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(json) as Readonly<Record<string, unknown>>; // documents are objects
  } catch {
    throw new Error(`no JSON document: ${stderr}`);
  }
}

/** A run that ended as no run should. */
function problemsOf(ran: Ran, fault: FaultEffect): readonly string[] {
  if (ran.thrown !== undefined) return [`threw ${String(ran.thrown)}`];
  const said = `${ran.stdout}${ran.json}`;
  const problems: string[] = [];
  if (![0, 1].includes(ran.code)) problems.push(`ended with ${ran.code}`);
  if (/\bINTERNAL\b|\n\s+at .*:\d+/.test(ran.stderr + said))
    problems.push(`a mistake of ours: ${ran.stderr}`);
  if (ran.code === 1) {
    if (!fault.words.test(said)) problems.push(`does not say why: ${ran.stderr.slice(-1500)}`);
    if (!/\b(?:cloudflare|vercel)\b/i.test(said)) problems.push("does not say of what");
  }
  return problems;
}

/** Where two values differ, by path, with what is there. */
function differences(found: JsonValue, expected: JsonValue, path = ""): readonly string[] {
  if (jsonEqual(found, expected)) return [];
  if (isObject(found) && isObject(expected)) {
    const names = [...new Set([...Object.keys(found), ...Object.keys(expected)])];
    return names.flatMap((name) =>
      differences(found[name] ?? null, expected[name] ?? null, `${path}.${name}`),
    );
  }
  return [`${path}: ${canonicalText(found)} instead of ${canonicalText(expected)}`];
}
