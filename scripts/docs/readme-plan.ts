// The plan that README.md shows: made by running the product on examples/quickstart against the reference server.

import { join } from "node:path";
import { openLedger } from "../../src/app/open-ledger.ts";
import { openStack, planStack } from "../../src/app/stack.ts";
import { loadConfig } from "../../src/config/load.ts";
import { openNetwork } from "../../src/provider/network.ts";
import { providers } from "../../src/providers/index.ts";
import { startReferenceServer } from "../../src/reference-server/index.ts";
import { renderPlanText } from "../../src/render/plan-text.ts";
import { PLAIN } from "../../src/render/style.ts";

/** The text of `gateform plan`, on a first run, in examples/quickstart. */
export async function quickstartPlan(root: string): Promise<string> {
  const server = await startReferenceServer();
  try {
    const { cloudflare, vercel } = server.connection;
    const cwd = join(root, "examples/quickstart");
    const env = {
      CLOUDFLARE_BASE_URL: cloudflare.base_url,
      CLOUDFLARE_ACCOUNT_ID: cloudflare.account_id,
      CLOUDFLARE_API_TOKEN: cloudflare.api_token,
      VERCEL_BASE_URL: vercel.base_url,
      VERCEL_TEAM: vercel.team,
      VERCEL_TOKEN: vercel.token,
      OPENAI_API_KEY: "sk-of-nobody-0123456789",
    };
    const { config, diagnostics } = await loadConfig({
      files: [],
      cwd,
      env,
      envAllow: [],
      providers,
      lenientEnv: false,
    });
    if (config === undefined) throw new Error(`examples/quickstart: ${JSON.stringify(diagnostics)}`);
    const network = openNetwork({ env: {}, parallelism: 4 });
    const backend = openLedger(config.ledger, { env, cwd, command: "docs", warn: console.error, network });
    const { stack, diagnostics: problems } = await openStack(
      { config, providers, backend, network, env, cwd, parallelism: 4, now: Date.now },
      null,
      "read",
    );
    if (stack === undefined) throw new Error(`examples/quickstart: ${JSON.stringify(problems)}`);
    try {
      const { plan } = await planStack(stack, null, { adopt: false, allow_deletes: 0, destroy: false });
      return renderPlanText(plan, { style: PLAIN, rules: stack.rules, verbose: false });
    } finally {
      await stack.close();
    }
  } finally {
    await server.close();
  }
}

const BLOCK = /(<!-- plan of examples\/quickstart -->\n\n```text\n)[\s\S]*?(```\n)/;

/** README.md with this plan in its place. */
export function withPlan(readme: string, plan: string): string {
  if (!BLOCK.test(readme)) throw new Error("README.md has no place for the plan");
  return readme.replace(BLOCK, (_, head: string, tail: string) => `${head}${plan.trimEnd()}\n${tail}`);
}
