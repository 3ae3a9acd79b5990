// Cases about bad days: small pages, throttling, lost answers, cut lists, crashes.

import { expect } from "vitest";
import { type LedgerBackend, LedgerError } from "../../../src/ledger/backend.ts";
import type { FaultRule } from "../../../src/reference-server/index.ts";
import type { Body, Sample } from "../sample.ts";
import { errorsOf, expectConverged, expectEmpty, type Stage, type WrapBackend, writes } from "../stage.ts";
import { bodiesOf, type Case, declare, needing, only, settle, showChange, single } from "./case.ts";

const pages = single(
  "pages",
  "lists of one item a page are read to their end",
  async (stage, sample) => {
    await stage.declare(sample.block(sample.several));
    expectConverged(await stage.apply());
    expectEmpty(await stage.plan());
    expect(sample.live(await stage.state())).toHaveLength(Object.keys(sample.several).length);
    await stage.loseLedger();
    if (sample.not?.lost !== undefined) return;
    // Without a ledger only the lists can tell that all of them are there.
    const from = (await stage.requests()).length;
    const { steps } = await stage.plan({ adopt: true });
    const lists = (await stage.requests())
      .slice(from)
      .filter(({ method, path }) => method === "GET" && new RegExp(sample.path).test(path));
    const further = lists.filter(({ path }, index) => lists.findIndex((list) => list.path === path) < index);
    expect(further, "pages after the first one were asked for").not.toEqual([]);
    for (const key of Object.keys(sample.several)) {
      const address = `${sample.address.slice(0, -sample.key.length)}${key}`;
      expect(steps.filter((step) => step.address === address).map(({ action }) => action)).toContain("adopt");
    }
  },
  { pageSize: 1 },
);

/** The life of a resource under faults that strike each different request once: made, changed, removed. */
async function live(stage: Stage, sample: Sample, faults: readonly FaultRule[]): Promise<void> {
  await stage.fault(...faults);
  await declare(stage, sample, sample.minimal);
  expectConverged(await stage.apply());
  expectEmpty(await stage.plan());
  await only(stage, sample);
  const change = sample.changes[0];
  if (change === undefined || sample.not?.removed !== undefined) return;
  await declare(stage, sample, sample.full);
  expectConverged(await stage.apply({ allow_deletes: 1 }));
  expectEmpty(await stage.plan());
  await only(stage, sample);
  await declare(stage, sample);
  expectConverged(await stage.apply({ allow_deletes: 1 }));
  expectEmpty(await stage.plan());
  expect(sample.live(await stage.state())).toEqual([]);
}

/** The server asks for no wait, so that only our own back-off takes time. */
const AT_ONCE = { "retry-after": "0" };

const throttled = single(
  "throttled",
  "a 429 to every request the first time delays, and all converges",
  (stage, sample) =>
    live(stage, sample, [
      { once_per_resource: true, effect: { kind: "status", status: 429, when: "before", headers: AT_ONCE } },
    ]),
);

const lostAnswers = (id: string, title: string, effect: FaultRule["effect"]): Case =>
  single(id, title, (stage, sample) =>
    live(
      stage,
      sample,
      (["POST", "PUT", "PATCH", "DELETE"] as const).map((method) => ({
        method,
        once_per_resource: true,
        effect,
      })),
    ),
  );

const failed = lostAnswers("failed", "a 5xx after each write was carried out converges without a twin", {
  kind: "status",
  status: 502,
  when: "after",
});

const dropped = lostAnswers("dropped", "a connection dropped after each write converges without a twin", {
  kind: "drop",
  when: "after",
});

const hopeless = single(
  "hopeless",
  "with the answer to every POST lost, tries are bounded and nothing is live that nobody holds",
  async (stage, sample) => {
    await declare(stage, sample);
    expectConverged(await stage.apply());
    await stage.fault({ method: "POST", effect: { kind: "drop", when: "after" } });
    await declare(stage, sample, sample.minimal);
    const result = await stage.apply();
    if (sample.delivered === undefined || sample.delivered.renewed === true) expectConverged(result);
    else {
      // A value that was shown to nobody is worth nothing, so what carries it is revoked again.
      if (result.state !== "applied") throw new Error(result.state);
      expect(result.report.results.map(({ outcome }) => outcome)).toEqual(["failed"]);
      expect(result.report.converged).toBe(false);
      expect(sample.live(await stage.state())).toEqual([]);
      await stage.clearFaults();
      expectConverged(await stage.apply());
    }
    expectEmpty(await stage.plan());
    await only(stage, sample);
  },
);

