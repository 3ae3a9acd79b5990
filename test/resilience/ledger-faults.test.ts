// A ledger in a file that is damaged, edited, out of reach, or goes while a run writes it: nothing is written at a
// vendor that could have been known before, what is stored is the old ledger or the new one, and the next run with a
// healthy ledger ends where an undisturbed one would. GATEFORM_TEST_FULL=1 tries every damage and every place in a run.

import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import {
  cliPath,
  json,
  type Result,
  type Server,
  startServer,
  type Workspace,
  workspace,
  writesOf,
} from "../e2e/support.ts";
import { beforeWrites } from "./between.ts";

const FULL = process.env.GATEFORM_TEST_FULL === "1";
const LEDGER = ".gateform/quickstart.ledger.json";
const APPLY = ["apply", "--auto-approve", "--output", "json"];
/** One step at a time, so that the n-th write is the same one each time. */
const IN_TURN = [...APPLY, "--parallelism", "1"];

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

function quickstart(): Workspace {
  const work = workspace(server, "examples/quickstart");
  onTestFinished(work.remove);
  return work;
}

/** The error of a run that failed as a run should: exit code 1, words for it, what to do, and no stack trace. */
function refusalOf(result: Result): {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
} {
  expect(result.code, result.stdout + result.stderr).toBe(1);
  expect(result.stdout + result.stderr).not.toMatch(/\n\s+at .*[:(]\d+|INTERNAL/);
  const { error } = json(result);
  expect(error.hint ?? "", JSON.stringify(error)).not.toBe("");
  return error;
}

/** One of everything is live, the sink holds the live key, and nothing is left to do. */
async function expectWhole(work: Workspace): Promise<void> {
  const { cloudflare, vercel } = await server.state();
  const rules = vercel.rules.filter((rule: { deleted: boolean }) => !rule.deleted);
  const counts = [cloudflare.gateways, cloudflare.provider_configs, cloudflare.stores, vercel.keys, rules];
  expect(counts.map((list) => list.length)).toEqual([1, 1, 1, 1, 2]);
  expect(work.read("out/ci.env")).toBe(`AI_GATEWAY_API_KEY=${vercel.keys[0].secret}\n`);
}

// biome-ignore lint/suspicious/noExplicitAny: a ledger as JSON, edited at any place
type Edit = (ledger: any) => void;
const RULE = "vercel.rule.no-gpt-5-5";
const OTHER_RULE = "vercel.rule.opus-to-haiku";
const KEY = "vercel.key.ci";

const edited =
  (edit: Edit) =>
  (text: string): string => {
    const ledger = JSON.parse(text);
    edit(ledger);
    return JSON.stringify(ledger);
  };

/** What somebody made of the text, the code, and what the message must say. */
type Damage = readonly [string, (text: string) => string, string, RegExp];

const DAMAGES: readonly Damage[] = [
  ["cut short", (text) => text.slice(0, text.length / 2), "LEDGER_UNREADABLE", /cut short/],
  ["empty", () => "", "LEDGER_UNREADABLE", /it is empty/],
  ["of zeros, as after a power cut", (text) => "\0".repeat(text.length), "LEDGER_UNREADABLE", /not JSON/],
  [
    "with a merge conflict",
    (text) => `<<<<<<< HEAD\n${text}=======\n${text}>>>>>>> main\n`,
    "LEDGER_UNREADABLE",
    /merge conflict/,
  ],
  ["another document", () => "[]", "LEDGER_UNREADABLE", /not a JSON object/],
  ["of a newer format", edited((it) => (it.format = 2)), "LEDGER_NEWER", /format 2.*reads format 1/],
  ["of an older format", edited((it) => (it.format = 0)), "LEDGER_UNREADABLE", /format 0.*reads format 1/],
  ["without a format", edited((it) => delete it.format), "LEDGER_UNREADABLE", /no "format"/],
  ["of another stack", edited((it) => (it.stack = "other")), "WRONG_STACK", /stack other/],
  [
    "of another account",
    edited((it) => (it.accounts.cloudflare = "0".repeat(32))),
    "WRONG_ACCOUNT",
    /cloudflare account 0{32}/,
  ],
  [
    "of another team",
    edited((it) => (it.accounts.vercel = "team_x")),
    "WRONG_ACCOUNT",
    /vercel account team_x/,
  ],
  [
    "with a changed id of what has an identity",
    edited((it) => (it.resources[RULE].id = "rule_nowhere")),
    "PLAN_REFUSED",
    /no-gpt-5-5/,
  ],
  ["with a changed id of a key", edited((it) => (it.resources[KEY].id = "key_x")), "PLAN_REFUSED", /key\.ci/],
  ["without an entry", edited((it) => delete it.resources[KEY]), "PLAN_REFUSED", /vercel\.key\.ci/],
  [
    "with one id twice",
    edited((it) => (it.resources[RULE].id = it.resources[OTHER_RULE].id)),
    "PLAN_REFUSED",
    /no-gpt-5-5/,
  ],
  [
    "with an entry for what is somebody else's",
    edited((it) => {
      it.resources["vercel.key.extra"] = { ...it.resources[KEY], id: "FOREIGN" };
    }),
    "DELETES_BRAKED",
    /deletes 1/,
  ],
  [
    "with an unknown status",
    edited((it) => (it.resources[KEY].status = "lost")),
    "LEDGER_UNREADABLE",
    /status/,
  ],
  [
    "with an entry at another kind's address",
    edited((it) => (it.resources["vercel.rule.other"] = it.resources[KEY])),
    "LEDGER_UNREADABLE",
    /contradicts itself/,
  ],
];

describe("a stored ledger that is", () => {
  let work: Workspace;
  let healthy: string;
  let foreign: string;
  beforeAll(async () => {
    await server.reset();
    work = workspace(server, "examples/quickstart");
    expect((await work.run(APPLY)).code).toBe(0);
    const { apiKey } = (await (
      await server.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name: "theirs" })
    ).json()) as { readonly apiKey: { readonly id: string } };
    foreign = apiKey.id;
    healthy = work.read(LEDGER);
  });
  afterAll(() => work.remove());
  beforeEach(async () => {
    rmSync(work.path(".gateform"), { recursive: true });
    work.write(LEDGER, healthy);
    await server.forgetRequests();
  });

  /** The run is refused, and neither a vendor nor what is stored has changed. */
  async function expectNothingDone(code: string, words: RegExp): Promise<void> {
    const before =
      existsSync(work.path(LEDGER)) && lstatSync(work.path(LEDGER)).isFile() && work.read(LEDGER);
    const error = refusalOf(await work.run(APPLY));
    expect(error.code, JSON.stringify(error)).toBe(code);
    expect(error.message).toMatch(words);
    expect(writesOf(await server.requests())).toEqual([]);
    if (before !== false) expect(work.read(LEDGER)).toBe(before);
  }

  test.each(DAMAGES.filter((_, index) => FULL || index % 4 === 0))(
    "%s stops the run before a vendor is written, and stays as it is",
    async (_, damage, code, words) => {
      work.write(LEDGER, damage(healthy).replace("FOREIGN", foreign));
      await expectNothingDone(code, words);
    },
  );

  const holder = (more: object): string =>
    JSON.stringify({
      token: "t",
      host: hostname(),
      scope: "",
      pid: process.pid,
      started: null,
      at: "2026-11-20T12:00:00Z",
      command: "gateform apply",
      ...more,
    });
  const PLACES: readonly (readonly [string, () => void, string, RegExp])[] = [
    [
      "locked by a run that goes on",
      () => work.write(`${LEDGER}.lock`, holder({})),
      "LEDGER_LOCKED",
      /process \d+/,
    ],
    [
      "locked on another machine",
      () => work.write(`${LEDGER}.lock`, holder({ host: "elsewhere", pid: 1 })),
      "LEDGER_LOCKED",
      /on elsewhere/,
    ],
    [
      "locked by garbage",
      () => work.write(`${LEDGER}.lock`, "\u0000x"),
      "LEDGER_LOCKED",
      /does not name its holder/,
    ],
    ["locked by a directory", () => mkdirSync(work.path(`${LEDGER}.lock`)), "LEDGER_LOCKED", /\.lock/],
    [
      "a directory",
      () => {
        rmSync(work.path(LEDGER));
        mkdirSync(work.path(LEDGER));
      },
      "LEDGER_PATH",
      /not a regular file/,
    ],
    [
      "a link",
      () => {
        renameSync(work.path(LEDGER), work.path(".gateform/real"));
        symlinkSync("real", work.path(LEDGER));
      },
      "LEDGER_PATH",
      /symbolic link/,
    ],
    [
      "in what is no directory",
      () => {
        rmSync(work.path(".gateform"), { recursive: true });
        work.write(".gateform", "");
      },
      "LEDGER_IO",
      /in the way|not a directory/,
    ],
  ];

  test.each(PLACES.filter((_, index) => FULL || index % 3 === 0))(
    "%s stops the run before a vendor is asked",
    async (_, prepare, code, words) => {
      prepare();
      await expectNothingDone(code, words);
      expect(await server.requests()).toEqual([]);
      rmSync(work.path(".gateform"), { recursive: true });
      mkdirSync(work.path(".gateform"));
    },
  );

  // Root may write everywhere but here.
  test.runIf(process.platform === "linux")(
    "in a place that cannot be written stops the run, too",
    async () => {
      work.write("place.yaml", "ledger: { file: /sys/gateform.ledger.json }\n");
      const result = await work.run([...APPLY, "-f", "gateform.yaml", "-f", "place.yaml"]);
      const { code, message, hint } = refusalOf(result);
      expect([code, hint]).toEqual(["LEDGER_IO", expect.stringContaining("name another place")]);
      expect(message).toMatch(/permission denied|read-only|not permitted/);
      expect(await server.requests()).toEqual([]);
    },
  );

  test("edited so that a fingerprint is another's writes the declared secret once, and nothing else", async () => {
    work.write(
      LEDGER,
      healthy.replace(/("fingerprint":"[0-9a-f]+:[0-9a-f]+)[0-9a-f]{6}"/, (_, start) => `${start}abcdef"`),
    );
    const result = await work.run(APPLY);
    expect(result.code, result.stderr).toBe(0);
    expect(writesOf(await server.requests()).map(({ method }) => method)).toEqual(["PUT"]);
  });

  test("of another lineage than a saved plan stops that plan", async () => {
    expect((await work.run(["plan", "--out", "it.plan"])).code).toBe(0);
    work.write(LEDGER, edited((it) => (it.lineage = "5f3c0b1e-8d60-4b3c-9d0e-0d5c7d1d6c55"))(healthy));
    const { code } = refusalOf(await work.run(["apply", "it.plan", "--auto-approve", "--output", "json"]));
    expect(code).toBe("PLAN_LINEAGE");
    expect(writesOf(await server.requests())).toEqual([]);
  });
});

