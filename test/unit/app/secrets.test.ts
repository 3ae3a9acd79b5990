import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type ResolvedSecret,
  resolveSecret,
  type SecretContext,
  secretResolver,
} from "../../../src/app/secrets.ts";
import type { SecretSource } from "../../../src/base/expression.ts";

const CANARY = "canary-7Qm2vB9sT4wZ8aLrN6cE1dF";
let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "gateform-secrets-"));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const context = (more: Partial<SecretContext> = {}): SecretContext => ({
  env: {},
  cwd,
  allowCommand: true,
  ...more,
});
const node = (script: string, ...args: string[]): SecretSource => ({
  command: [process.execPath, "-e", script, ...args],
});
const value = (read: ResolvedSecret) => ("secret" in read ? read.secret.reveal() : read.problem.code);
const file = async (content: string | Uint8Array): Promise<SecretSource> => {
  await writeFile(join(cwd, "key"), content);
  return { file: "key" };
};

describe("a secret from the environment", () => {
  it("is the variable's value, blanks and all", async () => {
    expect(value(await resolveSecret({ env: "KEY" }, context({ env: { KEY: ` ${CANARY} ` } })))).toBe(
      ` ${CANARY} `,
    );
  });

  it.each([
    ["not set", {}],
    ["empty", { KEY: "" }],
  ])("that is %s is SECRET_MISSING and says so", async (words, env) => {
    const read = await resolveSecret({ env: "KEY" }, context({ env }));
    expect("problem" in read && read.problem).toMatchObject({
      code: "SECRET_MISSING",
      message: expect.stringMatching(new RegExp(`KEY is ${words}`)),
    });
  });

  it("that is larger than 64 KiB in bytes is SECRET_TOO_LARGE", async () => {
    const read = (bytes: number) =>
      resolveSecret({ env: "KEY" }, context({ env: { KEY: "é".repeat(bytes / 2) } }));
    expect(value(await read(65_538))).toBe("SECRET_TOO_LARGE");
    expect(value(await read(65_536))).toHaveLength(32_768);
  });

  it("is never an inherited member of the environment object", async () => {
    expect(value(await resolveSecret({ env: "constructor" }, context()))).toBe("SECRET_MISSING");
  });
});

describe("a secret from a file", () => {
  it.each([
    ["one newline", `${CANARY}\n`, CANARY],
    ["one newline of Windows", `${CANARY}\r\n`, CANARY],
    ["only the last newline", `${CANARY}\n\n`, `${CANARY}\n`],
    ["nothing where there is none", CANARY, CANARY],
  ])("loses %s", async (_name, content, expected) => {
    expect(value(await resolveSecret(await file(content), context()))).toBe(expected);
  });

  it("is read through a link, as mounted secrets are", async () => {
    await file(CANARY);
    await symlink("key", join(cwd, "link"));
    expect(value(await resolveSecret({ file: "link" }, context()))).toBe(CANARY);
  });

  it.each([
    ["absent", "SECRET_MISSING", async () => ({ file: "none" })],
    ["empty", "SECRET_MISSING", () => file("")],
    ["a newline only", "SECRET_MISSING", () => file("\n")],
    ["larger than 64 KiB", "SECRET_TOO_LARGE", () => file("x".repeat(65_537))],
    ["not UTF-8", "SECRET_UNREADABLE", () => file(Uint8Array.of(0xff, 0xfe, 0x41))],
    [
      "a directory",
      "SECRET_UNREADABLE",
      async () => {
        await mkdir(join(cwd, "dir"));
        return { file: "dir" };
      },
    ],
  ] satisfies [string, string, () => Promise<SecretSource>][])(
    "that is %s is %s and named",
    async (_name, code, make) => {
      const source = await make();
      const read = await resolveSecret(source, context());
      expect("problem" in read && read.problem).toMatchObject({
        code,
        message: expect.stringContaining("file" in source ? source.file : ""),
      });
    },
  );

  it.runIf(process.platform === "linux")(
    "is never what the system shows of processes, by a link neither: all variables of the run are there",
    async () => {
      await symlink("/proc/self/environ", join(cwd, "link"));
      for (const path of ["/proc/self/environ", "link"])
        expect(value(await resolveSecret({ file: path }, context()))).toBe("SECRET_UNREADABLE");
    },
  );

  it("is never inside .git, by a link neither: checkouts of a CI keep a token there", async () => {
    await mkdir(join(cwd, ".git"));
    await writeFile(join(cwd, ".git/config"), CANARY);
    await symlink(".git/config", join(cwd, "link"));
    for (const path of [".git/config", "link"])
      expect(value(await resolveSecret({ file: path }, context()))).toBe("SECRET_UNREADABLE");
  });

  it.runIf(process.getuid?.() !== 0)("that may not be read is SECRET_UNREADABLE", async () => {
    const source = await file(CANARY);
    await chmod(join(cwd, "key"), 0);
    expect(value(await resolveSecret(source, context()))).toBe("SECRET_UNREADABLE");
  });
});

