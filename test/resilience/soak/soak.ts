// One stack through its life, round by round: its file changes, its runs meet faults, colleagues meddle. After every
// round all is as the file says, and the ledger tells the truth.

import type { Options } from "../../../src/cli/options.ts";
import type { Plan, Step } from "../../../src/model/plan.ts";
import { startClock } from "./clock.ts";
import { dice as diceOf } from "./dice.ts";
import { faultsOf } from "./faults.ts";
import { EMPTY, edited, type Soaked } from "./file.ts";
import { liveIn, notHeld, outdated, recordsOf, undelivered, untrue } from "./owned.ts";
import { openStack } from "./stack.ts";
import { openSoakWorld } from "./world.ts";

const DAY = 86_400_000;
/** Runs with faults in a round, before one without. */
const TRIES = 4;

/** Reasons for which a plan may refuse what a random edit asks for. */
const REFUSALS: ReadonlySet<string> = new Set([
  "PREVENT_DESTROY",
  "NOT_REPLACEABLE",
  "CHILDREN_UNMANAGED",
  "IDENTITY_TAKEN",
  "MOVED_TAKEN",
  "BLOCKED",
]);
/** Whatever has a value that a rotation writes. */
const ROTATED = /\.(?:key|token|provider_config|byok_credential|secret)$/;

export interface Counts {
  rounds: number;
  /** Steps of the plans that were carried out. */
  steps: number;
  /** Requests of applies and rotations. */
  requests: number;
  /** Of these, how many met a fault. */
  faults: number;
  /** Runs that a round took beyond the first. */
  again: number;
  /** What colleagues did. */
  deeds: number;
  rotations: number;
  /** Runs that the brake stopped. */
  braked: number;
  /** Edits that a plan refused. */
  refused: number;
}

