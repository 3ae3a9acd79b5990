// Rotation as a person asks for it: what the plan shows, how long the old key stays, what is said of a delivery that
// failed. What becomes of keys whenever something fails is in ../resilience/deliveries.test.ts.

import { rmSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { json, type Server, startServer, type Workspace, workspace } from "./support.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

/** The second sink fails where there is a file `broken`, the first one where there is `blocked`. */
const FILE = `version: 1
stack: rotate
vercel:
  team: \${env:VERCEL_TEAM}
  keys:
    ci:
      grace: 0s
      deliver:
        - command: { argv: [sh, -c, "mkdir -p out; cat > out/one.key"], check: [sh, -c, "test ! -e blocked"] }
        - command: { argv: [sh, -c, "test ! -e broken && cat > out/two.key"] }
`;
const ROTATE = ["rotate", "vercel.key.ci", "--auto-approve", "--output", "json"];

interface Made {
  readonly work: Workspace;
  /** The key's value, which both sinks have. */
  readonly old: string;
}

async function made(): Promise<Made> {
  const work = workspace(server);
  onTestFinished(work.remove);
  work.write("gateform.yaml", FILE);
  await apply(work);
  const [old = ""] = await liveValues();
  expectHeld(work, old);
  return { work, old };
}

async function apply(work: Workspace): Promise<void> {
  const result = await work.run(["apply", "--auto-approve"]);
  expect(result.code, result.stderr).toBe(0);
}

/** Values of the live keys, in the order of their making. */
async function liveValues(): Promise<readonly string[]> {
  const { vercel } = await server.state();
  const ci: { name: string; secret: string; position: number }[] = vercel.keys;
  return ci
    .filter(({ name }) => name === "ci")
    .sort((a, b) => a.position - b.position)
    .map(({ secret }) => secret);
}

function expectHeld(work: Workspace, one: string, two = one): void {
  expect([work.read("out/one.key"), work.read("out/two.key")]).toEqual([one, two]);
}

test("a planned rotation leaves old and new live and says how long; the next apply takes the old one away", async () => {
  const { work, old } = await made();
  const shown = await work.run(["plan", "--rotate", "vercel.key.ci", "--out", "plan.json"]);
  expect(shown.stdout).toContain("↻ vercel.key.ci  rotate");
  expect(shown.stdout).toContain("1 to rotate");
  const rotated = await work.run(["apply", "plan.json", "--auto-approve", "--output", "json"]);
  expect(rotated.code, rotated.stderr).toBe(0);
  expect(json(rotated).plan.steps).toMatchObject([{ action: "create", reason: "rotate" }]);
  const [first, fresh = "", ...more] = await liveValues();
  expect([first, ...more]).toEqual([old]);
  expectHeld(work, fresh);
  expect((await work.run(["show"])).stdout).toContain("retiring: ");
  for (const text of [shown.stdout, rotated.stdout, rotated.stderr])
    for (const value of [old, fresh]) expect(text).not.toContain(value);
  await apply(work);
  expect(await liveValues()).toEqual([fresh]);
});

test("a rotation that a sink does not let begin leaves all as it was, and can be asked for again", async () => {
  const { work, old } = await made();
  work.write("blocked", "");
  const failed = await work.run(ROTATE);
  expect(failed.code).toBe(1);
  expect(json(failed).error).toMatchObject({ code: "SINK_COMMAND" });
  expect(await liveValues()).toEqual([old]);
  expectHeld(work, old);
  rmSync(work.path("blocked"));
  expect((await work.run(ROTATE)).code).toBe(0);
  await apply(work);
  const live = await liveValues();
  expect(live).not.toEqual([old]);
  expectHeld(work, live.join());
});

test("a rotation whose second sink fails says which sink has the new value, and leaves both live", async () => {
  const { work, old } = await made();
  work.write("broken", "");
  const failed = await work.run(ROTATE);
  expect(failed.code).toBe(1);
  const [result] = json(failed).report.results;
  expect(result).toMatchObject({ code: "DELIVERY_FAILED" });
  expect(result.message).toContain("command sh has its value");
  const [first, half = "", ...more] = await liveValues();
  expect([first, ...more]).toEqual([old]);
  expectHeld(work, half, old);
});

test("a rotation is asked for on a terminal only, or approved beforehand; the hint shows what to look at", async () => {
  const { work, old } = await made();
  const refused = await work.run(["rotate", "vercel.key.ci"]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain("gateform plan --target vercel.key.ci --rotate vercel.key.ci");
  expect(await liveValues()).toEqual([old]);
});
