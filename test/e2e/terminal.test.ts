// What commands do on a terminal: they ask, and take what is typed for an answer.

import { existsSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Server, startServer, type Workspace, workspace, writesOf } from "./support.ts";
import { CTRL_C, CTRL_D, type OnTerminal, onTerminal } from "./terminal.ts";

let server: Server;
let place: Workspace;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.reset();
  place = workspace(server);
});
afterEach(() => place.remove());

const ONE_RULE = `version: 1
stack: acme
vercel:
  team: \${env:VERCEL_TEAM}
  rules:
    slow: { type: deny, source: openai/slow }
`;

function start(args: readonly string[]): OnTerminal {
  return onTerminal(args, { cwd: place.cwd, env: server.env });
}

describe("apply on a terminal", () => {
  const QUESTION = "To go on, type yes:";

  beforeEach(() => place.write("gateform.yaml", ONE_RULE));

  test("does it after a yes", async () => {
    const run = start(["apply"]);
    await run.answer(QUESTION, "yes\n");
    expect((await run.done).code).toBe(0);
    expect((await server.state()).vercel.rules).toHaveLength(1);
  });

  test.each([
    ["another word", "y\n", "DECLINED"],
    ["the end of input", CTRL_D, "DECLINED"],
    ["Ctrl-C", CTRL_C, "INTERRUPTED"],
  ])("does nothing after %s", async (_, keys, code) => {
    const run = start(["apply"]);
    await run.answer(QUESTION, keys);
    const { stdout, code: exit } = await run.done;
    expect([exit, stdout.includes(`[${code}]`)]).toEqual([1, true]);
    expect(writesOf(await server.requests())).toEqual([]);
    expect(existsSync(place.path(".gateform/acme.ledger.json"))).toBe(false);
  });
});

describe("a key whose sink is the terminal", () => {
  const args = ["apply", "--auto-approve", "--reveal", "vercel.key.ci"];
  const live = async (): Promise<readonly { readonly secret: string }[]> =>
    (await server.state()).vercel.keys;

  beforeEach(() =>
    place.write(
      "gateform.yaml",
      "version: 1\nstack: acme\nvercel:\n  team: acme\n  keys: { ci: { deliver: [{ stdout: {} }] } }\n",
    ),
  );

  test("is shown there once, on a line of its own, and works", async () => {
    const { code, stdout } = await start(args).done;
    expect(code, stdout).toBe(0);
    const [key] = await live();
    const lines = stdout.replaceAll("\r\u001b[K", "\n").split(/\r?\n/);
    expect(lines.filter((line) => line.includes(key?.secret ?? "none"))).toEqual([
      `vercel.key.ci: ${key?.secret}`,
    ]);
  });

  test("is not made under CI, though there is a terminal", async () => {
    const env = { ...server.env, CI: "true" };
    const { code, stdout } = await onTerminal([...args, "--new-ledger"], { cwd: place.cwd, env }).done;
    expect([code, stdout.includes("[SINK_NO_TERMINAL]")], stdout).toEqual([1, true]);
    expect(await live()).toEqual([]);
  });
});

test("explain breaks its lines at the terminal's width, and nowhere where there is no terminal", async () => {
  const args = ["explain", "GATEWAY_OPEN_WITH_KEYS"];
  const longest = (screen: string) =>
    Math.max(...screen.split(/\r?\n/).map((line) => stripVTControlCharacters(line).length));
  expect(longest((await start(args).done).stdout)).toBeLessThanOrEqual(80);
  expect(longest((await place.run(args)).stdout)).toBeGreaterThan(100);
});

describe("apply of a saved plan on a terminal", () => {
  test("shows the plan, asks, and writes nothing over what changed while it asked", async () => {
    place.write("gateform.yaml", ONE_RULE);
    expect((await place.run(["plan", "--out", "plan.json"])).code).toBe(0);
    const run = start(["apply", "plan.json"]);
    await run.shown("To go on, type yes:");
    const made = { type: "deny", match: { model: "openai/slow" }, action: { reason: "by hand" } };
    expect((await server.vercel("POST", "/ai-gateway/rules", made)).ok).toBe(true);
    await run.answer("To go on, type yes:", "yes\n");
    const { code, stdout } = await run.done;
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/slow[\s\S]*create[\s\S]*type yes[\s\S]*NOT_OWNED/),
    ]);
    expect((await server.state()).vercel.rules).toHaveLength(1);
  });
});