const cut = single(
  "cut",
  "a list that is cut creates and deletes nothing, is not exported, and says so",
  async (stage, sample) => {
    await settle(stage, sample, sample.minimal);
    const others = Object.entries(sample.several).filter(([name]) => name !== sample.key);
    const files = [
      sample.block({ [sample.key]: sample.minimal }),
      sample.block({ [sample.key]: sample.minimal, ...Object.fromEntries(others) }),
      // Without it the kind is not looked at where it is implied only.
      ...(sample.not?.removed === undefined ? [sample.block({})] : []),
    ];
    const state = await stage.state();
    await stage.fault({ method: "GET", path: sample.path, effect: { kind: "cut_list", keep: 0 } });
    for (const file of files) {
      await stage.declare(file);
      const plan = await stage.plan({ allow_deletes: 10 });
      const mine = plan.steps.filter(({ kind }) => kind === sample.kind);
      expect(mine.map(({ id }) => id)).toEqual([]);
      expect(errorsOf(plan.diagnostics).map(({ code }) => code)).toContain("READ_INCOMPLETE");
      const result = await stage.apply({ allow_deletes: 10 });
      expect(result.state).toBe("stopped");
      expect(errorsOf(result.diagnostics).map(({ code }) => code)).toContain("READ_INCOMPLETE");
    }
    if (sample.not?.removed === undefined) {
      const half = await stage.exportAll(false);
      // Lists of one path may be read for more than one parent.
      const codes = [...new Set(half.diagnostics.map(({ code }) => code))];
      expect([half.files, codes]).toEqual([undefined, ["READ_INCOMPLETE"]]);
    }
    expect(await stage.state()).toEqual(state);
    await stage.clearFaults();
    await declare(stage, sample, sample.minimal);
    expectEmpty(await stage.plan());
  },
);

const HOUR = 3_600_000;
/** More writes of the ledger than any run of one resource has. */
const MOST_WRITES = 8;

const interrupted: Case = {
  id: "interrupted",
  title: "a run that dies at any write of its ledger is finished by the next one, without a twin",
  runs: (sample) => [
    {
      of: "of a create",
      run: async (stage) => {
        await withoutListLag(stage);
        await dieAtEach(stage, sample, undefined, sample.minimal);
      },
    },
    ...sample.changes
      .filter((change) => change.replace !== undefined)
      .map((change) => {
        const { before, after } = bodiesOf(change);
        return {
          of: `of a replacement, ${showChange(change)}`,
          run: async (stage: Stage) => {
            if (change.replace !== "gap") await withoutListLag(stage);
            await dieAtEach(stage, sample, before, after);
          },
        };
      }),
  ],
};

/**
 * For cases that delete something and want the same again at once: what is still listed then, and no longer in the
 * ledger, would be taken for somebody else's.
 */
async function withoutListLag(stage: Stage): Promise<void> {
  await stage.vendors.control("POST", "/switches", { provider_config_delete_lag_ms: 0 });
}

/** Goes from one body to the other with a run that dies at its first write, one that dies at its second, … */
async function dieAtEach(stage: Stage, sample: Sample, before: Body | undefined, after: Body): Promise<void> {
  for (let nth = 1; nth <= MOST_WRITES; nth++) {
    await declare(stage, sample, before);
    expectConverged(await stage.apply({ allow_deletes: 2 }));
    await declare(stage, sample, after);
    const died = await stage.apply({ allow_deletes: 2 }, dyingAt(nth)).then(
      () => false,
      (error: unknown) => {
        if (!(error instanceof LedgerError)) throw error;
        return true;
      },
    );
    // Every other time the next run comes hours later, when what was in its time then no longer is.
    if (nth % 2 === 0) stage.later(3 * HOUR);
    expectConverged(await stage.apply({ allow_deletes: 2 }));
    expectEmpty(await stage.plan());
    await only(stage, sample);
    if (!died) return;
  }
  throw new Error(`more than ${MOST_WRITES} writes of the ledger for one resource`);
}

/** A ledger whose disk fails for good at the n-th write: what the run knew from there on is lost. */
export function dyingAt(nth: number): WrapBackend {
  return (backend: LedgerBackend) => {
    let count = 0;
    return {
      ...backend,
      write: async (ledger, expected) => {
        count += 1;
        if (count >= nth) throw new LedgerError("LEDGER_IO", "the disk is gone");
        await backend.write(ledger, expected);
      },
    };
  };
}

const lagging = needing(
  "lagging",
  "a read that lags behind a write is no drift: it converges and is not written again",
  (sample) => sample.lag,
  async (stage, sample, { switches, before, after, settling }) => {
    await settle(stage, sample, before);
    await stage.vendors.control("POST", "/switches", switches);
    await declare(stage, sample, after);
    expectConverged(await stage.apply({ allow_deletes: 1 }));
    const plan = await stage.plan();
    expect(plan.steps).toEqual([]);
    expect(plan.settling.length > 0).toBe(settling);
    const from = (await stage.requests()).length;
    expectConverged(await stage.apply());
    expect(writes((await stage.requests()).slice(from))).toEqual([]);
    stage.pass(3_600_000);
    expectEmpty(await stage.plan());
    await only(stage, sample);
  },
);

const readOnly = single("read-only", "a plan sends nothing but GET", async (stage, sample) => {
  await settle(stage, sample, sample.minimal);
  await declare(stage, sample, sample.full);
  const from = (await stage.requests()).length;
  const plan = await stage.plan({ allow_deletes: 10 });
  if (sample.changes.length > 0) expect(plan.steps).not.toEqual([]);
  const log = (await stage.requests()).slice(from);
  expect(log.length).toBeGreaterThan(0);
  expect(writes(log)).toEqual([]);
});

export const faultCases: readonly Case[] = [
  readOnly,
  pages,
  throttled,
  failed,
  dropped,
  hopeless,
  cut,
  lagging,
  interrupted,
];
