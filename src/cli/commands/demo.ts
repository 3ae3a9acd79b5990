// `gateform demo`: the main job in a minute. Plays examples/quickstart in a directory of its own against the
// reference server, through the same commands that a person types.

import { spawn } from "node:child_process";
import { cp, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Connection, startReferenceServer } from "../../reference-server/index.ts";
import type { Run } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";

interface Scene {
  /** Said before it happens. */
  readonly say: string;
  readonly args: readonly string[];
  /** Exit code that it must end with. */
  readonly expect: number;
}

const BEFORE: readonly Scene[] = [
  { say: "Check the file. This needs no network and no secrets.", args: ["validate"], expect: 0 },
  { say: "See what would be done. A plan reads and never writes.", args: ["plan"], expect: 0 },
  {
    say: "Do it. Afterwards gateform reads everything back and plans again, to prove that nothing is left to do.",
    args: ["apply", "--auto-approve", "--new-ledger"],
    expect: 0,
  },
  {
    say: "Plan again. With --detailed-exitcode, 0 means no changes.",
    args: ["plan", "--detailed-exitcode"],
    expect: 0,
  },
];

const AFTER: readonly Scene[] = [
  { say: "A cron job finds that: exit code 2 is drift.", args: ["drift"], expect: 2 },
  { say: "Put it back.", args: ["apply", "--auto-approve"], expect: 0 },
  { say: "And nothing is left to do.", args: ["plan", "--detailed-exitcode"], expect: 0 },
];

export const demo: Run = async (io) => {
  // The entry file, not this chunk; npm's link to it is followed.
  const cli = await realpath(process.argv[1] ?? "");
  const example = join(dirname(cli), "..", "examples", "quickstart");
  const directory = await mkdtemp(join(tmpdir(), "gateform-demo-"));
  const server = await startReferenceServer();
  const { signal, release } = stopSignal();
  try {
    await cp(join(example, "gateform.yaml"), join(directory, "gateform.yaml"));
    const stage: Stage = { io, cli, directory, connection: server.connection, signal };
    introduce(io, directory);
    for (const scene of BEFORE) await play(stage, scene);
    await changeBehindOurBack(stage);
    for (const scene of AFTER) await play(stage, scene);
    say(
      io,
      "That was it. The file is examples/quickstart/gateform.yaml; `gateform serve` is the same server to try.",
    );
    return 0;
  } finally {
    release();
    await server.close();
    await rm(directory, { recursive: true, force: true });
  }
};

interface Stage {
  readonly io: Io;
  readonly cli: string;
  readonly directory: string;
  readonly connection: Connection;
  /** Fires at Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
}

function introduce(io: Io, directory: string): void {
  io.out(
    `${io.outStyle.bold("gateform demo")}: one file for Cloudflare AI Gateway and Vercel AI Gateway.\nA local server plays both vendors; the file is a copy of examples/quickstart in ${directory}.\n`,
  );
}

function say({ out, outStyle }: Io, text: string): void {
  out(`\n${outStyle.cyan("▌")} ${outStyle.bold(text)}\n`);
}

async function play(stage: Stage, { say: sentence, args, expect }: Scene): Promise<void> {
  const { io, signal } = stage;
  say(io, sentence);
  io.out(`${io.outStyle.dim("$")} gateform ${args.join(" ")}\n\n`);
  const code = signal.aborted ? null : await runCli(stage, args);
  if (signal.aborted) throw new Failure("INTERRUPTED", "the demo was ended before its end");
  if (code === expect) {
    if (code !== 0) io.out(`${io.outStyle.dim(`exit code ${code}`)}\n`);
    return;
  }
  throw new Failure("DEMO_FAILED", `gateform ${args[0]} ended with exit code ${code}; expected ${expect}`);
}

/** Runs the command line as a person would, with the server's settings in the environment. */
function runCli(
  { cli, directory, connection, io, signal }: Stage,
  args: readonly string[],
): Promise<number | null> {
  const { cloudflare, vercel } = connection;
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: directory,
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...io.env,
      CLOUDFLARE_BASE_URL: cloudflare.base_url,
      CLOUDFLARE_ACCOUNT_ID: cloudflare.account_id,
      CLOUDFLARE_API_TOKEN: cloudflare.api_token,
      CLOUDFLARE_API_KEY: "",
      VERCEL_BASE_URL: vercel.base_url,
      VERCEL_TEAM: vercel.team,
      VERCEL_TOKEN: vercel.token,
      OPENAI_API_KEY: "sk-demo-this-is-no-real-key",
      ...(io.debug ? { GATEFORM_DEBUG: "1" } : {}),
      // The server is on this machine, where a proxy would not find it.
      NO_PROXY: "*",
      no_proxy: "*",
    },
  });
  const stop = (): void => void child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      signal.removeEventListener("abort", stop);
      resolve(code);
    });
  });
}

/** What somebody may do in the dashboard: a PUT, which replaces the whole gateway. */
async function changeBehindOurBack({ io, connection: { cloudflare } }: Stage): Promise<void> {
  say(io, "Now somebody turns off the gateway's authentication in Cloudflare's dashboard …");
  const url = `${cloudflare.base_url}/accounts/${cloudflare.account_id}/ai-gateway/gateways/support`;
  const headers = { authorization: `Bearer ${cloudflare.api_token}`, "content-type": "application/json" };
  const answer = await fetch(url, { headers });
  const { result } = (await answer.json()) as { readonly result: object }; // our own server answers in this shape
  const body = JSON.stringify({ ...result, authentication: false });
  const written = await fetch(url, { method: "PUT", headers, body });
  if (!written.ok) throw new Failure("DEMO_FAILED", `the server answered ${written.status} to the change`);
  io.out(`${io.outStyle.dim("#")} PUT /ai-gateway/gateways/support { …, "authentication": false }\n`);
}

/** Keeps this process alive through a signal until the server is closed and the directory gone. */
function stopSignal(): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return {
    signal: controller.signal,
    release: () => void process.off("SIGINT", stop).off("SIGTERM", stop),
  };
}
