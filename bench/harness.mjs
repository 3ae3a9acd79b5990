// What the benchmarks have in common: the built command line as a process, and the bundled reference server.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

const PEAK = `data:text/javascript,${encodeURIComponent(
  'import{writeFileSync as w}from"node:fs";process.on("exit",()=>w(process.env.BENCH_PEAK,String(process.resourceUsage().maxRSS)))',
)}`;

/** Runs the command line to its end. @returns wall seconds, peak memory in MiB, exit code and output. */
function run(args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    const peak = join(cwd, "peak.txt");
    const started = process.hrtime.bigint();
    const child = spawn(process.execPath, ["--import", PEAK, cli, ...args], {
      cwd,
      env: { ...env, BENCH_PEAK: peak },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
      });
    }
    child.on("error", reject);
    child.on("close", (code) => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      resolve({ code, output, seconds, memory: Number(readFileSync(peak, "utf8")) / 1024 });
    });
  });
}

/** The same for a run that must succeed. */
export async function expectOk(args, options) {
  const result = await run(args, options);
  if (result.code !== 0)
    throw new Error(`gateform ${args.join(" ")} ended with ${result.code}:\n${result.output.slice(0, 4000)}`);
  return result;
}

/** Starts the bundled reference server on a free port. */
export function startServer() {
  const child = spawn(process.execPath, [cli, "serve", "--port", "0", "--output", "json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    createInterface({ input: child.stdout }).once("line", (line) =>
      resolve({ child, connection: JSON.parse(line) }),
    );
  });
}

/** A request at the server's control endpoints. */
export async function control(connection, method, path, body) {
  const response = await fetch(`${connection.control_url}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  const text = await response.text();
  return text === "" ? undefined : JSON.parse(text);
}

/** What a run needs to reach the server's Cloudflare half. */
export function cloudflareEnv({ cloudflare }) {
  return {
    PATH: process.env.PATH,
    CLOUDFLARE_ACCOUNT_ID: cloudflare.account_id,
    CLOUDFLARE_API_TOKEN: cloudflare.api_token,
    CLOUDFLARE_BASE_URL: cloudflare.base_url,
  };
}

export const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
