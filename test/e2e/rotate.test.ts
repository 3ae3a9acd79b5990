// One-time keys as a person or a schedule makes and rotates them: all goes well, the first sink fails, the second one
// fails, the process is killed in between. Each with what is live and what the sinks hold, then and after the next run.

import { rmdirSync, rmSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { json, type Result, type Server, startServer, type Workspace, workspace } from "./support.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const FILE = `version: 1
stack: rotate
vercel:
  team: \${env:VERCEL_TEAM}
  keys:
    ci:
      grace: 0s
      deliver:
        - file: { path: out/one.key }
        - command: { argv: [sh, sink.sh], check: [sh, check.sh] }
`;

/** The second sink writes to out/two.key; it fails, or kills gateform, where a file asks for it. */
const SINK = `test ! -e broken || exit 1
test ! -e deadly || { kill -9 $PPID; exit 1; }
cat > out/two.key
`;
/** Tried after the first sink was: puts a directory in its way, where a file asks for it. */
const CHECK = `test ! -e blocked || { rm -f out/one.key; mkdir -p out/one.key; }
`;

interface Keys {
  /** Values of the live keys, in the order of their making. */
  readonly live: readonly string[];
  readonly one: string | undefined;
  readonly two: string | undefined;
}

interface Scene {
  readonly work: Workspace;
  readonly keys: () => Promise<Keys>;
  /** Runs while a file makes something fail, and takes it away again. */
  readonly during: (trouble: "broken" | "deadly" | "blocked", args: readonly string[]) => Promise<Result>;
}

const APPLY = ["apply", "--auto-approve", "--output", "json"];
const ROTATE = ["rotate", "vercel.key.ci", "--auto-approve", "--output", "json"];

function scene(): Scene {
  const work = workspace(server);
  onTestFinished(work.remove);
  work.write("gateform.yaml", FILE);
  work.write("sink.sh", SINK);
  work.write("check.sh", CHECK);
  const content = (name: string): string | undefined => {
    try {
      return work.read(name);
    } catch {
      return undefined;
    }
  };
  return {
    work,
    keys: async () => {
      const { vercel } = await server.state();
      const ci: { name: string; secret: string; position: number }[] = vercel.keys;
      return {
        live: ci
          .filter(({ name }) => name === "ci")
          .sort((a, b) => a.position - b.position)
          .map(({ secret }) => secret),
        one: content("out/one.key"),
        two: content("out/two.key"),
      };
    },
    during: async (trouble, args) => {
      work.write(trouble, "");
      const result = await work.run(args);
      rmSync(work.path(trouble));
      if (trouble === "blocked") rmdirSync(work.path("out/one.key"));
      return result;
    },
  };
}

/** Goes well, and leaves nothing to do but what the grace keeps. */
async function well({ work }: Scene, args: readonly string[]): Promise<void> {
  const result = await work.run(args);
  expect(result.code, result.stderr).toBe(0);
}

/** One key is live, and both sinks have its value. */
async function expectOne(it: Scene): Promise<string> {
  const { live, one, two } = await it.keys();
  const [value = ""] = live;
  expect({ live, one, two }).toEqual({ live: [value], one: value, two: value });
  return value;
}

function failureOf(result: Result): { readonly code: string; readonly message: string } {
  expect(result.code).toBe(1);
  return json(result).report.results[0];
}

describe("making a key", () => {
  test.each([
    ["the first sink", "blocked"],
    ["the second sink", "broken"],
  ] as const)(
    "leaves none where %s fails, and the sinks as they were; the next apply makes one",
    async (_, trouble) => {
      const it = scene();
      expect(failureOf(await it.during(trouble, APPLY)).code).toBe("DELIVERY_FAILED");
      // Whether a program that failed has kept its input, nobody knows: what it may have is revoked all the same.
      expect(await it.keys()).toEqual({ live: [], one: undefined, two: undefined });
      await well(it, APPLY);
      await expectOne(it);
    },
  );

  test("that is killed in between leaves what a sink has live; the next apply makes another, and that one goes", async () => {
    const it = scene();
    expect((await it.during("deadly", APPLY)).code).toBeNull();
    const cut = await it.keys();
    expect(cut).toEqual({ live: [cut.one], one: cut.one, two: undefined });
    await well(it, APPLY);
    expect(await expectOne(it)).not.toBe(cut.one);
  });
});

describe("rotating a key", () => {
  async function made(): Promise<{ readonly it: Scene; readonly old: string }> {
    const it = scene();
    await well(it, APPLY);
    return { it, old: await expectOne(it) };
  }

  test("leaves old and new live and says how long; the next apply takes the old one away", async () => {
    const { it, old } = await made();
    const shown = await it.work.run(["plan", "--rotate", "vercel.key.ci", "--out", "plan.json"]);
    expect(shown.stdout).toContain("↻ vercel.key.ci  rotate");
    expect(shown.stdout).toContain("1 to rotate");
    const rotated = await it.work.run(["apply", "plan.json", "--auto-approve", "--output", "json"]);
    expect(rotated.code, rotated.stderr).toBe(0);
    expect(json(rotated).plan.steps).toMatchObject([{ action: "create", reason: "rotate" }]);
    const { live, one, two } = await it.keys();
    expect(live).toEqual([old, one]);
    expect(two).toBe(one);
    expect((await it.work.run(["show"])).stdout).toContain("retiring: ");
    for (const text of [shown.stdout, rotated.stdout, rotated.stderr])
      for (const value of live) expect(text).not.toContain(value);
    await well(it, APPLY);
    expect(await expectOne(it)).toBe(one);
  });

  test("leaves the old one alone where the first sink fails, and can be asked for again", async () => {
    const { it, old } = await made();
    expect(failureOf(await it.during("blocked", ROTATE)).code).toBe("DELIVERY_FAILED");
    // The test itself has put a directory in the place of the first file.
    expect(await it.keys()).toEqual({ live: [old], one: undefined, two: old });
    await well(it, ROTATE);
    await well(it, APPLY);
    expect(await expectOne(it)).not.toBe(old);
  });

  test("leaves both live where the second sink fails; the next apply delivers one more, and then both go", async () => {
    const { it, old } = await made();
    const failed = failureOf(await it.during("broken", ROTATE));
    expect(failed).toMatchObject({ code: "DELIVERY_FAILED" });
    expect(failed.message).toContain("file out/one.key has its value");
    const half = await it.keys();
    expect(half).toEqual({ live: [old, half.one], one: half.one, two: old });
    await well(it, APPLY);
    const whole = await it.keys();
    expect(whole).toEqual({ live: [old, half.one, whole.one], one: whole.one, two: whole.one });
    await well(it, APPLY);
    expect(await expectOne(it)).toBe(whole.one);
  });

  test("that is killed in between leaves both live; the next apply delivers one more, and then both go", async () => {
    const { it, old } = await made();
    expect((await it.during("deadly", ROTATE)).code).toBeNull();
    const cut = await it.keys();
    expect(cut).toEqual({ live: [old, cut.one], one: cut.one, two: old });
    await well(it, APPLY);
    const whole = await it.keys();
    expect(whole).toEqual({ live: [old, cut.one, whole.one], one: whole.one, two: whole.one });
    await well(it, APPLY);
    expect(await expectOne(it)).toBe(whole.one);
  });

  test("is asked for on a terminal only, or approved beforehand; the hint shows what to look at", async () => {
    const { it, old } = await made();
    const refused = await it.work.run(["rotate", "vercel.key.ci"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("gateform plan --target vercel.key.ci --rotate vercel.key.ci");
    expect((await it.keys()).live).toEqual([old]);
  });
});
