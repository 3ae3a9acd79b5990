// The example with every kind of Cloudflare's: its README does what it says, and a change of each of its fields shows
// in a plan as that and nothing else. The plans of single changes are made by the command's own function over the
// served state, without a process for each: there are too many. All else is run as a process.

import { spawn } from "node:child_process";
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import type { JsonObject, JsonValue } from "../../src/base/json.ts";
import { plan as planCommand } from "../../src/cli/commands/plan.ts";
import { NO_OPTIONS } from "../../src/cli/options.ts";
import type { Plan } from "../../src/model/plan.ts";
import { cloudflare } from "../../src/providers/cloudflare/index.ts";
import { PLAIN } from "../../src/render/style.ts";
import { flatten, leavesOf, patternOf, schemaOf } from "../contract/leaves.ts";
import { blocksOf } from "../unit/docs/pages.ts";
import { type Changed, changed, type FieldChange, OTHER_SECRET, unchangeable } from "./complete-changes.ts";
import { type Differences, differencesOf, merged } from "./difference.ts";
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

const EXAMPLE = "examples/cloudflare-complete";

/** Of three kinds with fields that cannot be changed in place, and a key that goes with its config. */
const DELETES = ["--allow-deletes", "5"];
const OTHER_KEY = { OPENAI_API_KEY: "sk-the-next-key-5Zx8Cv1Bn4Mq7" };
/** The credential of these runs, and the Secrets Store, which is never deleted. */
const NOTHING = { tokens: 1, stores: 1 };

const read = (name: string): string => readFileSync(join(root, EXAMPLE, name), "utf8");

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

function start(): Workspace & { readonly env: Readonly<Record<string, string>> } {
  const work = workspace(server, EXAMPLE);
  onTestFinished(work.remove);
  const lines = work.read("secrets.env").split("\n");
  const secrets = lines.flatMap((line) => {
    const [, name = "", value = ""] = /^(\w+)="?([^"]*)"?$/.exec(line) ?? [];
    return name === "" ? [] : [[name, value]];
  });
  const env: Record<string, string> = { ...Object.fromEntries(secrets), ...OTHER_SECRET };
  return { ...work, env, run: (args, more) => work.run(args, { ...env, ...more }) };
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
async function planHere(work: ReturnType<typeof start>, file: JsonObject, name: string) {
  work.write(name, JSON.stringify(file)); // which is YAML
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
    },
    [],
    { ...NO_OPTIONS, file: [name], output: ["json"], detailedExitcode: true },
  );
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

test("every field of every kind has a change here, or a reason why it has none", () => {
  const file = parse(read("gateform.yaml"));
  const touched = changed.flatMap((item) =>
    item.changes.flatMap((change) => {
      const { before, after } = changedFile(file, item, [change]);
      const [old, now] = [before, after].map((body) => new Map(flatten(body, item.kind)));
      return [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].filter(
        (path) => old?.get(path) !== now?.get(path),
      );
    }),
  );
  const leaves = cloudflare.kinds.flatMap(({ rules, definition }) =>
    leavesOf(schemaOf(definition.spec)).map((leaf) => `${rules.kind}.${leaf}`),
  );
  const missing = leaves.filter((leaf) => !touched.some((path) => patternOf(leaf).test(path)));
  expect(missing.toSorted()).toEqual(Object.keys(unchangeable).toSorted());
});

test("a change of each field is planned as that alone", async () => {
  const work = start();
  const file: JsonObject = parse(read("gateform.yaml"));
  expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);

  const single = changed.flatMap((item) => item.changes.map((change) => ({ item, change })));
  await inParallel(single, async ({ item, change }, index) => {
    const { file: other, before, after } = changedFile(file, item, [change]);
    const { code, stderr, plan } = await planHere(work, other, `${index}.yaml`);
    expect
      .soft({ code, stderr, ...shownBy(plan.steps) }, `${item.address} ${change.at}`)
      .toEqual({ code: 2, stderr: "", ...expectedOf(item, change, differencesOf(before, after)) });
  });

  // A key's new value changes no line of any file.
  const rotated = await work.run(["plan", "--output", "json"], OTHER_KEY);
  expect(shownBy(json(rotated).steps)).toMatchObject({
    steps: ["update cloudflare.provider_config.assistant/openai"],
    differences: { secret: "(by reference)" },
  });
}, 120_000);

