// Exit codes and the shape of failures: the same for every command in every format.

import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { leaksOf } from "../canary/search.ts";
import { canary } from "../canary/values.ts";
import { json, type Server, startServer, type Workspace, workspace, writesOf } from "./support.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const RULE = "{ type: deny, source: openai/gpt-5.5 }";
const OTHER = "{ type: deny, source: openai/gpt-5.4 }";

const file = (rules: Readonly<Record<string, string>>, head = ""): string =>
  [
    "version: 1",
    "stack: rules",
    head,
    "vercel:",
    `  team: ${server.connection.vercel.team}`,
    "  rules:",
    ...Object.entries(rules).map(([name, body]) => `    ${name}: ${body}`),
    "",
  ].join("\n");

function stack(rules: Readonly<Record<string, string>> = { a: RULE }): Workspace {
  const work = workspace(server);
  onTestFinished(work.remove);
  work.write("gateform.yaml", file(rules));
  return work;
}

const FORMATS = ["text", "json", "markdown"] as const;

describe.each(FORMATS)("with --output %s", (format) => {
  test("plan, apply and drift tell success, changes and errors apart", async () => {
    const work = stack();
    const code = async (...args: string[]): Promise<number | null> =>
      (await work.run([...args, "--output", format])).code;

    expect(await code("plan")).toBe(0);
    expect(await code("plan", "--detailed-exitcode")).toBe(2);
    expect(await code("drift")).toBe(1);
    expect(await code("apply", "--auto-approve", "--detailed-exitcode")).toBe(2);
    expect(await code("apply", "--auto-approve", "--detailed-exitcode")).toBe(0);
    expect(await code("plan", "--detailed-exitcode")).toBe(0);
    expect(await code("drift")).toBe(0);
    work.write("gateform.yaml", "version: 2\n");
    expect(await code("plan", "--detailed-exitcode")).toBe(1);
    expect(await code("validate")).toBe(1);
  });
});

test("a plan with a refused part is printed and exits 1; without a ledger ownership is unknown and it exits 0", async () => {
  const work = stack();
  await server.vercel("POST", "/ai-gateway/rules", { type: "deny", match: { model: "openai/gpt-5.5" } });
  const unknown = await work.run(["plan", "--output", "json"]);
  expect(unknown.code).toBe(0);
  expect(json(unknown).refused).toMatchObject([{ code: "OWNERSHIP_UNKNOWN" }]);

  work.write("gateform.yaml", file({ b: OTHER }));
  expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);
  work.write("gateform.yaml", file({ a: RULE, b: OTHER }));
  const refused = await work.run(["plan", "--output", "json"]);
  expect(refused.code).toBe(1);
  expect(json(refused).refused).toMatchObject([
    { address: "vercel.rule.a", code: "NOT_OWNED", position: { file: "gateform.yaml", line: 7 } },
  ]);
  const stopped = await work.run(["apply", "--auto-approve", "--output", "json"]);
  expect(stopped.code).toBe(1);
  expect(json(stopped)).toMatchObject({ error: { code: "PLAN_REFUSED" }, plan: { stack: "rules" } });
  expect((await work.run(["apply", "--auto-approve", "--adopt"])).code).toBe(0);
  expect((await work.run(["plan", "--detailed-exitcode"])).code).toBe(0);
});

test("--keep-going does the rest of a plan that is refused in part, and exits 1", async () => {
  const work = stack({ b: OTHER });
  await work.run(["apply", "--auto-approve"]);
  await server.vercel("POST", "/ai-gateway/rules", { type: "deny", match: { model: "openai/gpt-5.5" } });
  work.write("gateform.yaml", file({ a: RULE, b: OTHER, c: "{ type: deny, source: openai/gpt-5.3 }" }));
  const run = await work.run(["apply", "--auto-approve", "--keep-going", "--output", "json"]);
  expect(run.code).toBe(1);
  expect(json(run)).toMatchObject({
    error: { code: "PLAN_REFUSED" },
    report: { counts: { done: 1 }, refused: [{ address: "vercel.rule.a" }] },
  });
});

test("--keep-going does not go past a target that is nothing, nor call what it could not read converged", async () => {
  const work = stack({});
  work.write("gateform.yaml", file({}).replace("rules:\n", "rules: {}\n"));
  const apply = (...args: string[]) =>
    work.run(["apply", "--auto-approve", "--keep-going", "--output", "json", ...args]);

  const typo = await apply("--target", "vercel.rule.typo");
  expect(typo.code).toBe(1);
  expect(json(typo).error.code).toBe("TARGET_UNMATCHED");

  await server.addFaults({
    method: "GET",
    path: "/ai-gateway/rules",
    effect: { kind: "status", status: 400, when: "before" },
    times: 9,
  });
  const blind = await apply();
  expect(blind.code).toBe(1);
  expect(json(blind)).toMatchObject({
    report: { converged: false, diagnostics: [{ code: "READ_INCOMPLETE" }] },
  });
  await server.clearFaults();
  expect((await apply()).code).toBe(0);
});

