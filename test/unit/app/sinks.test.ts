import { execFileSync } from "node:child_process";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openSinks } from "../../../src/app/open-sinks.ts";
import { openSink } from "../../../src/app/sinks/open-sink.ts";
import { type SinkContext, SinkError } from "../../../src/app/sinks/sink.ts";
import { emptyLedger, printLedger } from "../../../src/ledger/documents.ts";
import type { Sink } from "../../../src/model/sink.ts";
import { Secret } from "../../../src/provider/secret.ts";
import { sinkContext, sinkRun } from "./sink-context.ts";

const CANARY = "canary-7Qm2vB9sT4wZ8aLrN6cE1dF";
type FileSink = Extract<Sink, { file: unknown }>["file"];
let base: string;
beforeEach(async () => {
  // Without links, as messages name the work tree's real place.
  base = await realpath(await mkdtemp(join(tmpdir(), "gateform-sinks-")));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const context = (more: Partial<SinkContext> = {}) => sinkContext(base, more);
const fileSink = (path: string, more: Partial<FileSink> = {}, other: Partial<SinkContext> = {}) =>
  openSink({ file: { path: join(base, path), format: "raw", ...more } }, context(other));
const dotenv = { format: "dotenv", name: "KEY" } as const;
const json = { format: "json", name: "KEY" } as const;
const value = new Secret(CANARY);
const at = (path: string) => join(base, path);
const textOf = (path: string) => readFile(at(path), "utf8");
const modeOf = async (path: string) => (await stat(at(path))).mode & 0o777;
const git = (...args: string[]) => execFileSync("git", args, { cwd: base, stdio: "pipe" });

describe("a raw file", () => {
  it("holds the value and nothing else, mode 0600, in directories of mode 0700", async () => {
    const sink = fileSink("out/keys/ci.token");
    await sink.try();
    const delivery = await sink.deliver(value);
    expect(await textOf("out/keys/ci.token")).toBe(CANARY);
    expect(await modeOf("out/keys/ci.token")).toBe(0o600);
    expect(await modeOf("out")).toBe(0o700);
    expect(await readdir(at("out/keys"))).toEqual(["ci.token"]);
    expect(delivery).toEqual({ sink: "file", target: "out/keys/ci.token", at: "2026-10-05T00:00:00.000Z" });
  });

  it("is not touched by trying", async () => {
    await fileSink("out/ci.token").try();
    expect(await readdir(base)).toEqual([]);
  });

  it("goes with the directories made for it when it is undone", async () => {
    const sink = fileSink("out/keys/ci.token");
    await sink.deliver(value);
    await sink.undo();
    await sink.undo();
    expect(await readdir(base)).toEqual([]);
  });

  it("keeps a directory in which something else has appeared when it is undone", async () => {
    const sink = fileSink("out/ci.token");
    await sink.deliver(value);
    await writeFile(at("out/other"), "x");
    await sink.undo();
    expect(await readdir(at("out"))).toEqual(["other"]);
  });

  it("gets its previous content back, whatever bytes that was, when it is undone", async () => {
    const bytes = Buffer.of(0xff, 0, 0x41);
    await writeFile(at("ci.token"), bytes);
    const sink = fileSink("ci.token");
    await sink.deliver(value);
    expect(await textOf("ci.token")).toBe(CANARY);
    await sink.undo();
    expect(await readFile(at("ci.token"))).toEqual(bytes);
  });

  it("that somebody has replaced since is left alone when it is undone", async () => {
    const sink = fileSink("ci.token");
    await sink.deliver(value);
    await writeFile(at("ci.token"), "newer");
    await sink.undo();
    expect(await textOf("ci.token")).toBe("newer");
  });

  it("is brought to mode 0600 when it had a wider one", async () => {
    await writeFile(at("ci.token"), "old");
    await chmod(at("ci.token"), 0o644);
    await fileSink("ci.token").deliver(value);
    expect(await modeOf("ci.token")).toBe(0o600);
  });

  it("is confirmed while it holds the value, and SINK_LOST after", async () => {
    const sink = fileSink("ci.token");
    await sink.deliver(value);
    await sink.confirm?.();
    await rm(at("ci.token"));
    await expect(sink.confirm?.()).rejects.toMatchObject({ code: "SINK_LOST" });
  });
});

describe("a dotenv file", () => {
  const write = async (before: string | null, secret = CANARY) => {
    if (before !== null) await writeFile(at(".env"), before);
    const sink = fileSink(".env", dotenv);
    await sink.try();
    await sink.deliver(new Secret(secret));
    return sink;
  };

  it.each([
    ["no file", null, `KEY=${CANARY}\n`],
    ["an empty file", "", `KEY=${CANARY}\n`],
    ["other entries and comments", "# mine\nA=1\n\nB='x y'\n", `# mine\nA=1\n\nB='x y'\nKEY=${CANARY}\n`],
    ["no newline at the end", "A=1", `A=1\nKEY=${CANARY}\n`],
    ["line ends of Windows", "A=1\r\nKEY=old\r\nB=2\r\n", `A=1\r\nKEY=${CANARY}\r\nB=2\r\n`],
    ["an entry of that name", "A=1\nKEY=old\nB=2\n", `A=1\nKEY=${CANARY}\nB=2\n`],
    ["an exported entry", "export KEY=old\n", `export KEY=${CANARY}\n`],
    ["several entries of that name", "KEY=1\nA=1\nKEY=2\n", `A=1\nKEY=${CANARY}\n`],
    ["an entry over several lines", 'KEY="a\nb=c\n"\nB=2\n', `KEY=${CANARY}\nB=2\n`],
    ["the name inside another value", 'A="x\nKEY=no\n"\n', `A="x\nKEY=no\n"\nKEY=${CANARY}\n`],
    ["names that only look alike", "MY_KEY=1\nKEY2=2\n#KEY=3\n", `MY_KEY=1\nKEY2=2\n#KEY=3\nKEY=${CANARY}\n`],
    ["text outside ASCII", "A=grün\n", `A=grün\nKEY=${CANARY}\n`],
  ])("with %s gets just its own entry", async (_name, before, expected) => {
    await write(before);
    expect(await textOf(".env")).toBe(expected);
  });

  it.each([
    ["with blanks and dollars", "a $b `c` #d", "KEY='a $b `c` #d'"],
    ["with an apostrophe", "it's", `KEY="it's"`],
    ["of plain characters", "vck_Ab/9+=.-:", "KEY=vck_Ab/9+=.-:"],
  ])("quotes a value %s so that a shell reads it back", async (_name, secret, expected) => {
    await write(null, secret);
    expect(await textOf(".env")).toBe(`${expected}\n`);
    const read = execFileSync("sh", ["-c", '. ./.env; printf %s "$KEY"'], { cwd: base, encoding: "utf8" });
    expect(read).toBe(secret);
  });

  it.each(["a\nb", `'"`, "a'$b"])("refuses the value %j, which readers do not read alike", async (secret) => {
    await expect(write("A=1\n", secret)).rejects.toMatchObject({ code: "SINK_VALUE" });
    expect(await textOf(".env")).toBe("A=1\n");
  });

  it("has its former entry again when it is undone, though others were written since", async () => {
    const sink = await write("A=1\nKEY=old\n");
    await writeFile(at(".env"), `${await textOf(".env")}B=2\n`);
    await sink.undo();
    expect(await textOf(".env")).toBe("A=1\nKEY=old\nB=2\n");
  });

  it("keeps a newer value of its name when it is undone", async () => {
    const sink = await write(null);
    await writeFile(at(".env"), "KEY=newer\n");
    await sink.undo();
    expect(await textOf(".env")).toBe("KEY=newer\n");
  });
});

describe("a json file", () => {
  it.each([
    ["no file", null, `{\n  "KEY": "${CANARY}"\n}\n`],
    ["an empty object", "{}", `{\n  "KEY": "${CANARY}"\n}`],
    ["other members", '{\n    "A": 1\n}\n', `{\n    "A": 1,\n    "KEY": "${CANARY}"\n}\n`],
    ["one line", '{"A": [1, {"KEY": 2}]}', `{"A": [1, {"KEY": 2}], "KEY": "${CANARY}"}`],
    ["a member of that name", '{"KEY": {"a": [1]} , "B": 2}', `{"KEY": "${CANARY}" , "B": 2}`],
    ["that name twice", '{"KEY": 1, "A": 2, "KEY": 3}', `{ "A": 2, "KEY": "${CANARY}"}`],
    [
      "numbers beyond a double",
      '{"A": 12345678901234567890}',
      `{"A": 12345678901234567890, "KEY": "${CANARY}"}`,
    ],
    ["brackets and quotes in text", '{"A": "}\\"{,:"}', `{"A": "}\\"{,:", "KEY": "${CANARY}"}`],
  ])("with %s gets just its own member", async (_name, before, expected) => {
    if (before !== null) await writeFile(at("keys.json"), before);
    const sink = fileSink("keys.json", json);
    await sink.try();
    await sink.deliver(value);
    expect(await textOf("keys.json")).toBe(expected);
    expect(JSON.parse(expected).KEY).toBe(CANARY);
  });

  it("holds any value", async () => {
    const odd = 'a"b\\c\n\u2028é';
    await fileSink("keys.json", json).deliver(new Secret(odd));
    expect(JSON.parse(await textOf("keys.json")).KEY).toBe(odd);
  });

  it.each(["[]", '{"A": ', "null"])("that holds %s is refused before the value exists", async (before) => {
    await writeFile(at("keys.json"), before);
    await expect(fileSink("keys.json", json).try()).rejects.toMatchObject({ code: "SINK_CONTENT" });
  });

  it("shared by several sinks gets all of their members, and goes when they are undone in reverse", async () => {
    const sinks = ["A", "B", "C", "D"].map((name) => fileSink("keys.json", { format: "json", name }));
    await Promise.all(sinks.map((sink) => sink.deliver(value)));
    expect(Object.keys(JSON.parse(await textOf("keys.json")))).toEqual(["A", "B", "C", "D"]);
    for (const sink of sinks) await sink.confirm?.();
    await Promise.all(sinks.reverse().map((sink) => sink.undo()));
    expect(await readdir(base)).toEqual([]);
  });

  it("shared by several sinks holds none of their values when they are undone in any order", async () => {
    const sinks = ["A", "B", "C"].map((name) => fileSink("keys.json", { format: "json", name }));
    for (const sink of sinks) await sink.deliver(value);
    for (const sink of sinks) await sink.undo();
    expect(JSON.parse(await textOf("keys.json"))).toEqual({});
  });

  it("loses only its own member when it is undone", async () => {
    const [first, second] = ["A", "B"].map((name) => fileSink("keys.json", { format: "json", name }));
    await first?.deliver(value);
    await second?.deliver(value);
    await first?.undo();
    expect(JSON.parse(await textOf("keys.json"))).toEqual({ B: CANARY });
  });
});

describe("a place", () => {
  it.each([
    ["a symbolic link", "SINK_PATH", () => symlink("elsewhere", at("t"))],
    ["a directory", "SINK_PATH", () => mkdir(at("t"))],
    ["a ledger", "SINK_PATH", () => writeFile(at("t"), printLedger(emptyLedger("acme", {})))],
  ])("that is %s is refused, and nothing is written through it", async (_name, code, make) => {
    await make();
    const sink = fileSink("t");
    await expect(sink.try()).rejects.toMatchObject({ code });
    await expect(sink.deliver(value)).rejects.toMatchObject({ code });
    expect(await readdir(base)).toEqual(["t"]);
  });

  it.each([
    ["a file", () => writeFile(at("d"), "")],
    ["a link that leads nowhere", () => symlink("nowhere", at("d"))],
  ])("below %s is refused", async (_name, make) => {
    await make();
    await expect(fileSink("d/t").try()).rejects.toMatchObject({ code: "SINK_PATH" });
  });

  it.each(["", "1A", "A-B", "A B", "__proto__ "])("for an entry named %j is SINK_NAME", async (name) => {
    await expect(fileSink("t", { format: "dotenv", name }).try()).rejects.toMatchObject({
      code: "SINK_NAME",
    });
  });

  it("inside .git is refused even where there is no work tree", async () => {
    await mkdir(at(".git"));
    await expect(fileSink(".git/hooks/post-commit").try()).rejects.toMatchObject({ code: "SINK_PATH" });
  });
});

describe("in a git work tree, a file", () => {
  beforeEach(() => git("init", "--quiet"));

  it("that is not ignored is SINK_GIT_TRACKS, and the hint's line is what makes it pass", async () => {
    const sink = fileSink("out/a b[1].token");
    const refused = await sink.try().then(
      () => null,
      (error: SinkError) => error,
    );
    expect(refused).toMatchObject({ code: "SINK_GIT_TRACKS" });
    const line = /the line "(.+)" to (\S+\.gitignore)/.exec(refused?.hint ?? "");
    expect(line?.[2]).toBe(at(".gitignore"));
    await writeFile(at(".gitignore"), `${line?.[1]}\n`);
    await sink.try();
  });

  it("that is tracked is refused although .gitignore names it", async () => {
    await writeFile(at("t"), "");
    git("add", "t");
    await writeFile(at(".gitignore"), "t\n");
    await expect(fileSink("t").try()).rejects.toMatchObject({
      code: "SINK_GIT_TRACKS",
      hint: expect.stringContaining("git rm --cached t"),
    });
  });

  it("that is ignored with its directory passes before that directory exists", async () => {
    await writeFile(at(".gitignore"), "out/\n");
    const sink = fileSink("out/keys/t");
    await sink.try();
    await sink.deliver(value);
    expect(git("status", "--porcelain", "--untracked-files=all").toString()).toBe("?? .gitignore\n");
  });

  it("that an ignored link leads to is judged by where it really is", async () => {
    await writeFile(at(".gitignore"), "out\n");
    await mkdir(at("src"));
    await symlink("src", at("out"));
    await expect(fileSink("out/t").try()).rejects.toMatchObject({ code: "SINK_GIT_TRACKS" });
  });

  it("is refused when there is no git to ask, and the hint names the line to add", async () => {
    await writeFile(at(".gitignore"), "t\n");
    await expect(fileSink("t", {}, { env: { PATH: at("none") } }).try()).rejects.toMatchObject({
      code: "SINK_GIT_UNKNOWN",
      hint: expect.stringMatching(/"\/t" to .*\.gitignore/),
    });
  });

  it("is judged by its own work tree also where a hook's variables point to another", async () => {
    const env = { ...process.env, GIT_DIR: at("elsewhere"), GIT_WORK_TREE: at("elsewhere") };
    await expect(fileSink("t", {}, { env }).try()).rejects.toMatchObject({ code: "SINK_GIT_TRACKS" });
  });

  it("is refused when git cannot read the repository", async () => {
    await writeFile(at(".git/config"), "[broken");
    await expect(fileSink("t").try()).rejects.toMatchObject({ code: "SINK_GIT_UNKNOWN" });
  });
});

describe("stdout", () => {
  const shown: [string, Secret][] = [];
  const print = (address: string, secret: Secret) => void shown.push([address, secret]);
  const stdout = (more: Partial<SinkContext>) =>
    openSink({ stdout: {} }, context({ revealed: true, terminal: true, print, ...more }));
  beforeEach(() => void shown.splice(0));

  it("shows the value once to a terminal when the run reveals that address", async () => {
    const sink = stdout({});
    await sink.try();
    expect(await sink.deliver(value)).toMatchObject({ sink: "stdout", target: "terminal" });
    expect(shown).toEqual([["vercel.key.ci", value]]);
  });

  it.each([
    ["not revealed", "SINK_NOT_REVEALED", { revealed: false }],
    ["no terminal", "SINK_NO_TERMINAL", { terminal: false }],
    ["under CI, though it is a terminal", "SINK_NO_TERMINAL", { ci: true }],
  ] satisfies [string, string, Partial<SinkContext>][])(
    "that is %s is %s and shows nothing",
    async (_n, code, more) => {
      await expect(stdout(more).try()).rejects.toMatchObject({ code });
      await expect(stdout(more).deliver(value)).rejects.toMatchObject({ code });
      expect(shown).toEqual([]);
    },
  );

  it.each(["vck_\u001b]52;c;cm0=\u0007", "vck_1\nvck_2", "vck_\u202e1"])(
    "shows no value that would act on the terminal: %j",
    async (text) => {
      await expect(stdout({}).deliver(new Secret(text))).rejects.toMatchObject({ code: "SINK_VALUE" });
      expect(shown).toEqual([]);
    },
  );
});

describe("opening all sinks of a resource", () => {
  const setting = (terminal: boolean, reveal: string[]) => {
    const {
      address: _,
      revealed: __,
      cwd: ___,
      resolve: ____,
      network: _____,
      ...rest
    } = context({ terminal });
    return { ...rest, reveal };
  };

  it("reports the problems of all of them, with the address", async () => {
    await mkdir(at("d"));
    const sinks: Sink[] = [{ stdout: {} }, { file: { path: at("d"), format: "raw" } }];
    const { problems } = await openSinks(
      "vercel.key.ci",
      sinks,
      setting(true, ["vercel.key.other"]),
      sinkRun(base),
    );
    expect(problems.map(({ code, address }) => [code, address])).toEqual([
      ["SINK_NOT_REVEALED", "vercel.key.ci"],
      ["SINK_PATH", "vercel.key.ci"],
    ]);
  });

  it("gives a driver for each, where every sink takes the value", async () => {
    const sinks: Sink[] = [{ stdout: {} }, { file: { path: at("t"), format: "raw" } }];
    const opened = await openSinks("vercel.key.ci", sinks, setting(true, ["vercel.key.ci"]), sinkRun(base));
    expect(opened.problems).toEqual([]);
    expect(opened.sinks).toHaveLength(2);
  });
});

describe("errors", () => {
  it("hold neither the value nor what was in the file", async () => {
    await writeFile(at("broken.json"), `{"OTHER": "${CANARY}`);
    await writeFile(at(".env"), "A=1\n");
    const sinks = [
      [fileSink("broken.json", json), value],
      [fileSink(".env", dotenv), new Secret(`${CANARY}'"`)],
    ] as const;
    for (const [sink, secret] of sinks) {
      const error = await sink.deliver(secret).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(SinkError);
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(CANARY.slice(0, 8));
    }
  });
});