/** Damage in the middle of a run, and how it is put right again; `undefined` where there is nothing to put right. */
type Breakage = readonly [string, (work: Workspace) => () => void, string, RegExp];

const moved = (work: Workspace, put: () => void) => (): void => {
  rmSync(work.path(LEDGER), { recursive: true });
  put();
};

const BREAKAGES: readonly Breakage[] = [
  [
    "becomes a directory",
    (work) => {
      renameSync(work.path(LEDGER), work.path("kept"));
      mkdirSync(work.path(LEDGER));
      return moved(work, () => renameSync(work.path("kept"), work.path(LEDGER)));
    },
    "LEDGER_PATH",
    /not a regular file/,
  ],
  [
    "is cut short",
    (work) => {
      const text = work.read(LEDGER);
      truncateSync(work.path(LEDGER), Math.floor(text.length / 2));
      return () => work.write(LEDGER, text);
    },
    "LEDGER_UNREADABLE",
    /cut short/,
  ],
  [
    "goes, with its directory",
    (work) => {
      renameSync(work.path(".gateform"), work.path("kept"));
      return () => {
        rmSync(work.path(".gateform"), { recursive: true, force: true });
        renameSync(work.path("kept"), work.path(".gateform"));
        rmSync(work.path(`${LEDGER}.lock`), { force: true });
      };
    },
    "LEDGER_CONFLICT",
    /it is gone/,
  ],
  [
    "is written by somebody else",
    (work) => {
      const text = work.read(LEDGER);
      work.write(
        LEDGER,
        text.replace(/"serial": (\d+)/, (_, serial) => `"serial": ${Number(serial) + 5}`),
      );
      return () => work.write(LEDGER, text);
    },
    "LEDGER_CONFLICT",
    /serial/,
  ],
];

