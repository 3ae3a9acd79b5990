// Broken files: each mistake ends with exit 1 and a message that names the place, what was found and what to write.

import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { json, type Server, startServer, type Workspace, workspace } from "./support.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const GOOD = `version: 1
stack: acme
cloudflare:
  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}
  gateways:
    support:
      authentication: true
      cache_ttl: 300
      lifecycle: { prevent_destroy: true }
      provider_configs:
        openai:
          secret: { env: OPENAI_API_KEY }
vercel:
  team: \${env:VERCEL_TEAM}
  rules:
    a: { type: deny, source: openai/gpt-5.5 }
    b: { type: deny, source: openai/gpt-5.4 }
`;

interface Mistake {
  readonly title: string;
  readonly from: string;
  readonly to: string;
  /** Line and column. */
  readonly at: string;
  readonly code: string;
  /** Words of the message, then of the hint. */
  readonly says: readonly string[];
}

const MISTAKES: readonly Mistake[] = [
  {
    title: "a typo in a key",
    from: "authentication:",
    to: "authentification:",
    at: "7:7",
    code: "UNKNOWN_KEY",
    says: ['unknown key "authentification"', "did you mean authentication?"],
  },
  {
    title: "a value of the wrong type",
    from: "300",
    to: "five minutes",
    at: "8:18",
    code: "WRONG_TYPE",
    says: ['cache_ttl is "five minutes"', "expected a whole number"],
  },
  {
    title: "a malformed provider slug",
    from: "          secret:",
    to: "          provider_slug: Open AI\n          secret:",
    at: "12:26",
    code: "WRONG_VALUE",
    says: ['provider_slug is "Open AI"', "expected a provider slug"],
  },
  {
    title: "a literal secret",
    from: "{ env: OPENAI_API_KEY }",
    to: "not-to-be-shown",
    at: "12:11",
    code: "LITERAL_SECRET",
    says: ["secret holds a secret and is written out", "write secret: { env: OPENAI_API_KEY }"],
  },
  {
    title: "a variable that is not set",
    from: "CLOUDFLARE_ACCOUNT_ID",
    to: "GATEFORM_ACCOUNT",
    at: "4:15",
    code: "ENV_MISSING",
    says: ["GATEFORM_ACCOUNT is not set", "set it, or give a fallback"],
  },
  {
    title: "a variable that files may not read",
    from: "stack: acme",
    to: "stack: ${" + "env:HOME}",
    at: "2:8",
    code: "ENV_NOT_ALLOWED",
    says: ["is not allowed", "run with --env-allow HOME"],
  },
  {
    title: "a key that is there twice",
    from: "      cache_ttl: 300",
    to: "      cache_ttl: 300\n      authentication: false",
    at: "9:7",
    code: "DUPLICATE_KEY",
    says: ["a second time", "the first is at gateform.yaml:7:7"],
  },
  {
    title: "a section without a value",
    from: GOOD.slice(GOOD.indexOf("    a:")),
    to: "",
    at: "15:3",
    code: "NULL_SECTION",
    says: ["the section rules has no value", "write rules: {}"],
  },
  {
    title: "a reference where none is taken",
    from: "300",
    to: "{ ref: vercel.rule.a }",
    at: "8:7",
    code: "REF_NOT_TAKEN",
    says: ["cache_ttl takes no reference", "write the value itself"],
  },
  {
    title: "a bad gateway id",
    from: "    support:",
    to: "    Support:",
    at: "6:5",
    code: "BAD_KEY",
    says: ['"Support" cannot be the key of a gateway', "lower-case letters"],
  },
  {
    title: "two resources of one identity",
    from: "gpt-5.4",
    to: "gpt-5.5",
    at: "17:5",
    code: "DUPLICATE_IDENTITY",
    says: ["vercel.rule.b stands for the same rule as vercel.rule.a", "keep one of the two"],
  },
  {
    title: "a base_url of another host",
    from: "vercel:\n",
    to: "vercel:\n  base_url: https://evil.example\n",
    at: "14:13",
    code: "FOREIGN_BASE_URL",
    says: ['"https://evil.example" names a foreign host', "set VERCEL_BASE_URL"],
  },
  {
    title: "an unknown lifecycle field",
    from: "prevent_destroy",
    to: "prevent_destruction",
    at: "9:20",
    code: "UNKNOWN_KEY",
    says: ['unknown key "prevent_destruction" in lifecycle', "did you mean prevent_destroy?"],
  },
  {
    title: "YAML that is none",
    from: "lifecycle: { prevent_destroy: true }",
    to: "lifecycle: { prevent_destroy: true",
    at: "10:7",
    code: "BAD_YAML",
    says: ["not valid YAML"],
  },
];

function written(text: string): Workspace {
  const work = workspace(server);
  onTestFinished(work.remove);
  work.write("gateform.yaml", text);
  return work;
}

test("the file that the mistakes are made in is good", async () => {
  expect((await written(GOOD).run(["plan"])).code).toBe(0);
});

describe.each(MISTAKES)("$title", ({ from, to, at, code, says }) => {
  test(`ends plan with exit 1 and ${code} at ${at}`, async () => {
    expect(GOOD).toContain(from);
    const work = written(GOOD.replace(from, () => to));
    const text = await work.run(["plan"]);
    expect(text.code).toBe(1);
    expect(text.stdout).toBe("");
    expect(text.stderr).toContain(`--> gateform.yaml:${at}\n`);
    expect(text.stderr).toContain(`[${code}]`);
    for (const words of says) expect(text.stderr).toContain(words);
    expect(text.stderr).toContain("\n1 error\n");
    expect(text.stderr).not.toContain("not-to-be-shown");

    const [line, column] = at.split(":").map(Number);
    const { error, diagnostics } = json(await work.run(["plan", "--output", "json"]));
    expect(error.code).toBe(code);
    expect(diagnostics).toMatchObject([{ code, position: { file: "gateform.yaml", line, column } }]);
  });
});

test("a section that is gone while the ledger has entries of it ends with exit 1, naming both ways out", async () => {
  const work = written(GOOD);
  expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);
  work.write("gateform.yaml", GOOD.slice(0, GOOD.indexOf("  rules:")));
  const { code, stdout } = await work.run(["plan"]);
  expect(code).toBe(1);
  expect(stdout).toContain("OUT_OF_SCOPE");
  expect(stdout).toContain("`rules: {}`");
  expect(stdout).toContain("gateform ledger forget");
});

test("an unknown provider slug only warns", async () => {
  const { code, stdout } = await written(GOOD.replace("openai:", "opnai:")).run(["plan"]);
  expect(code).toBe(0);
  expect(stdout).toContain("did you mean openai?");
  expect(stdout).toContain("--> gateform.yaml:11:9");
});

test("validate warns of a missing variable, and plan shows all mistakes of a file at once, in its order", async () => {
  const work = written(GOOD.replace("CLOUDFLARE_ACCOUNT_ID", "GATEFORM_ACCOUNT"));
  const lenient = await work.run(["validate"]);
  expect(lenient.code).toBe(0);
  expect(lenient.stdout).toContain("1 warning");
  const worse = written(
    GOOD.replace("300", "-1").replace("type: deny", "type: dny").replace("version: 1", "version: 3"),
  );
  const { diagnostics } = json(await worse.run(["validate", "--output", "json"]));
  expect(diagnostics.map((item: { position: { line: number } }) => item.position.line)).toEqual([1, 8, 16]);
});
