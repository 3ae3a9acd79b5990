// `adopt` as a person or a pipeline runs it: by address, by pattern, everything, and picked from a list.

import { existsSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  json,
  type Result,
  type Server,
  startServer,
  type Workspace,
  workspace,
  writesOf,
} from "./support.ts";
import { CTRL_C, CTRL_D, onTerminal } from "./terminal.ts";

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

const LEDGER = ".gateform/acme.ledger.json";
const ALL = ["vercel.key.ci", "vercel.rule.a", "vercel.rule.b"];

/** Two rules and a key, made by hand; of rule `b` the file wants another reason. */
async function madeByHand(): Promise<{ readonly a: string; readonly b: string; readonly ci: string }> {
  place.write(
    "gateform.yaml",
    `version: 1
stack: acme
vercel:
  team: \${env:VERCEL_TEAM}
  rules:
    a: { type: deny, source: openai/a }
    b: { type: deny, source: openai/b, reason: cost }
    new: { type: deny, source: openai/new }
  keys:
    ci: {}
`,
  );
  const made = { a: await rule("openai/a"), b: await rule("openai/b"), ci: await key("ci") };
  await server.forgetRequests();
  return made;
}

async function rule(model: string): Promise<string> {
  const answer = await server.vercel("POST", "/ai-gateway/rules", {
    type: "deny",
    match: { model },
    action: { reason: "by hand" },
  });
  return ((await answer.json()) as { readonly ruleId: string }).ruleId;
}

async function key(name: string): Promise<string> {
  const answer = await server.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name });
  return ((await answer.json()) as { readonly apiKey: { readonly id: string } }).apiKey.id;
}

const adopted = (result: Result): readonly string[] => json(result).adopted;
const codesIn = (list: readonly { readonly code: string }[]): readonly string[] =>
  list.map(({ code }) => code);
const run = (...args: readonly string[]) => place.run(["adopt", ...args]);

/** The ids that the ledger has now. */
function owned(): Readonly<Record<string, string>> {
  const { resources } = JSON.parse(place.read(LEDGER)) as {
    readonly resources: Readonly<Record<string, { readonly id: string }>>;
  };
  return Object.fromEntries(Object.entries(resources).map(([address, { id }]) => [address, id]));
}

describe("adopt --all", () => {
  test("takes all that is declared and live, writes nothing at the vendor, and says what the next plan changes", async () => {
    const ids = await madeByHand();
    const result = await run("--all", "--output", "json");
    expect(result.code, result.stderr).toBe(0);
    expect(json(result)).toMatchObject({ format: 1, adopted: ALL, refused: [], next: { refused: [] } });
    expect(json(result).next.steps.map((step: { id: string }) => step.id)).toEqual([
      "update vercel.rule.b",
      "create vercel.rule.new",
    ]);
    expect(codesIn(json(result).diagnostics)).toEqual(["LEDGER_STARTED", "VALUES_UNKNOWN"]);
    expect(owned()).toEqual({ "vercel.key.ci": ids.ci, "vercel.rule.a": ids.a, "vercel.rule.b": ids.b });
    expect(writesOf(await server.requests())).toEqual([]);
  });

  test("has nothing to do the second time, which is no error, and leaves the ledger as it is", async () => {
    await madeByHand();
    await run("--all");
    const before = place.read(LEDGER);
    const { code, stdout } = await run("--all");
    expect(code).toBe(0);
    expect(stdout).toContain("Nothing to adopt");
    expect(place.read(LEDGER)).toBe(before);
  });

  test("starts no ledger where there is nothing to adopt", async () => {
    place.write(
      "gateform.yaml",
      "version: 1\nstack: acme\nvercel:\n  team: ${env:VERCEL_TEAM}\n  rules:\n    a: { type: deny, source: openai/a }\n",
    );
    expect((await run("--all")).code).toBe(0);
    expect(existsSync(place.path(LEDGER))).toBe(false);
  });

  test("rebuilds a lost ledger under CI without being told that it is new, and says so", async () => {
    await madeByHand();
    const { code, stderr } = await place.run(["adopt", "--all"], { CI: "true" });
    expect(code).toBe(0);
    expect(stderr).toContain("[LEDGER_STARTED]");
    expect(Object.keys(owned())).toEqual(ALL);
  });

  test("leaves what is ambiguous with the commands that settle it, takes the rest, and exits 1", async () => {
    const ids = await madeByHand();
    const twin = await key("ci");
    const result = await run("--all", "--output", "json");
    expect(result.code).toBe(1);
    const { error, refused } = json(result);
    expect([error.code, adopted(result)]).toEqual(["NOT_ADOPTED", ["vercel.rule.a", "vercel.rule.b"]]);
    expect(codesIn(refused)).toEqual(["AMBIGUOUS"]);
    expect(refused[0].position).toMatchObject({ file: "gateform.yaml", line: 10 });
    for (const id of [ids.ci, twin])
      expect(refused[0].hint).toContain(`\`gateform adopt vercel.key.ci=${id}\``);
    expect((await run(`vercel.key.ci=${twin}`)).code).toBe(0);
    expect(owned()["vercel.key.ci"]).toBe(twin);
    expect((await place.run(["plan"])).stdout).not.toContain("NOT_OWNED");
  });

  test("of 200 rules reads each list once and writes the ledger a few times, not once each", async () => {
    const names = Array.from({ length: 200 }, (_, index) => `r${index}`);
    place.write(
      "gateform.yaml",
      `version: 1\nstack: acme\nvercel:\n  team: \${env:VERCEL_TEAM}\n  rules:\n${names.map((name) => `    ${name}: { type: deny, source: openai/${name} }\n`).join("")}`,
    );
    for (const name of names) await rule(`openai/${name}`);
    await server.forgetRequests();
    const result = await run("--all", "--output", "json");
    expect(adopted(result)).toHaveLength(200);
    expect(json(result).next.summary).toMatchObject({ unchanged: 200, update: 0, refused: 0 });
    expect(JSON.parse(place.read(LEDGER)).serial).toBeLessThan(4);
    const lists = (await server.requests()).filter(({ path }) => path.includes("rules"));
    expect(lists.length).toBeLessThan(5);
  });

  test("takes what it could see and exits 1 where a list is cut off", async () => {
    await madeByHand();
    await server.addFaults({
      method: "GET",
      path: "/v1/api-keys",
      effect: { kind: "status", status: 500, when: "before" },
    });
    const result = await run("--all", "--output", "json");
    await server.clearFaults();
    expect([result.code, adopted(result)]).toEqual([1, ["vercel.rule.a", "vercel.rule.b"]]);
    expect(codesIn(json(result).diagnostics)).toContain("READ_INCOMPLETE");
  });
});