describe.each(FULL ? [1, 3, 5, 6] : [3])("at write %i at the vendors", (write) => {
  beforeEach(() => server.reset());

  /** A run that is disturbed before this write is passed on. */
  async function disturbed<T>(work: Workspace, disturb: () => T): Promise<readonly [Result, T | undefined]> {
    let put: T | undefined;
    const relay = await beforeWrites(server, (nth) => {
      if (nth === write) put = disturb();
    });
    onTestFinished(relay.close);
    return [await work.run(IN_TURN, relay.env), put];
  }

  /** The disturbed run said what it did, wrote at the vendors nothing beyond the one request, and the next one finishes. */
  async function expectFinished(work: Workspace, error: { readonly message: string }): Promise<void> {
    expect(error.message).toMatch(/The run stopped there: \d of 6 steps were done\.$/);
    // The store is made before the ledger knows of it; what was under way when it broke is the last.
    expect(writesOf(await server.requests()).length).toBeLessThanOrEqual(write + 1);
    const next = await work.run(APPLY);
    expect(next.code, next.stdout + next.stderr).toBe(0);
    await expectWhole(work);
  }

  test.each(BREAKAGES)(
    "a ledger that %s ends the run; the next one finishes",
    async (_, disturb, code, words) => {
      const work = quickstart();
      const [result, put] = await disturbed(work, () => disturb(work));
      const error = refusalOf(result);
      expect(error.code, JSON.stringify(error)).toBe(code);
      expect(error.message).toMatch(words);
      put?.();
      await expectFinished(work, error);
    },
  );

  const disk = smallDisk();
  test.skipIf(disk === undefined)(
    "a full disk, which takes rights to mount one, leaves the ledger from before; the next run finishes",
    async () => {
      const work = quickstart();
      const place = disk?.(work.path(".gateform")) ?? "";
      let whole = "";
      const [result] = await disturbed(work, () => {
        whole = work.read(LEDGER);
        fill(place);
      });
      const error = refusalOf(result);
      expect([error.code, error.hint]).toEqual(["LEDGER_IO", expect.stringContaining("make room")]);
      expect(error.message).toContain("the disk is full (ENOSPC)");
      expect(work.read(LEDGER)).toBe(whole);
      const left = readdirSync(place).filter((name) => !name.startsWith("fill"));
      expect(left).toEqual(["quickstart.ledger.json"]);
      rmSync(join(place, "fill"));
      await expectFinished(work, error);
    },
  );

  test.skipIf(disk === undefined)(
    "a disk that becomes read-only, which takes rights to mount one, ends the run; the next one finishes",
    async () => {
      const work = quickstart();
      const place = disk?.(work.path(".gateform")) ?? "";
      const [result] = await disturbed(work, () => execFileSync("mount", ["-o", "remount,ro", place]));
      const error = refusalOf(result);
      expect([error.code, error.hint]).toEqual(["LEDGER_IO", expect.stringContaining("name another place")]);
      expect(error.message).toContain("the file system is read-only (EROFS)");
      execFileSync("mount", ["-o", "remount,rw", place]);
      await expectFinished(work, error);
    },
  );
});