export interface Soak {
  readonly counts: Counts;
  /** @throws Error with the round's whole story where something does not hold. */
  readonly round: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openSoak(seed: number, parallelism: number): Promise<Soak> {
  const clock = startClock(Date.UTC(2026, 9, 1));
  const { world, vendors, state, settle, meddle } = await openSoakWorld();
  const stack = openStack(world, parallelism);
  const { run, plan, failure, tell } = stack;
  const dice = diceOf(seed);
  const counts: Counts = {
    rounds: 0,
    steps: 0,
    requests: 0,
    faults: 0,
    again: 0,
    deeds: 0,
    rotations: 0,
    braked: 0,
    refused: 0,
  };
  await settle();
  const first = await state();
  const others = liveIn(first);
  const theirs = JSON.stringify(recordsOf(first, others));
  /** `kind id` of what the stack had and left to others, by `on_remove: retain`. */
  const left = new Set<string>();
  let file: Soaked = EMPTY;
  /** Whether the run takes over what is live already. */
  let adopt: Pick<Options, "adopt"> = {};

  async function round(): Promise<void> {
    counts.rounds += 1;
    stack.begin(`round ${counts.rounds} of seed ${seed}`);
    if (dice.chance(0.15)) tell(stack.renew(dice));
    if (dice.chance(0.3)) clock.later(dice.below(2 * DAY));
    if (dice.chance(0.25)) await somebody();
    await change();
    if (dice.chance(0.1)) await somebody();
    const rotating = dice.chance(0.3) ? dice.pick([...rotatable(), undefined]) : undefined;
    const request = { ...adopt, ...(rotating === undefined ? {} : { rotate: [rotating] }) };
    const wanted = await plan(request);
    const allowDeletes = await review(wanted, request);
    for (const { kind, vendor_id, reason } of wanted.steps)
      if (reason === "retained") left.add(`${kind} ${vendor_id}`);
    await storm(rotating, { ...adopt, autoApprove: true, newLedger: true, allowDeletes });
    counts.steps += wanted.steps.length;
    if (rotating !== undefined) counts.rotations += 1;
    await know(wanted);
    await audit();
    file = { ...file, moved: [] };
  }

  async function somebody(): Promise<void> {
    const before = liveIn(await state());
    const ours = new Set([...before].filter((name) => !others.has(name) && !left.has(name)));
    const deed = await meddle(dice, ours);
    if (deed === undefined) return;
    // Where one can be set without being there, it is theirs.
    for (const name of liveIn(await state())) if (!before.has(name)) left.add(name);
    counts.deeds += 1;
    tell(`somebody ${deed}`);
  }

  /** Writes another valid file, of which a plan refuses nothing. */
  async function change(): Promise<void> {
    for (let tries = 0; tries < 50; tries++) {
      let next = file;
      for (let edits = counts.rounds === 1 ? 30 : 1 + dice.below(4); edits > 0; edits--) {
        const edit = edited(next, dice);
        stack.declare(edit.file);
        if ((await stack.declared()) === undefined) continue;
        tell(edit.what);
        next = edit.file;
      }
      stack.declare(next);
      adopt = {};
      let { refused } = await plan();
      if (left.size > 0 && refused.some(({ code }) => code === "NOT_OWNED")) {
        adopt = { adopt: true };
        refused = (await plan(adopt)).refused;
      }
      const other = refused.filter(({ code }) => !REFUSALS.has(code));
      if (other.length > 0) throw failure(`the plan refuses: ${JSON.stringify(other)}`);
      if (refused.length === 0) {
        file = next;
        return;
      }
      counts.refused += 1;
      tell("refused: another edit");
    }
    throw failure("fifty edits were refused");
  }

  /** Allows what a plan deletes: a part by name, the rest by number. Without that nothing may be done. @returns that number. */
  async function review({ steps }: Plan, request: Partial<Options>): Promise<number> {
    const deletes = steps.filter(isCounted);
    const reviewed = dice.chance(0.5) ? deletes.filter(({ reason }) => reason === "removed") : [];
    const seen = new Set(reviewed.map(({ address }) => address));
    stack.declare(file, [...seen]);
    const counted = seen.size === 0 ? deletes : (await plan(request)).steps.filter(isCounted);
    const allowDeletes = counted.length;
    if (allowDeletes === 0 || !dice.chance(0.3)) return allowDeletes;
    await forget();
    const options = { ...adopt, autoApprove: true, newLedger: true } as const;
    const { code, json } = await run("apply", { ...options, allowDeletes: allowDeletes - 1 });
    const writes = (await world.requests()).filter(({ method }) => method !== "GET");
    if (code !== 1 || !json.includes("DELETES_BRAKED") || writes.length > 0)
      throw failure("a run with more deletes than were allowed was not stopped before it started");
    counts.braked += 1;
    return allowDeletes;
  }

  /** Applies while one request in twenty fails, and in the end while none does. */
  async function storm(rotating: string | undefined, options: Partial<Options>): Promise<void> {
    for (let tries = 0; ; tries++) {
      await forget();
      const faulty = tries < TRIES;
      if (faulty) await vendors.control("POST", "/faults", faultsOf(dice.below(2 ** 31)));
      const words = tries === 0 && rotating !== undefined ? `rotate ${rotating}` : "apply";
      const { code } = await run(words, options);
      await vendors.control("DELETE", "/faults");
      const log = await world.requests();
      counts.requests += log.length;
      counts.faults += log.filter(({ fault }) => fault !== undefined).length;
      if (code === 0 && words === "apply") return;
      if (!faulty) throw failure("an apply without faults does not end well");
      counts.again += 1;
    }
  }

  /** What was taken over holds a value that nobody here has seen: it gets one that is known. */
  async function know({ steps }: Plan): Promise<void> {
    const adopted = steps.filter(({ action }) => action === "adopt");
    for (const { kind, vendor_id } of adopted) left.delete(`${kind} ${vendor_id}`);
    const addresses = adopted.filter(({ kind }) => ROTATED.test(kind)).map(({ address }) => address);
    if (addresses.length === 0) return;
    const { code } = await run(`rotate ${addresses.join(" ")}`, { autoApprove: true });
    if (code !== 0) throw failure("what was adopted cannot be rotated");
  }

  async function audit(): Promise<void> {
    if ((await run("plan", { detailedExitcode: true })).code !== 0) throw failure("something is left to do");
    if ((await run("drift")).code !== 0) throw failure("there is drift");
    const now = await state();
    const ledger = stack.ledger();
    const config = await stack.declared();
    if (ledger === null || config === undefined) throw failure("there is no ledger, or no file");
    const problems = [
      ...untrue(ledger, now, new Set([...others, ...left]), config.desired.resources),
      ...undelivered(ledger, now, stack.delivered),
      ...outdated(now, stack.secrets(), left),
      ...notHeld(ledger, now, file.held),
      ...(JSON.stringify(recordsOf(now, others)) === theirs ? [] : ["what is not ours was changed"]),
      ...world.failures.splice(0).map((error) => `the reference server failed: ${String(error)}`),
    ];
    if (problems.length > 0) throw failure(problems.join("\n"));
    await forget();
  }

  function rotatable(): readonly string[] {
    return Object.entries(stack.ledger()?.resources ?? {})
      .filter(([, { kind }]) => ROTATED.test(kind))
      .map(([address]) => address);
  }

  const forget = async (): Promise<void> => void (await vendors.control("DELETE", "/requests"));

  return {
    counts,
    round,
    close: async () => {
      await world.close();
      stack.remove();
      clock.stop();
    },
  };
}

/** What the brake counts. */
function isCounted({ action, reviewed, reason }: Step): boolean {
  return action === "delete" && reviewed !== true && reason !== "retired";
}