test("a change of all fields at once is planned as that, applied, and then there is nothing left to do", async () => {
  const work = start();
  expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);

  let all: JsonObject = parse(read("gateform.yaml"));
  const written = changed.map((item) => {
    const together = item.changes.filter(({ alone }) => alone !== true);
    const { file: next, before, after } = changedFile(all, item, together);
    all = next;
    return [item.address, differencesOf(before, after)];
  });
  work.write("all.yaml", JSON.stringify(all));
  const planned = await work.run(["plan", "-f", "all.yaml", "--output", "json", ...DELETES]);
  const { steps }: Plan = json(planned);
  const shown = steps
    .filter(({ changes }) => changes.length > 0)
    .map((step) => [step.address, shownBy([step]).differences]);
  expect(Object.fromEntries(shown), planned.stderr).toEqual(Object.fromEntries(written));
  const applied = await work.run(["apply", "-f", "all.yaml", "--auto-approve", ...DELETES]);
  expect(applied.code, applied.stdout + applied.stderr).toBe(0);
  expect((await work.run(["plan", "-f", "all.yaml", "--detailed-exitcode"])).code).toBe(0);

  const destroyed = await work.run(["destroy", "-f", "all.yaml", "--auto-approve", "--allow-deletes", "11"]);
  expect(destroyed.code, destroyed.stdout + destroyed.stderr).toBe(0);
  expect(await leftOver()).toEqual(NOTHING);
});

test("the README's commands do what it says", async () => {
  const work = start();
  work.write("bin/gateform", `#!/bin/sh\nexec '${process.execPath}' '${cliPath}' "$@"\n`);
  chmodSync(work.path("bin/gateform"), 0o755);
  const script = blocksOf(`${EXAMPLE}/README.md`).map(({ text }) => text);
  const { PATH = "" } = process.env;
  const child = spawn("sh", ["-euc", script.join("")], {
    cwd: work.cwd,
    env: { ...server.env, PATH: `${work.path("bin")}:${PATH}`, HOME: work.cwd },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { code, stdout, stderr } = await watch(child).done;
  expect(code, stderr).toBe(0);
  const said = [
    "Valid: stack cloudflare-complete declares 11 resources",
    "Plan: 12 to create,",
    "Apply: 12 done.",
    "No changes. 11 resources match.",
    "secret: (sensitive) → (secret, env OPENAI_API_KEY)",
    "rate_limit: 600 → 300  # forces replacement",
    "lifecycle.prevent_destroy: true → false",
    "0 to replace, 11 to delete.",
  ];
  expect(said.filter((text) => !stdout.includes(text))).toEqual([]);
  expect(stdout + stderr).not.toMatch(/warning/i);
  const everything = stdout + stderr + work.read("plan.json");
  expect(Object.values(work.env).filter((value) => everything.includes(value))).toEqual([]);
  expect(work.read("out/assistant.env")).toMatch(/^CF_AIG_TOKEN=\S+\n$/);
  expect(await leftOver()).toEqual(NOTHING);
});

/** Calls for each item, four at a time. */
async function inParallel<T>(
  items: readonly T[],
  call: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const queue = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await call(next[1], next[0]);
  };
  await Promise.all([work(), work(), work(), work()]);
}

/** How many of what is live. */
async function leftOver(): Promise<Readonly<Record<string, number>>> {
  const lists = Object.entries<unknown>((await server.state()).cloudflare);
  const counts = lists.map(([name, list]) => [name, Array.isArray(list) ? list.length : 0] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
