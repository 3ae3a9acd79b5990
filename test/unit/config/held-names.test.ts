// The key of a provider config: a value, or a declared secret that has the name under which the gateway looks.

import { describe, expect, test } from "vitest";
import { providers } from "../../../src/providers/index.ts";
import { at, diagnose, document, loadFiles, mistake } from "./support.ts";

function file(config: string, secrets: string): string {
  return `cloudflare:
  account_id: 4c122831efef10ac68b5223dccd6f614
  gateways:
    support:
      provider_configs:
        openai: ${config}
  secrets: ${secrets}
`;
}

const VALUE = "{ value: { env: STORED } }";
const REF = "{ secret_id: { ref: cloudflare.secret.support_openai_default } }";
const found = (config: string, secrets = "{}") => mistake(file(config, secrets), { providers });

describe("the key of a provider config", () => {
  test("may be a declared secret of the name that the gateway looks for", async () => {
    const { config, diagnostics } = await loadFiles(
      { "gateform.yaml": document(file(REF, `{ support_openai_default: ${VALUE} }`)) },
      { providers },
    );
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    const made = config?.desired.resources.find(({ kind }) => kind === "cloudflare.provider_config");
    expect(made?.needs).toContain("cloudflare.secret.support_openai_default");
  });

  test("may have its name from a field, whatever the key", async () => {
    const named = "{ openai: { name: support_openai_default, value: { env: STORED } } }";
    const diagnostics = await diagnose(file("{ secret_id: { ref: cloudflare.secret.openai } }", named), {
      providers,
    });
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  test("must be there", async () => {
    const diagnostic = await found("{ alias: batch }");
    expect(diagnostic.message).toContain("a provider config needs its key: `secret:");
    expect(at(diagnostic)).toBe("8:9");
  });

  test("is never both a value and a secret", async () => {
    const diagnostic = await found(
      "{ secret: { env: KEY }, secret_id: { ref: cloudflare.secret.support_openai_default } }",
      `{ support_openai_default: ${VALUE} }`,
    );
    expect(diagnostic.message).toContain("never both");
    expect(at(diagnostic)).toBe("8:41");
  });

  test("is no secret of another name: the gateway would not find it", async () => {
    const diagnostic = await found("{ secret_id: { ref: cloudflare.secret.mine } }", `{ mine: ${VALUE} }`);
    expect(diagnostic).toMatchObject({
      code: "WRONG_HOLDER",
      address: "cloudflare.provider_config.support/openai",
    });
    expect(diagnostic.message).toContain('"support_openai_default"');
    expect(diagnostic.message).toContain('"mine"');
    expect(at(diagnostic)).toBe("8:37");
  });

  test("is no id of a secret that somebody else has: it would be deleted with the config", async () => {
    const diagnostic = await found('{ secret_id: "3fd85f74b32742f1bff64a85009dda07" }');
    expect(diagnostic).toMatchObject({ code: "WRONG_TYPE" });
    expect(diagnostic.hint).toContain("write secret_id: { ref: cloudflare.secret.");
  });

  test("is no secret that is not declared", async () => {
    const diagnostic = await found(REF);
    expect(diagnostic).toMatchObject({ code: "UNKNOWN_REF" });
    expect(diagnostic.hint).toBe("declare it");
  });

  test("stands for itself: a declared secret of its name has to be referred to", async () => {
    const diagnostic = await found("{ secret: { env: KEY } }", `{ support_openai_default: ${VALUE} }`);
    expect(diagnostic).toMatchObject({ code: "DUPLICATE_NAME" });
    expect(diagnostic.hint).toContain(
      "write `secret_id: { ref: cloudflare.secret.support_openai_default }` in place of `secret`",
    );
  });

  test("is one config's only", async () => {
    const text = `cloudflare:
  account_id: 4c122831efef10ac68b5223dccd6f614
  gateways:
    a: { provider_configs: { b_c: { alias: d, secret_id: { ref: cloudflare.secret.a_b_c_d } } } }
    a_b: { provider_configs: { c: { alias: d, secret_id: { ref: cloudflare.secret.a_b_c_d } } } }
  secrets: { a_b_c_d: ${VALUE} }
`;
    const diagnostics = await diagnose(text, { providers });
    expect(diagnostics.map(({ code }) => code)).toContain("DUPLICATE_NAME");
  });
});
