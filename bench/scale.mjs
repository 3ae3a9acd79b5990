// Makes a file of N resources and measures `validate` and a no-op `plan` on it: wall time and peak memory of the
// whole process, against the bundled reference server seeded with the same resources.
//
//   npm run build && node bench/scale.mjs [1000 10000]
//
// Half of the resources are rules; 20 gateways hold a quarter as provider configs, the rest are keys.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cloudflareEnv, control, expectOk, median, startServer } from "./harness.mjs";

const GATEWAYS = 20;
const RUNS = 5;

/** Numbers of each kind in a file of `total` resources. */
function shares(total) {
  const rules = Math.floor(total / 2);
  const perGateway = Math.floor((total - rules) / 2 / GATEWAYS);
  return { rules, perGateway, keys: total - rules - GATEWAYS - perGateway * GATEWAYS };
}

function yamlOf(total) {
  const { rules, keys, perGateway } = shares(total);
  const lines = [
    "version: 1",
    "stack: bench",
    "cloudflare:",
    "  account_id: ${env:CLOUDFLARE_ACCOUNT_ID}",
    "  gateways:",
  ];
  for (let g = 0; g < GATEWAYS; g++) {
    lines.push(
      `    gw${g}:`,
      "      authentication: true",
      "      cache_ttl: 300",
      "      provider_configs:",
    );
    for (let c = 0; c < perGateway; c++) {
      lines.push(
        `        p${c}: { provider_slug: openai, alias: a${c}, secret: { env: BENCH_PROVIDER_KEY } }`,
      );
    }
  }
  lines.push("vercel:", "  team: acme", "  keys:");
  for (let k = 0; k < keys; k++) {
    lines.push(
      `    k${k}: { budget: { limit: 50, refresh_period: monthly }, deliver: [{ file: { path: keys/k${k} } }] }`,
    );
  }
  lines.push("  rules:");
  for (let r = 0; r < rules; r++) {
    lines.push(
      `    r${r}: { type: rewrite, source: bench/m${r}, destination: bench/t${r % 50}, reason: cost }`,
    );
  }
  return `${lines.join("\n")}\n`;
}

/** Puts `total` resources into the server: copies of the one of each kind that a real apply has made. */
async function seed(connection, total) {
  const state = await control(connection, "GET", "/state");
  const { rules, keys, perGateway } = shares(total);
  const [gateway] = state.cloudflare.gateways;
  const [config] = state.cloudflare.provider_configs;
  const [secret] = state.cloudflare.secrets;
  const [key] = state.vercel.keys;
  const [rule] = state.vercel.rules;
  const times = (count, make) => Array.from({ length: count }, (_, index) => make(index));
  const pairs = times(GATEWAYS, (g) => times(perGateway, (c) => ({ g, c }))).flat();
  const hex = (index) => index.toString(16).padStart(32, "0");
  await control(connection, "PUT", "/state", {
    cloudflare: {
      gateways: times(GATEWAYS, (g) => ({ ...gateway, id: `gw${g}` })),
      provider_configs: pairs.map(({ g, c }, index) => ({
        ...config,
        id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
        gateway_id: `gw${g}`,
        alias: `a${c}`,
        default_config: false,
        secret_id: hex(index + 1),
      })),
      secrets: pairs.map(({ g, c }, index) => ({
        ...secret,
        id: hex(index + 1),
        name: `gw${g}_openai_a${c}`,
      })),
    },
    vercel: {
      keys: times(keys, (k) => {
        const id = `key_${String(k).padStart(24, "0")}`;
        return {
          ...key,
          id,
          name: `k${k}`,
          position: k + 1,
          secret: `${key.secret.slice(0, -12)}${String(k).padStart(12, "0")}`,
          partialKey: String(k).padStart(4, "0").slice(-4),
          quota: { ...key.quota, quotaEntityId: `api_key_id_${id}` },
        };
      }),
      rules: times(rules, (r) => ({
        ...rule,
        ruleId: `rule_${String(r).padStart(24, "0")}`,
        match: { model: `bench/m${r}` },
        action: { rewriteModel: `bench/t${r % 50}`, reason: "cost" },
      })),
    },
  });
}

const TEMPLATE = `version: 1
stack: template
cloudflare:
  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}
  gateways:
    gw0:
      authentication: true
      cache_ttl: 300
      provider_configs:
        p0: { provider_slug: openai, alias: a0, secret: { env: BENCH_PROVIDER_KEY } }
vercel:
  team: acme
  keys:
    k0: { budget: { limit: 50, refresh_period: monthly }, deliver: [{ file: { path: k0.key } }] }
  rules:
    r0: { type: rewrite, source: bench/m0, destination: bench/t0, reason: cost }
`;

async function measureOne(total) {
  const directory = mkdtempSync(join(tmpdir(), "gateform-bench-"));
  const { child, connection } = await startServer();
  try {
    const env = {
      ...cloudflareEnv(connection),
      VERCEL_TOKEN: connection.vercel.token,
      VERCEL_BASE_URL: connection.vercel.base_url,
      BENCH_PROVIDER_KEY: "bench-0123456789abcdefghijklmnopqrstuvwxyz",
    };
    const template = join(directory, "template");
    mkdirSync(template);
    writeFileSync(join(template, "gateform.yaml"), TEMPLATE);
    await expectOk(["apply", "--auto-approve", "--new-ledger"], { cwd: template, env });
    await seed(connection, total);
    writeFileSync(join(directory, "gateform.yaml"), yamlOf(total));
    const adopt = await expectOk(["apply", "--adopt", "--auto-approve", "--new-ledger"], {
      cwd: directory,
      env,
    });
    const validate = [];
    const plan = [];
    for (let index = 0; index < RUNS; index++) {
      validate.push(await expectOk(["validate"], { cwd: directory, env }));
      plan.push(await expectOk(["plan"], { cwd: directory, env }));
    }
    if (!plan.every((result) => result.output.includes("No changes")))
      throw new Error(`the plan is not empty:\n${plan[0].output.slice(-2000)}`);
    return { total, adopt: [adopt], validate, plan };
  } finally {
    child.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

const sizes = process.argv.slice(2).map(Number);
console.log("| resources | command | seconds (median, min–max) | peak MiB |\n|---|---|---|---|");
for (const total of sizes.length > 0 ? sizes : [1000, 10_000]) {
  const result = await measureOne(total);
  for (const command of ["validate", "plan", "adopt"]) {
    const seconds = result[command].map((one) => one.seconds);
    const shown = `${median(seconds).toFixed(2)} (${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)})`;
    console.log(
      `| ${total} | ${command} | ${shown} | ${Math.round(median(result[command].map((one) => one.memory)))} |`,
    );
  }
}