test("deletes beyond the brake stop apply before it starts; --allow-deletes lets them", async () => {
  const work = stack({ a: RULE, b: OTHER });
  await work.run(["apply", "--auto-approve"]);
  work.write("gateform.yaml", file({}).replace("rules:\n", "rules: {}\n"));
  expect((await work.run(["plan"])).code).toBe(0);
  await server.forgetRequests();
  const braked = await work.run(["apply", "--auto-approve", "--allow-deletes", "1", "--output", "json"]);
  expect(braked.code).toBe(1);
  expect(json(braked).error.code).toBe("DELETES_BRAKED");
  expect(writesOf(await server.requests())).toEqual([]);
  expect((await work.run(["apply", "--auto-approve", "--allow-deletes", "2"])).code).toBe(0);
});

test("apply and destroy refuse to start without --auto-approve where there is no terminal, before any lock", async () => {
  const work = stack();
  for (const command of ["apply", "destroy"]) {
    const { code, stderr } = await work.run([command]);
    expect(code).toBe(1);
    expect(stderr).toContain("[NOT_APPROVED]");
  }
  expect(await server.requests()).toEqual([]);
  expect(() => work.read(".gateform/rules.ledger.json.lock")).toThrow("ENOENT");
});

test("under CI a missing ledger stops apply, destroy and drift, and --new-ledger starts one", async () => {
  const work = stack();
  const ci = { CI: "1" };
  for (const args of [["apply", "--auto-approve"], ["destroy", "--auto-approve"], ["drift"]]) {
    const result = await work.run([...args, "--output", "json"], ci);
    expect(result.code).toBe(1);
    expect(json(result).error.code).toBe("LEDGER_MISSING");
  }
  expect((await work.run(["plan"], ci)).code).toBe(0);
  expect(writesOf(await server.requests())).toEqual([]);
  expect((await work.run(["apply", "--auto-approve", "--new-ledger"], ci)).code).toBe(0);
  expect((await work.run(["apply", "--auto-approve"], ci)).code).toBe(0);
});

/** Command line → code of its error, in a directory whose file has a mistake. */
const FAILURES: readonly (readonly [line: string, code: string])[] = [
  ["validate", "UNKNOWN_KEY"],
  ["plan", "UNKNOWN_KEY"],
  ["apply --auto-approve", "UNKNOWN_KEY"],
  ["apply", "NOT_APPROVED"],
  ["destroy --auto-approve", "UNKNOWN_KEY"],
  ["drift", "UNKNOWN_KEY"],
  ["adopt vercel.rule.a=rule_1", "UNKNOWN_KEY"],
  ["adopt vercel.rule.", "USAGE"],
  ["adopt vercel.rule.*=rule_1", "USAGE"],
  ["adopt --all vercel.rule.a", "USAGE"],
  ["adopt", "USAGE"],
  ["ledger forget vercel.rule.a", "UNKNOWN_KEY"],
  ["ledger unlock", "UNKNOWN_KEY"],
  ["ledger", "USAGE"],
  ["serve --port 0 --seed nowhere.json", "SERVE_FAILED"],
  ["serve --fault {}", "USAGE"],
  ["plam", "USAGE"],
  ["plan --detailed-exit-code", "USAGE"],
  ["plan --parallelism 0", "USAGE"],
  ["plan extra", "USAGE"],
  ["apply --lock-timeout 5", "USAGE"],
  ["plan --output json=nowhere/plan.json", "OUTPUT_FILE"],
];

test.each(FAILURES)(
  "`gateform %s --output json` fails as one JSON document with code %s",
  async (line, code) => {
    const work = workspace(server);
    onTestFinished(work.remove);
    work.write("gateform.yaml", `${file({ a: RULE })}  rulez: {}\n`);
    const result = await work.run([...line.split(" "), "--output", "json"]);
    expect(result.code).toBe(1);
    const document = json(result);
    expect(document).toMatchObject({ format: 1, error: { code, message: expect.any(String) } });
    expect(document.diagnostics).toBeInstanceOf(Array);
    expect(result.stderr).toContain(document.error.message);
    expect(result.stderr).not.toMatch(/\n\s+at /);
  },
);

test.each([
  ["plam", "Did you mean plan?"],
  ["plan --detailed-exit-code", "Did you mean --detailed-exitcode?"],
  ["plan --output jsn", "Did you mean json?"],
  ["schema pln", "did you mean plan?"],
])("`gateform %s` says: %s", async (line, words) => {
  const work = stack();
  const { code, stdout, stderr } = await work.run(line.split(" "));
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(words);
});

test("a vendor that refuses the credential is one error that names the vendor, without a stack", async () => {
  const work = stack();
  const wrong = canary("refused Vercel token");
  const { code, stderr, stdout } = await work.run(["plan"], { VERCEL_TOKEN: wrong });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("Vercel");
  expect(leaksOf(stderr, [wrong])).toEqual([]);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test("a reader that goes away early is no error", async () => {
  const work = stack();
  const running = work.start(["schema"]);
  running.closeStdout();
  const { code, stderr } = await running.done;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});