describe("adopt ADDRESS", () => {
  test("takes the only one of its identity or name, and a pattern whatever it matches", async () => {
    const ids = await madeByHand();
    expect(adopted(await run("vercel.key.ci", "--output", "json"))).toEqual(["vercel.key.ci"]);
    expect(adopted(await run("vercel.rule.*", "--output", "json"))).toEqual([
      "vercel.rule.a",
      "vercel.rule.b",
    ]);
    expect(owned()["vercel.key.ci"]).toBe(ids.ci);
  });

  test.each([
    ["vercel.rule.new", "NOT_FOUND"],
    ["vercel.rule.c", "NOT_DECLARED"],
    ["cloudflare.*", "NOT_DECLARED"],
  ])("%s is refused with %s, and of what is named with it nothing is taken", async (address, code) => {
    await madeByHand();
    const result = await run("vercel.rule.a", address, "--output", "json");
    expect([result.code, json(result).error.code]).toEqual([1, code]);
    expect(existsSync(place.path(LEDGER))).toBe(false);
  });

  test("refuses what another address owns", async () => {
    const ids = await madeByHand();
    await run("--all");
    const result = await run(`vercel.rule.new=${ids.a}`, "--output", "json");
    expect([result.code, json(result).error.code]).toEqual([1, "OWNED_ELSEWHERE"]);
  });

  test("shows in text and markdown what the next plan changes on what was taken, and nothing else of it", async () => {
    await madeByHand();
    const { stdout } = await run("vercel.rule.b", "--output", "text", "--output", "markdown=adopt.md");
    for (const text of [stdout, place.read("adopt.md")]) {
      expect(text).toContain("vercel.rule.b");
      expect(text).toContain("reason");
      expect(text).not.toContain("vercel.rule.new");
      expect(text).toContain("Next plan: 1 to create, 1 to update");
    }
    expect(place.read("adopt.md")).toMatch(/^<!-- gateform:adopt stack=acme -->/);
  });
});

describe("adopt on a terminal", () => {
  const QUESTION = "Which to adopt?";
  const start = () => onTerminal(["adopt", "--no-color"], { cwd: place.cwd, env: server.env });

  test.each([
    ["1,3", ["vercel.key.ci", "vercel.rule.b"]],
    ["all", ALL],
  ])("takes what is picked with %s", async (answer, expected) => {
    await madeByHand();
    const it = start();
    await it.answer(QUESTION, `${answer}\n`);
    const { code, stdout } = await it.done;
    expect(code, stdout).toBe(0);
    expect(Object.keys(owned())).toEqual(expected);
    expect(writesOf(await server.requests())).toEqual([]);
  });

  test("lists id and changes of each, asks again after an answer that it does not understand, and takes nothing for none", async () => {
    const ids = await madeByHand();
    const it = start();
    await it.answer(QUESTION, "4\n");
    await it.answer("is not between 1 and 3", "\n");
    const { code, stdout } = await it.done;
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`1 {2}vercel\\.key\\.ci +${ids.ci} +as declared`));
    expect(stdout).toMatch(new RegExp(`3 {2}vercel\\.rule\\.b +${ids.b} +next plan changes reason`));
    expect(existsSync(place.path(LEDGER))).toBe(false);
  });

  test.each([
    ["Ctrl-C", CTRL_C, "INTERRUPTED"],
    ["the end of input", CTRL_D, "DECLINED"],
  ])("takes nothing after %s", async (_, keys, code) => {
    await madeByHand();
    const it = start();
    await it.answer(QUESTION, keys);
    const { code: exit, stdout } = await it.done;
    expect([exit, stdout.includes(`[${code}]`)]).toEqual([1, true]);
    expect(existsSync(place.path(LEDGER))).toBe(false);
  });

  test("asks on stderr, so that stdout can be a file", async () => {
    await madeByHand();
    const it = onTerminal(["adopt", "--output", "json"], {
      cwd: place.cwd,
      env: server.env,
      redirect: ">out.json",
    });
    await it.answer(QUESTION, "all\n");
    expect((await it.done).code).toBe(0);
    expect(JSON.parse(place.read("out.json")).adopted).toEqual(ALL);
  });

  test("without one is an error that says what to pass", async () => {
    await madeByHand();
    const { code, stderr } = await run();
    expect(code).toBe(1);
    for (const way of ["ADDRESS=ID", "--all"]) expect(stderr).toContain(way);
  });
});