test.runIf(process.platform !== "win32")(
  "a ledger that outgrows what the process may write stays the one from before; the next run finishes",
  async () => {
    await server.reset();
    const work = quickstart();
    // In blocks of 512 bytes.
    const child = spawnSync(
      "sh",
      ["-c", 'ulimit -f 2; exec "$@"', "sh", process.execPath, cliPath, ...IN_TURN],
      {
        cwd: work.cwd,
        env: { PATH: process.env.PATH ?? "", HOME: work.cwd, ...server.env },
        encoding: "utf8",
      },
    );
    const error = refusalOf({ code: child.status, stdout: child.stdout, stderr: child.stderr });
    expect([error.code, error.hint]).toEqual(["LEDGER_IO", expect.stringContaining("make room")]);
    expect(error.message).toMatch(/larger than this process may write \(EFBIG\).*stopped there: [1-5] of 6/);
    expect(Object.keys(JSON.parse(work.read(LEDGER)).resources).length).toBeGreaterThan(0);
    expect((await work.run(APPLY)).code).toBe(0);
    await expectWhole(work);
  },
);

/** Mounts a disk of 64 KiB at a place until the test ends; `undefined` where this machine does not let us. */
function smallDisk(): ((place: string) => string) | undefined {
  const mount = (place: string): boolean =>
    spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", place]).status === 0;
  const unmount = (place: string): void => void spawnSync("umount", [place]);
  const trial = join(tmpdir(), `gateform-disk-${process.pid}`);
  mkdirSync(trial, { recursive: true });
  const able = mount(trial);
  if (able) unmount(trial);
  rmSync(trial, { recursive: true });
  if (!able) return undefined;
  return (place) => {
    mkdirSync(place, { recursive: true });
    if (!mount(place)) throw new Error(`${place} is no mount point any more`);
    onTestFinished(() => unmount(place));
    return place;
  };
}

/** Writes until nothing fits any more. */
function fill(place: string): void {
  const file = join(place, "fill");
  writeFileSync(file, "");
  for (const size of [4096, 64, 1]) {
    try {
      for (;;) appendFileSync(file, "x".repeat(size));
    } catch {
      // Full, to this size.
    }
  }
}
