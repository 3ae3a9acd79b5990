import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseDocument } from "yaml";
import type { CommandSpec } from "../../../src/cli/command.ts";
import { commands } from "../../../src/cli/command-table.ts";
import { optionNamed } from "../../../src/cli/options.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { providers } from "../../../src/providers/index.ts";
import {
  type RunningServer,
  readFaultRules,
  startReferenceServer,
} from "../../../src/reference-server/index.ts";
import { type Block, blocksOf, pages, textOf } from "./pages.ts";

const blocks = pages.flatMap(blocksOf);
const name = (block: Block): string => `${block.page}:${block.line}`;

const directory = mkdtempSync(join(tmpdir(), "gateform-docs-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Messages of what is wrong with layers, given in order; warnings about missing variables are none. */
async function mistakesIn(...layers: readonly Block[]): Promise<readonly string[]> {
  const files = layers.map((block, index) => {
    const file = join(directory, `${index}.yaml`);
    writeFileSync(file, block.text);
    return file;
  });
  const { diagnostics } = await loadConfig({
    files,
    cwd: directory,
    env: {},
    envAllow: [],
    providers,
    lenientEnv: true,
  });
  return diagnostics
    .filter((item) => item.code !== "ENV_MISSING")
    .map((item) => `${item.code} ${item.position?.line}: ${item.message}`);
}

describe("YAML in the documentation", () => {
  const whole = blocks.filter((block) => block.info === "yaml");

  test.each(whole.map((block) => [name(block), block] as const))("%s is a valid file", async (_, block) => {
    expect(await mistakesIn(block)).toEqual([]);
  });

  test.each(
    blocks.filter((block) => block.info === "yaml layer").map((block) => [name(block), block] as const),
  )("%s is a valid layer over the page's first file", async (_, block) => {
    const base = blocksOf(block.page).find((other) => other.info === "yaml");
    if (base === undefined) throw new Error("the page has no file to lay it over");
    expect(await mistakesIn(base, block)).toEqual([]);
  });

  test("a workflow is YAML and runs only gateform commands that exist", () => {
    const workflows = blocks.filter((block) => block.info === "yaml workflow");
    expect(workflows.length).toBeGreaterThan(0);
    for (const block of workflows) {
      expect(parseDocument(block.text).errors).toEqual([]);
      const runs = [...block.text.matchAll(/run: (npx gateform .*?)(?: #.*)?$/gm)].map(
        ([, line = ""]) => line,
      );
      expect(runs.length).toBeGreaterThan(0);
      expect(runs.flatMap(problemsOf)).toEqual([]);
    }
  });

  test("every YAML block says what it is", () => {
    const known = ["yaml", "yaml layer", "yaml workflow"];
    const others = blocks.filter((block) => block.info.startsWith("yaml") && !known.includes(block.info));
    expect(others.map(name)).toEqual([]);
  });

  test("a mistake in a block is noticed", async () => {
    const block = {
      page: "",
      line: 1,
      info: "yaml",
      text: "version: 1\nstack: a\nvercel: { team: a, rulez: {} }\n",
    };
    expect(await mistakesIn(block)).toHaveLength(1);
  });
});

/** `ledger forget` → its spec. */
const specs = new Map<string, CommandSpec>(
  commands.flatMap((entry) =>
    "commands" in entry
      ? entry.commands.map((spec) => [`${entry.name} ${spec.usage.split(" ")[0]}`, spec] as const)
      : [[entry.usage.split(" ")[0] ?? "", entry] as const],
  ),
);
const GLOBAL = ["-h", "--help", "-V", "--version", "--no-color"];

/** What is wrong with a command line, by the table that the command line is made of. */
function problemsOf(line: string): string[] {
  const words = (line.match(/'[^']*'|[^\s']+/g) ?? []).slice(line.startsWith("npx ") ? 2 : 1);
  const named = words.filter((word) => !word.startsWith("-"));
  if (named.length === 0) return words.every((word) => GLOBAL.includes(word)) ? [] : [`${line}: no command`];
  const spec = specs.get(`${named[0]} ${named[1]}`) ?? specs.get(named[0] ?? "");
  if (spec === undefined) return [`${line}: there is no such command`];
  const known = spec.options.flatMap((option) => {
    const { short, long } = optionNamed(option);
    return [short, long];
  });
  return words
    .filter((word) => word.startsWith("-") && word !== "-")
    .filter((word) => ![...known, ...GLOBAL].includes(word))
    .map((word) => `${line}: ${word} is no option of it`);
}

/** Lines of shell blocks that begin in this way, comments cut off; of all pages or of one. */
function linesOf(start: RegExp, page?: string): readonly string[] {
  return blocks
    .filter((block) => block.info === "sh" && (page === undefined || block.page === page))
    .flatMap((block) => block.text.split("\n"))
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => start.test(line));
}

describe("commands in the documentation", () => {
  test("each gateform command exists, with its options", () => {
    const lines = linesOf(/^(?:npx )?gateform\b/);
    expect(lines.length).toBeGreaterThan(30);
    expect(lines.flatMap(problemsOf)).toEqual([]);
  });

  test("each in running text exists, with its options", () => {
    const lines = pages
      .filter((page) => page !== "CHANGELOG.md")
      .flatMap((page) => [...textOf(page).matchAll(/`(gateform [^`]+)`/g)].map(([, line = ""]) => line))
      .filter((line) => !line.startsWith("gateform COMMAND"))
      .map((line) => line.replace(/ >.*$/, ""));
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.flatMap(problemsOf)).toEqual([]);
  });

  test("a command or option that does not exist is noticed", () => {
    expect(problemsOf("gateform plam")).toEqual(["gateform plam: there is no such command"]);
    expect(problemsOf("gateform plan --save x")).toEqual([
      "gateform plan --save x: --save is no option of it",
    ]);
    expect(problemsOf("npx gateform ledger unlock --lock-timeout 5m")).toHaveLength(1);
  });
});

describe("the reference server's page", () => {
  const page = "docs/reference-server.md";
  let server: RunningServer;
  beforeAll(async () => {
    server = await startReferenceServer();
  });
  afterAll(() => server.close());

  function curl(line: string): Promise<Response> {
    const { cloudflare, vercel, control_url } = server.connection;
    const variables = {
      $CONTROL: control_url,
      $CLOUDFLARE_GATEWAY_BASE_URL: cloudflare.gateway_base_url,
      $CLOUDFLARE_ACCOUNT_ID: cloudflare.account_id,
      $CLOUDFLARE_API_TOKEN: cloudflare.api_token,
      $VERCEL_AI_GATEWAY_URL: vercel.gateway_base_url,
      $VERCEL_BASE_URL: vercel.base_url,
      $VERCEL_TOKEN: vercel.token,
    };
    let text = line;
    for (const [name, value] of Object.entries(variables)) text = text.replaceAll(name, value);
    const body = /-d '([^']*)'/.exec(text)?.[1];
    const method = /-X (\w+)/.exec(text)?.[1] ?? (body === undefined ? "GET" : "POST");
    const url = /"(http[^"]*)"/.exec(text)?.[1] ?? "";
    const headers = [...text.matchAll(/-H "([^:]+): ([^"]*)"/g)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]);
    return fetch(url, {
      method,
      headers: Object.fromEntries(headers),
      ...(body === undefined ? {} : { body }),
    });
  }

  test("every call of it is answered with success", async () => {
    const lines = linesOf(/^curl /, page);
    expect(lines.length).toBeGreaterThan(8);
    const answers: string[] = [];
    for (const line of lines) answers.push(`${(await curl(line)).ok} ${line}`);
    expect(answers.filter((answer) => !answer.startsWith("true "))).toEqual([]);
  });

  test("it lists every control endpoint and no other", async () => {
    const answer = await fetch(`${server.connection.control_url}/nothing`);
    const { endpoints } = (await answer.json()) as { endpoints: string[] };
    const listed = [...textOf(page).matchAll(/^\| `((?:GET|PUT|POST|DELETE) \/\w+)` \|/gm)].map(
      ([, at]) => at,
    );
    expect(listed.toSorted()).toEqual(endpoints.toSorted());
  });

  test("the switches that it names exist", async () => {
    const answer = await fetch(`${server.connection.control_url}/switches`);
    const known = Object.keys((await answer.json()) as object);
    const named = [...textOf(page).matchAll(/^\| `([a-z]+(?:_[a-z]+)+)` \|/gm)].map(([, at = ""]) => at);
    const switches = named.filter((at) => at !== "once_per_resource");
    expect(switches.length).toBeGreaterThan(5);
    expect(switches.filter((at) => !known.includes(at))).toEqual([]);
  });

  test("the effects that it names are effects", () => {
    const effects = [...textOf(page).matchAll(/^\| `(\{"kind".*?\})` \|/gm)].map(([, json = ""]) => json);
    expect(effects.map((json) => JSON.parse(json).kind).toSorted()).toEqual([
      "cut_list",
      "drop",
      "echo",
      "grow_list",
      "huge",
      "latency",
      "malformed",
      "reset",
      "shrink_list",
      "slow_body",
      "stale_list",
      "status",
      "text",
      "throttle",
      "upstream",
    ]);
    for (const json of effects) expect(() => readFaultRules({ effect: JSON.parse(json) })).not.toThrow();
  });

  test("faults on a command line are faults", () => {
    const faults = linesOf(/--fault/, page).map((line) => /--fault '([^']*)'/.exec(line)?.[1] ?? "");
    expect(faults.length).toBeGreaterThan(0);
    for (const json of faults) expect(() => readFaultRules(JSON.parse(json))).not.toThrow();
  });
});
