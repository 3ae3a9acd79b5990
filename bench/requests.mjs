// Requests and wall time of a no-op `plan` over 20 Cloudflare gateways with five provider configs and five dynamic
// routes each, against the bundled reference server: as fast as it answers, and with a network's latency.
//
//   npm run build && node bench/requests.mjs [0 100]     milliseconds of latency

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cloudflareEnv, control, expectOk, median, startServer } from "./harness.mjs";

const GATEWAYS = 20;
const IN_EACH = 5;
const RUNS = 5;

const GRAPH = [
  { id: "start", type: "start", outputs: { next: "model" } },
  {
    id: "model",
    type: "model",
    properties: { provider: "openai", model: "gpt-5.1", timeout: 30000, retries: 0 },
    outputs: { success: "end", fallback: "end" },
  },
  { id: "end", type: "end" },
];

const times = (count, prefix, make) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, make(index)]));

/** JSON is YAML. */
const FILE = JSON.stringify({
  version: 1,
  stack: "bench",
  cloudflare: {
    account_id: "${env:CLOUDFLARE_ACCOUNT_ID}",
    gateways: times(GATEWAYS, "gw", () => ({
      authentication: true,
      provider_configs: times(IN_EACH, "p", (index) => ({
        provider_slug: "openai",
        alias: `a${index}`,
        secret: { env: "BENCH_PROVIDER_KEY" },
      })),
      routes: times(IN_EACH, "r", () => ({ elements: GRAPH })),
    })),
  },
});

const directory = mkdtempSync(join(tmpdir(), "gateform-bench-"));
const { child, connection } = await startServer();
try {
  const env = {
    ...cloudflareEnv(connection),
    BENCH_PROVIDER_KEY: "bench-0123456789abcdefghijklmnopqrstuvwxyz",
  };
  const options = { cwd: directory, env };
  writeFileSync(join(directory, "gateform.yaml"), FILE);
  await expectOk(["apply", "--auto-approve", "--new-ledger"], options);
  console.log("| latency | requests | seconds (median, min–max) |\n|---|---|---|");
  const latencies = process.argv.slice(2).map(Number);
  for (const ms of latencies.length > 0 ? latencies : [0, 100]) {
    await control(connection, "DELETE", "/faults");
    if (ms > 0) await control(connection, "POST", "/faults", { effect: { kind: "latency", ms } });
    const seconds = [];
    let requests = 0;
    for (let index = 0; index < RUNS; index++) {
      await control(connection, "DELETE", "/requests");
      const result = await expectOk(["plan"], options);
      if (!result.output.includes("No changes")) throw new Error(`the plan is not empty:\n${result.output}`);
      seconds.push(result.seconds);
      requests = (await control(connection, "GET", "/requests")).length;
    }
    const shown = `${median(seconds).toFixed(2)} (${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)})`;
    console.log(`| ${ms} ms | ${requests} | ${shown} |`);
  }
} finally {
  child.kill();
  rmSync(directory, { recursive: true, force: true });
}
