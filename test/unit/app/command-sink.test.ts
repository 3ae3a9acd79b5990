// The sink `command`: what a program gets, what it does not, and what becomes of its words.

import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSink } from "../../../src/app/sinks/open-sink.ts";
import type { SinkContext } from "../../../src/app/sinks/sink.ts";
import type { CommandSink } from "../../../src/model/sink.ts";
import { Secret } from "../../../src/provider/secret.ts";
import { sinkContext } from "./sink-context.ts";

const CANARY = "canary-7Qm2vB9sT4wZ8aLrN6cE1dF";
let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "gateform-command-"));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const at = (path: string) => join(base, path);
const textOf = (path: string) => readFile(at(path), "utf8");
const node = (code: string): readonly string[] => [process.execPath, "-e", code];

/** Writes what it was given, by name, to a file. */
const RECORD = `
  const input = require("fs").readFileSync(0, "utf8");
  const { argv, env } = process;
  require("fs").writeFileSync("seen.json", JSON.stringify({ input, argv, env, cwd: process.cwd() }));`;

function sink(command: Partial<CommandSink>, more: Partial<SinkContext> = {}) {
  const env = { PATH: process.env.PATH, HOME: "/a/home", VAULT_TOKEN: "hvs.1", OTHER: "o" };
  return openSink(
    { command: { argv: node(RECORD), env: [], ...command } },
    sinkContext(base, { env, ...more }),
  );
}

describe("a program that takes a value", () => {
  it("gets it on its standard input as it is, and in no argument or variable", async () => {
    const driver = sink({ argv: [...node(RECORD), "ci"], env: ["VAULT_TOKEN"] });
    await driver.try();
    const delivery = await driver.deliver(new Secret(CANARY));
    const { input, argv, env } = JSON.parse(await textOf("seen.json"));
    expect(input).toBe(CANARY);
    expect(argv.slice(1)).toEqual(["ci"]);
    expect(JSON.stringify([argv, env])).not.toContain(CANARY);
    expect(delivery).toEqual({
      sink: "command",
      target: process.execPath,
      at: "2026-10-05T00:00:00.000Z",
    });
  });

  it("gets PATH, HOME and the variables that are named, and runs in the working directory", async () => {
    await sink({ env: ["VAULT_TOKEN"] }).deliver(new Secret(CANARY));
    const { env, cwd } = JSON.parse(await textOf("seen.json"));
    const { PATH, HOME, VAULT_TOKEN, ...rest } = env;
    expect({ PATH, HOME, VAULT_TOKEN }).toEqual({
      PATH: process.env.PATH,
      HOME: "/a/home",
      VAULT_TOKEN: "hvs.1",
    });
    // macOS adds a variable of its own to every process.
    expect(Object.keys(rest).filter((name) => !name.startsWith("__CF"))).toEqual([]);
    expect(cwd.endsWith(base)).toBe(true);
  });

  it("is no shell: its arguments are what they are", async () => {
    await sink({ argv: [...node(RECORD), "$HOME; touch x", "`id`"] }).deliver(new Secret(CANARY));
    expect(JSON.parse(await textOf("seen.json")).argv.slice(1)).toEqual(["$HOME; touch x", "`id`"]);
  });
});

describe("a program that refuses a value", () => {
  it("is an error with its exit code and without its words", async () => {
    const argv = node(
      "process.stdin.on('data', (it) => { console.log(it + ''); console.error(it + ''); process.exitCode = 3 })",
    );
    const failure = await sink({ argv })
      .deliver(new Secret(CANARY))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "SINK_COMMAND" });
    expect(String(failure)).toContain("ended with exit code 3");
    expect(String(failure)).not.toContain(CANARY.slice(0, 14));
  });

  it("is stopped with what it has started when the run is", async () => {
    const stop = new AbortController();
    const delivered = sink({ argv: ["sh", "-c", "sleep 600 & wait"] }, { signal: stop.signal }).deliver(
      new Secret(CANARY),
    );
    stop.abort();
    await expect(delivered).rejects.toThrow("was interrupted");
  });
});

describe("trying a program", () => {
  it("does not run it", async () => {
    await sink({}).try();
    await expect(textOf("seen.json")).rejects.toThrow("ENOENT");
  });

  it.each([
    ["is not in PATH", ["no-such-program-7"], "there is no such program in PATH"],
    ["is no file", ["./bin/none"], "there is no such file"],
    ["is a directory", ["./bin"], "there is no such file"],
    ["may not be run", ["./data"], "permission denied"],
  ])("that %s is an error before the value is made", async (_, argv, words) => {
    await mkdir(at("bin"));
    await writeFile(at("data"), "x");
    await expect(sink({ argv }).try()).rejects.toMatchObject({ code: "SINK_COMMAND" });
    await expect(sink({ argv }).try()).rejects.toThrow(words);
    await expect(sink({ undo: argv }).try()).rejects.toThrow(words);
  });

  it("finds one by its path from the working directory", async () => {
    await writeFile(at("store"), "#!/bin/sh\ncat > kept\n");
    await chmod(at("store"), 0o755);
    const driver = sink({ argv: ["./store"] });
    await driver.try();
    await driver.deliver(new Secret(CANARY));
    expect(await textOf("kept")).toBe(CANARY);
  });

  it("that lacks a variable is an error that names it", async () => {
    await expect(sink({ env: ["VAULT_ADDR"] }).try()).rejects.toThrow("VAULT_ADDR, which is not set");
  });

  it("runs its check, which can say no", async () => {
    await sink({ check: node("") }).try();
    await expect(sink({ check: node("process.exitCode = 1") }).try()).rejects.toThrow("exit code 1");
  });
});

describe("undoing", () => {
  const failing = node("process.exitCode = 1");

  it("runs the undo program, without the value, also where the other one failed", async () => {
    for (const argv of [node(""), failing]) {
      const driver = sink({ argv, undo: node(RECORD) });
      await driver.deliver(new Secret(CANARY)).catch(() => undefined);
      await driver.undo();
      expect(JSON.parse(await textOf("seen.json")).input).toBe("");
      await rm(at("seen.json"));
    }
  });

  it("is an error without an undo program, or where that one fails: the value may be there", async () => {
    for (const undo of [undefined, failing]) {
      const driver = sink({ argv: node(""), ...(undo === undefined ? {} : { undo }) });
      await driver.deliver(new Secret(CANARY));
      await expect(driver.undo()).rejects.toMatchObject({ code: "SINK_KEPT" });
    }
  });

  it("is what a program without one cannot be: it keeps the value", () => {
    expect([sink({}).keeps?.(), sink({ undo: node("") }).keeps?.()]).toEqual([true, false]);
  });

  it("does nothing where no program has got the value", async () => {
    await sink({ undo: failing }).undo();
    const driver = sink({ argv: ["./none"], undo: failing });
    await expect(driver.deliver(new Secret(CANARY))).rejects.toThrow("there is no such program");
    await driver.undo();
  });
});
