// Names at Cloudflare that a key stands for, or that are made of several: renamed, and taken twice. Over the real kinds.

import { describe, expect, test } from "vitest";
import { providers } from "../../../src/providers/index.ts";
import { loadFiles } from "./support.ts";

async function load(body: string, head = "") {
  const text = `version: 1\nstack: test\n${head}cloudflare:\n  account_id: a\n${body}`;
  return loadFiles({ "gateform.yaml": text }, { providers });
}

const GATEWAY = "  gateways: { support: { provider_configs: { openai: { secret: { env: KEY } } } } }\n";
const secret = (key: string, more = ""): string => `  secrets: { ${key}: { value: { env: V }${more} } }\n`;

describe("a secret's key under moved", () => {
  const MOVED = "moved: [{ from: cloudflare.secret.old, to: cloudflare.secret.new }]\n";

  test("is refused with its place: the vendor's name of a secret cannot change", async () => {
    const { diagnostics } = await load(secret("new"), MOVED);
    expect(diagnostics).toMatchObject([
      {
        code: "MOVED_KEY_IS_ID",
        message: expect.stringContaining('"cloudflare.secret.old" cannot be renamed'),
        hint: expect.stringContaining('keep the key "old", or write the old name as "name"'),
        position: { line: 3 },
      },
    ]);
  });

  test("may change where the file itself says the name, so that the object stays", async () => {
    const { config, diagnostics } = await load(secret("new", ", name: old"), MOVED);
    expect(diagnostics).toEqual([]);
    expect(config?.desired.moved).toEqual([{ from: "cloudflare.secret.old", to: "cloudflare.secret.new" }]);
  });
});

test("what cannot leave its gateway is told so, and not that its key is another one", async () => {
  const name = (gateway: string) => `cloudflare.custom_domain.${gateway}/ai.acme.com`;
  const { diagnostics } = await load(
    "  gateways: { b: { custom_domains: { ai.acme.com: {} } } }\n",
    `moved: [{ from: ${name("a")}, to: ${name("b")} }]\n`,
  );
  expect(diagnostics).toMatchObject([
    {
      code: "BAD_MOVE",
      message: expect.stringContaining("lives in cloudflare.gateway.a and cannot leave it"),
      hint: expect.stringContaining("a delete and a create"),
    },
  ]);
});

describe("a secret of the name under which a provider config's key is stored", () => {
  const ERROR = [
    {
      code: "DUPLICATE_NAME",
      message: expect.stringContaining('the same name in the Secrets Store, "support_openai_default"'),
    },
  ];

  test("is refused beside that config, named by its key or by its field", async () => {
    expect((await load(GATEWAY + secret("support_openai_default"))).diagnostics).toMatchObject(ERROR);
    expect((await load(GATEWAY + secret("x", ", name: support_openai_default"))).diagnostics).toMatchObject(
      ERROR,
    );
  });

  test("is allowed beside configs of other names", async () => {
    expect((await load(GATEWAY + secret("support_openai_batch"))).diagnostics).toEqual([]);
  });
});
