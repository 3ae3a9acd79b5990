// What is tested of an example that has every kind of a provider, with every field: its README does what it says, and
// a change of each field shows in a plan as that and nothing else. The plans of single changes are made by the
// command's own function over the served state, without a process for each: there are too many. All else is run as a
// process.

import { spawn } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { parse, stringify } from "yaml";
import type { JsonObject, JsonValue } from "../../src/base/json.ts";
import { plan as planCommand } from "../../src/cli/commands/plan.ts";
import { NO_OPTIONS } from "../../src/cli/options.ts";
import type { Plan } from "../../src/model/plan.ts";
import { openNetwork } from "../../src/provider/network.ts";
import type { AnyProvider } from "../../src/provider/provider.ts";
import { PLAIN } from "../../src/render/style.ts";
import { keepText } from "../canary/kept.ts";
import { canary } from "../canary/values.ts";
import { flatten, leavesOf, patternOf, schemaOf } from "../contract/leaves.ts";
import { blocksOf } from "../unit/docs/pages.ts";
import { type Differences, differencesOf, merged } from "./difference.ts";
import { type Changed, type FieldChange, OTHER_SECRET } from "./field-change.ts";
import {
  cliPath,
  json,
  root,
  type Server,
  startServer,
  type Workspace,
  watch,
  workspace,
} from "./support.ts";

/** An example, and what is to be seen in it. */
export interface CompleteExample {
  readonly provider: AnyProvider;
  /** Its directory in `examples`, and the name of its stack. */
  readonly name: string;
  readonly resources: number;
  /** Variables that the file reads, beside those of its secrets. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly changed: readonly Changed[];
  /** What no change can be made of, by kind and path in it, and why. */
  readonly unchangeable: Readonly<Record<string, string>>;
  /** How many deletes the change of everything takes, those of replacements among them. */
  readonly deletes: number;
  /** The address whose secret is OPENAI_API_KEY, and the field that a plan shows another one at. */
  readonly rotated: readonly [address: string, path: string];
  /** What the README's commands print, among other things. */
  readonly said: readonly string[];
  /** The file that the README's commands deliver, and what then stands in it. */
  readonly delivered: readonly [name: string, content: RegExp];
  /** How many of what are there before it and after it. */
  readonly nothing: Readonly<Record<string, number>>;
}

const OTHER_KEY = { OPENAI_API_KEY: canary("next provider key", "sk-") };

