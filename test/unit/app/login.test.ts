// Which credential a run uses, of those that files and environment have: with the provider that takes two kinds.

import { describe, expect, test } from "vitest";
import { chooseLogin } from "../../../src/app/login.ts";
import { loadTexts } from "../../../src/config/load.ts";
import { providers } from "../../../src/providers/index.ts";

const cloudflare = providers.find(({ name }) => name === "cloudflare");
const vercel = providers.find(({ name }) => name === "vercel");
if (cloudflare === undefined || vercel === undefined) throw new Error("no providers");

const TOKEN = { CLOUDFLARE_API_TOKEN: "t" };
const KEY = { CLOUDFLARE_API_KEY: "k" };
const EMAIL = { CLOUDFLARE_EMAIL: "ops@acme.example" };

function choose(block: string, env: Readonly<Record<string, string>>) {
  const text = `version: 1\nstack: s\ncloudflare: { account_id: a${block === "" ? "" : `, ${block}`} }\n`;
  const { config, diagnostics } = loadTexts({ cwd: "/", env, envAllow: [], providers, lenientEnv: false }, [
    { name: "f.yaml", directory: "/", text },
  ]);
  const written = config?.providers.cloudflare;
  if (cloudflare === undefined || written === undefined) throw new Error(JSON.stringify(diagnostics));
  const { login, settings, notes, problem } = chooseLogin(cloudflare, written, env);
  return { uses: login.credentials[0], settings, notes: notes.map(({ code }) => code), problem };
}

describe("without a credential in the file", () => {
  test.each([
    ["an API token", TOKEN, "api_token", []],
    ["an API token beside an e-mail", { ...TOKEN, ...EMAIL }, "api_token", []],
    [
      "an API token beside a Global API key",
      { ...TOKEN, ...EMAIL, ...KEY },
      "api_token",
      ["CREDENTIAL_UNUSED"],
    ],
    ["an API token beside half of the other", { ...TOKEN, ...KEY }, "api_token", ["CREDENTIAL_UNUSED"]],
    ["an e-mail and Global API key", { ...EMAIL, ...KEY }, "api_key", ["GLOBAL_API_KEY"]],
    [
      "both beside an empty token",
      { CLOUDFLARE_API_TOKEN: "", ...EMAIL, ...KEY },
      "api_key",
      ["GLOBAL_API_KEY"],
    ],
  ])("%s in the environment is used", (_, env, uses, notes) => {
    const chosen = choose("", env);
    expect([chosen.uses, chosen.notes, chosen.problem]).toEqual([uses, notes, undefined]);
  });

  test("nothing at all asks for the API token", () => {
    expect(choose("", {}).uses).toBe("api_token");
  });
});

describe("what the file names wins over the environment", () => {
  test.each([
    ["api_token: { env: MINE }", { ...EMAIL, ...KEY }, "api_token", []],
    ["api_token: { env: CLOUDFLARE_API_TOKEN }", { ...TOKEN, ...EMAIL, ...KEY }, "api_token", []],
    ["api_key: { env: CLOUDFLARE_API_KEY }", { ...TOKEN, ...EMAIL, ...KEY }, "api_key", ["GLOBAL_API_KEY"]],
    ["api_email: me@acme.example", { ...TOKEN, ...KEY }, "api_key", ["GLOBAL_API_KEY"]],
  ])("%s", (block, env, uses, notes) => {
    const chosen = choose(block, env);
    expect([chosen.uses, chosen.notes, chosen.problem]).toEqual([uses, notes, undefined]);
  });

  test("an e-mail in the file goes before the one in the environment, which completes a key alone", () => {
    expect(choose("api_email: me@acme.example", { ...EMAIL, ...KEY }).settings).toEqual({});
    expect(choose("api_key: { env: K }", EMAIL).settings).toEqual({ api_email: "ops@acme.example" });
  });
});

describe("a key without an e-mail", () => {
  test("names what is missing, and the token as the way out", () => {
    const { problem } = choose("", KEY);
    expect(problem).toMatchObject({ severity: "error", code: "MISSING_CREDENTIAL" });
    expect(problem?.message).toContain("CLOUDFLARE_EMAIL is not set");
    expect(problem?.hint).toContain("CLOUDFLARE_API_TOKEN");
  });

  test("in the file has the key's place, whatever token the environment has", () => {
    const { problem } = choose("api_key: { env: K }", TOKEN);
    expect(problem?.message).toContain("cloudflare.api_email beside api_key");
    expect(problem?.position).toMatchObject({ file: "f.yaml", line: 3, column: 30 });
  });

  test("with something else in its place is refused", () => {
    expect(choose("", { ...KEY, CLOUDFLARE_EMAIL: "a@b\r\nx: y" }).problem?.message).toContain(
      "expected an e-mail address",
    );
  });
});

test("a provider with one credential has nothing to choose and nothing to say", () => {
  const block = { settings: { team: "acme" }, credentials: { token: { env: "VERCEL_TOKEN" } }, written: {} };
  const { login, notes, problem } = chooseLogin(vercel, block, { VERCEL_TOKEN: "t", ...KEY });
  expect([login.credentials, notes, problem]).toEqual([["token"], [], undefined]);
});