describe("a secret from a command", () => {
  it("is its output without the newline at the end", async () => {
    expect(value(await resolveSecret(node(`console.log("${CANARY}")`), context()))).toBe(CANARY);
  });

  it("gets its arguments as they are, through no shell", async () => {
    const source = node("process.stdout.write(process.argv[1])", '$(id); `id` && "x" *');
    expect(value(await resolveSecret(source, context()))).toBe('$(id); `id` && "x" *');
  });

  it("is not run where commands are not allowed", async () => {
    const source = node(`require("fs").writeFileSync("ran", "")`);
    expect(value(await resolveSecret(source, context({ allowCommand: false })))).toBe(
      "SECRET_COMMAND_NOT_RUN",
    );
    await expect(readFile(join(cwd, "ran"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it.each([
    ["its exit code", node("process.exit(7)"), /exit code 7/],
    ["the signal that ended it", node("process.kill(process.pid, 'SIGTERM')"), /SIGTERM/],
    ["that there is no such program", { command: ["gateform-no-such-program"] }, /no such program/],
  ] satisfies [string, SecretSource, RegExp][])(
    "that fails names the program and %s",
    async (_name, source, words) => {
      const read = await resolveSecret(source, context());
      expect("problem" in read && read.problem).toMatchObject({
        code: "SECRET_COMMAND_FAILED",
        message: expect.stringMatching(words),
      });
      expect("problem" in read && read.problem.message).toContain(
        (source as { command: string[] }).command[0],
      );
    },
  );

  it("that does not end in time is stopped", async () => {
    const read = await resolveSecret(node("setInterval(() => {}, 1e6)"), context({ commandTimeout: 100 }));
    expect("problem" in read && read.problem.message).toMatch(/within 0\.1 seconds/);
  });

  it("is stopped together with what it has started", async () => {
    // The grandchild connects to us; its end is seen as the end of that connection.
    const interrupt = new AbortController();
    const server = createServer().listen(join(cwd, "socket"));
    const grandchild = `require("net").connect(process.argv[1]).on("error", () => {})`;
    const command = `require("child_process").spawn(process.execPath, ["-e", process.argv[1], process.argv[2]], { stdio: "inherit" }); setInterval(() => {}, 1e6)`;
    const source = node(command, grandchild, join(cwd, "socket"));
    const read = resolveSecret(source, context({ signal: interrupt.signal }));
    const [connection] = (await once(server, "connection")) as [Socket];
    const ended = once(connection.resume(), "close");
    interrupt.abort();
    await read;
    await ended;
    server.close();
  });

  it("is stopped when the run is interrupted, also when that happened before it began", async () => {
    const interrupt = new AbortController();
    const read = resolveSecret(node("setInterval(() => {}, 1e6)"), context({ signal: interrupt.signal }));
    interrupt.abort();
    expect(value(await read)).toBe("SECRET_COMMAND_FAILED");
    expect(value(await resolveSecret(node("0"), context({ signal: interrupt.signal })))).toBe(
      "SECRET_COMMAND_FAILED",
    );
  });

  it("that prints more than 64 KiB is SECRET_TOO_LARGE without waiting for the rest", async () => {
    const endless = `setInterval(() => process.stdout.write("x".repeat(65536)), 1)`;
    expect(value(await resolveSecret(node(endless), context()))).toBe("SECRET_TOO_LARGE");
  });
});

describe("problems", () => {
  it("hold neither values nor what a command printed nor its arguments", async () => {
    const reads = await Promise.all([
      resolveSecret(node(`console.log("${CANARY}"); console.error("${CANARY}"); process.exit(1)`), context()),
      resolveSecret(node("0", `${CANARY}\0`), context()),
      resolveSecret(await file(Buffer.concat([Buffer.from(CANARY), Buffer.of(0xff)])), context()),
      resolveSecret(node(`process.stdout.write("${CANARY}".repeat(4000))`), context()),
    ]);
    for (const read of reads) {
      expect("problem" in read).toBe(true);
      expect(inspect(read, { depth: 9 })).not.toContain(CANARY.slice(0, 8));
    }
  });

  it("are not the only thing that hides values: a resolved secret prints as a placeholder", async () => {
    const read = await resolveSecret({ env: "KEY" }, context({ env: { KEY: CANARY } }));
    expect(`${inspect(read)} ${JSON.stringify(read)}`).not.toContain(CANARY.slice(0, 8));
  });
});

describe("a resolver", () => {
  it("reads each source once, so that a run sees one value", async () => {
    const resolver = secretResolver(context());
    const source = await file("first");
    expect(value(await resolver.resolve(source))).toBe("first");
    await file("second");
    expect(value(await resolver.resolve({ file: "key" }))).toBe("first");
    expect((await resolver.readForFingerprint(source))?.reveal()).toBe("first");
  });

  it("gives for comparison only what is at hand, and runs nothing for it", async () => {
    const resolver = secretResolver(context({ env: { KEY: CANARY } }));
    expect((await resolver.readForFingerprint({ env: "KEY" }))?.reveal()).toBe(CANARY);
    expect(await resolver.readForFingerprint({ env: "NONE" })).toBeUndefined();
    expect(await resolver.readForFingerprint(node(`require("fs").writeFileSync("ran", "")`))).toBeUndefined();
    await expect(readFile(join(cwd, "ran"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});