/** The tests of one example. */
export function testComplete(example: CompleteExample): void {
  const { provider, resources, changed, unchangeable } = example;
  const folder = `examples/${example.name}`;
  const allowed = ["--allow-deletes", String(example.deletes)];
  const [address, path] = example.rotated;

  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());
  beforeEach(() => server.reset());

  test("every field of every kind has a change here, or a reason why it has none", () => {
    const file = parse(readFileSync(join(root, folder, "gateform.yaml"), "utf8"));
    const touched = changed.flatMap((item) =>
      item.changes.flatMap((change) => {
        const { before, after } = changedFile(file, item, [change]);
        const [old, now] = [before, after].map((body) => new Map(flatten(body, item.kind)));
        return [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].filter(
          (path) => old?.get(path) !== now?.get(path),
        );
      }),
    );
    const leaves = provider.kinds.flatMap(({ rules, definition }) =>
      leavesOf(schemaOf(definition.spec)).map((leaf) => `${rules.kind}.${leaf}`),
    );
    const missing = leaves.filter((leaf) => !touched.some((path) => patternOf(leaf).test(path)));
    expect(missing.toSorted()).toEqual(Object.keys(unchangeable).toSorted());
  });

  test("a change of each field is planned as that alone", async () => {
    const work = startIn(server, example);
    const file: JsonObject = parse(work.read("gateform.yaml"));
    expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);

    const single = changed.flatMap((item) => item.changes.map((change) => ({ item, change })));
    await inParallel(single, async ({ item, change }, index) => {
      const { file: other, before, after } = changedFile(file, item, [change]);
      const { code, stderr, plan } = await planHere(server, work, other, `${index}.yaml`);
      expect
        .soft({ code, stderr, ...shownBy(plan.steps) }, `${item.address} ${change.at}`)
        .toEqual({ code: 2, stderr: "", ...expectedOf(item, change, differencesOf(before, after)) });
    });

    // A key's new value changes no line of any file.
    const rotated = await work.run(["plan", "--output", "json"], OTHER_KEY);
    expect(shownBy(json(rotated).steps)).toMatchObject({
      steps: [`update ${address}`],
      differences: { [path]: "(by reference)" },
    });
  }, 120_000);

  test("a change of all fields at once is planned as that, applied, and then there is nothing left to do", async () => {
    const work = startIn(server, example);
    expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);

    let all: JsonObject = parse(work.read("gateform.yaml"));
    const written = changed.map((item) => {
      const together = item.changes.filter(({ alone }) => alone !== true);
      const { file: next, before, after } = changedFile(all, item, together);
      all = next;
      return [item.address, differencesOf(before, after)];
    });
    work.write("all.yaml", stringify(all));
    const planned = await work.run(["plan", "-f", "all.yaml", "--output", "json", ...allowed]);
    const { steps }: Plan = json(planned);
    const shown = steps
      .filter(({ changes }) => changes.length > 0)
      .map((step) => [step.address, shownBy([step]).differences]);
    expect(Object.fromEntries(shown), planned.stderr).toEqual(Object.fromEntries(written));
    const applied = await work.run(["apply", "-f", "all.yaml", "--auto-approve", ...allowed]);
    expect(applied.code, applied.stdout + applied.stderr).toBe(0);
    expect((await work.run(["plan", "-f", "all.yaml", "--detailed-exitcode"])).code).toBe(0);

    const destroyed = await work.run([
      "destroy",
      "-f",
      "all.yaml",
      "--auto-approve",
      "--allow-deletes",
      String(resources),
    ]);
    expect(destroyed.code, destroyed.stdout + destroyed.stderr).toBe(0);
    expect(await leftOver(server, provider.name)).toEqual(example.nothing);
  });

  test("the README's commands do what it says", async () => {
    const work = startIn(server, example);
    work.write("bin/gateform", `#!/bin/sh\nexec '${process.execPath}' '${cliPath}' "$@"\n`);
    chmodSync(work.path("bin/gateform"), 0o755);
    const script = blocksOf(`${folder}/README.md`).map(({ text }) => text);
    const { PATH = "" } = process.env;
    const child = spawn("sh", ["-euc", script.join("")], {
      cwd: work.cwd,
      env: { ...server.env, ...example.variables, PATH: `${work.path("bin")}:${PATH}`, HOME: work.cwd },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { code, stdout, stderr } = await watch(child, "the README's commands").done;
    expect(code, stderr).toBe(0);
    expect(example.said.filter((text) => !stdout.includes(text))).toEqual([]);
    expect(stdout + stderr).not.toMatch(/warning/i);
    const everything = stdout + stderr + work.read("plan.json");
    expect(Object.values(work.secrets).filter((value) => everything.includes(value))).toEqual([]);
    const [name, content] = example.delivered;
    expect(work.read(name)).toMatch(content);
    expect(await leftOver(server, provider.name)).toEqual(example.nothing);
  });
}

interface Started extends Workspace {
  readonly secrets: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** A copy of the example, where commands find its secrets and variables. */
function startIn(server: Server, { name: folder, variables }: CompleteExample): Started {
  const work = workspace(server, `examples/${folder}`);
  onTestFinished(work.remove);
  const lines = work.read("secrets.env").split("\n");
  const entries = lines.flatMap((line) => {
    const [, name] = /^(\w+)=/.exec(line) ?? [];
    return name === undefined ? [] : [[name, canary(`example ${name}`)]];
  });
  // As the example asks its readers to, with values of our own: theirs are words.
  work.write("secrets.env", entries.map(([name, value]) => `${name}=${value}\n`).join(""));
  const secrets: Record<string, string> = { ...Object.fromEntries(entries), ...OTHER_SECRET };
  const env = { ...secrets, ...variables };
  return { ...work, secrets, env, run: (args, more) => work.run(args, { ...env, ...more }) };
}

/** The file with changes made in one resource's body, and that body before and after. */
function changedFile(file: JsonObject, { body }: Changed, changes: readonly FieldChange[]) {
  const copy = structuredClone(file);
  for (const { at, to, along } of changes) {
    for (const [place, value] of Object.entries({ ...along, [at]: to }))
      setAt(copy, [...body, ...place.split(".")], value);
  }
  return { file: copy, before: getAt(file, body), after: getAt(copy, body) };
}

function getAt(value: JsonValue, path: readonly string[]): JsonValue {
  return path.reduce((at: JsonValue, name) => (at as JsonObject)[name] ?? null, value); // the table names maps only
}

function setAt(file: JsonObject, path: readonly string[], value: JsonValue): void {
  Object.assign(getAt(file, path.slice(0, -1)) as JsonObject, { [path.at(-1) ?? ""]: value }); // or a list
}

/** What `gateform plan --detailed-exitcode --output json` prints and ends with. */
async function planHere(server: Server, work: Started, file: JsonObject, name: string) {
  work.write(name, stringify(file));
  let stdout = "";
  let stderr = "";
  const code = await planCommand(
    {
      env: { ...server.env, ...work.env },
      cwd: work.cwd,
      stdin: process.stdin,
      out: (part) => (stdout += part),
      err: (part) => (stderr += part),
      outStyle: PLAIN,
      errStyle: PLAIN,
      terminals: { in: false, out: false, err: false },
      columns: () => 80,
      outColumns: () => undefined,
      debug: false,
      network: openNetwork({ env: {}, parallelism: 8 }),
    },
    [],
    { ...NO_OPTIONS, file: [name], output: ["json"], detailedExitcode: true },
  );
  keepText(`stdout of a plan of ${name}`, stdout);
  keepText(`stderr of a plan of ${name}`, stderr);
  return { code, stderr, plan: JSON.parse(stdout) as Plan };
}

/** What a plan shows of a change, in the words of the file's own difference. */
function shownBy(steps: Plan["steps"]) {
  const changes = steps.flatMap((step) => step.changes);
  return {
    steps: steps.map(({ id }) => id),
    differences: merged(changes.map(({ path, before, after }) => differencesOf(before, after, path))),
    moved: [...new Set(changes.map(({ moved }) => moved))],
    forcing: changes.filter(({ forces_replacement }) => forces_replacement === true).map(({ path }) => path),
  };
}

function expectedOf({ address }: Changed, { at, replace, action, steps }: FieldChange, written: Differences) {
  const usual = {
    "create-first": [`create ${address}`, `delete ${address}`],
    gap: [`delete ${address}`, `create ${address}`],
    none: [`${action ?? "update"} ${address}`],
  }[replace ?? "none"];
  return {
    steps: steps ?? usual,
    differences: written,
    moved: ["config"],
    forcing: replace === undefined ? [] : [at],
  };
}

/** Calls for each item, four at a time. Where one fails the others end first, not amid the next test. */
async function inParallel<T>(
  items: readonly T[],
  call: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await call(next[1], next[0]);
  };
  const ends = await Promise.allSettled([work(), work(), work(), work()]);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/** How many of what is live: Vercel marks what is deleted, and archives budgets. */
async function leftOver(server: Server, provider: string): Promise<Readonly<Record<string, number>>> {
  const lists = Object.entries<unknown>((await server.state())[provider]);
  const counts = lists.map(
    ([name, list]) =>
      [
        name,
        Array.isArray(list)
          ? list.filter(({ deleted, archived }) => deleted !== true && archived !== true).length
          : 0,
      ] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
