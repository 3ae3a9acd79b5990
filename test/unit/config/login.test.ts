// Credentials in a file: which can stand together, and what may be read from the environment for them.

import { expect, test } from "vitest";
import { loadTexts } from "../../../src/config/load.ts";
import { providers } from "../../../src/providers/index.ts";

function load(block: string, envAllow: readonly string[] = []) {
  const text = `version: 1\nstack: s\ncloudflare:\n  account_id: a\n${block}`;
  const env = { CLOUDFLARE_EMAIL: "ops@acme.example", CLOUDFLARE_API_KEY: "k", CLOUDFLARE_API_TOKEN: "t" };
  return loadTexts({ cwd: "/", env, envAllow, providers, lenientEnv: false }, [
    { name: "f.yaml", directory: "/", text },
  ]);
}

test.each([
  ["api_key", "  api_key: { env: K }\n"],
  ["api_email", "  api_email: me@acme.example\n"],
  ["api_email and api_key", "  api_email: me@acme.example\n  api_key: { env: K }\n"],
])("an API token beside %s is an error that points at it and says what to keep", (names, more) => {
  const { config, diagnostics } = load(`  api_token: { env: T }\n${more}`);
  expect(config).toBeUndefined();
  expect(diagnostics).toMatchObject([
    { code: "TWO_CREDENTIALS", severity: "error", position: { column: 3 } },
  ]);
  expect(diagnostics[0]?.hint).toContain(`take out api_token, or ${names}`);
  expect([5, 6, 7]).toContain(diagnostics[0]?.position?.line);
});

test("an e-mail with or without a key, a key alone and a token alone are fine", () => {
  for (const block of [
    "  api_email: me@acme.example\n",
    "  api_email: me@acme.example\n  api_key: { file: key }\n",
    "  api_key: { command: [op, read, x] }\n",
    "  api_token: { env: T }\n",
  ])
    expect(load(block).diagnostics).toEqual([]);
});

test("a Global API key written out is refused, and its line not shown", () => {
  const { diagnostics } = load("  api_key: 144c9defac04969c7bfad8efaa8ea194\n");
  expect(diagnostics.map(({ code }) => code)).toEqual(["LITERAL_SECRET"]);
  expect(JSON.stringify(diagnostics)).not.toContain("144c9def");
});

test("the variable of the e-mail is read where whoever runs it allows that, and otherwise need not be", () => {
  const block = "  api_email: ${env:CLOUDFLARE_EMAIL}\n";
  const { diagnostics } = load(block);
  expect(diagnostics.map(({ code }) => code)).toEqual(["ENV_NOT_ALLOWED"]);
  expect(diagnostics[0]?.hint).toContain("stands for cloudflare.api_email");
  expect(load(block, ["CLOUDFLARE_*"]).config?.providers.cloudflare?.settings.api_email).toBe(
    "ops@acme.example",
  );
});

test.each(["CLOUDFLARE_API_KEY", "CLOUDFLARE_API_TOKEN"])(
  "%s is never read into a value, whatever is allowed",
  (name) => {
    const { diagnostics } = load(`  api_email: \${env:${name}}\n`, ["*"]);
    expect(diagnostics.map(({ code }) => code)).toContain("ENV_IS_SECRET");
  },
);

test("the ledger's server never gets the Global API key", () => {
  const { diagnostics } = load(
    "ledger: { http: { address: https://x.example/state, token: { env: CLOUDFLARE_API_KEY } } }\n",
  );
  expect(diagnostics.map(({ code }) => code)).toEqual(["LEDGER_CREDENTIAL"]);
});
