import { describe, expect, test } from "vitest";
import { coreScalar } from "../../../src/config/env.ts";
import { at, diagnose, document, loadFiles, loadGood, mistake, type Options } from "./support.ts";

const garden = (body: string) => `alpha:\n  account_id: a\n  gardens:\n    a:\n      ${body}`;

async function sizeOf(text: string, env: Options["env"] = {}) {
  const { desired } = await loadGood(garden(`labels: { x: "-" }\n      size: ${text}`), { env: env ?? {} });
  return desired.resources[0]?.fields.size;
}

describe("a variable", () => {
  test("that is one whole plain scalar is read as YAML reads plain text", async () => {
    expect(await sizeOf("${env:GATEFORM_SIZE}", { GATEFORM_SIZE: "12" })).toBe(12);
    expect(await sizeOf("${env:GATEFORM_SIZE}", { GATEFORM_SIZE: "null" })).toBe(null);
  });

  test("in quotes or mixed text stays text", async () => {
    const { desired } = await loadGood(
      garden(
        'labels:\n        q: "${env:GATEFORM_N}"\n        m: n-${env:GATEFORM_N}\n        d: "$${env:X}"',
      ),
      { env: { GATEFORM_N: "12" } },
    );
    expect(desired.resources[0]?.fields.labels).toEqual({ q: "12", m: "n-12", d: "${env:X}" });
  });

  test("that looks like a number is text where the field takes text", async () => {
    const { providers } = await loadGood("alpha:\n  account_id: ${env:CLOUDFLARE_ACCOUNT_ID}", {
      env: { CLOUDFLARE_ACCOUNT_ID: "0012e4" },
    });
    expect(providers.alpha?.settings.account_id).toBe("0012e4");
  });

  test("gives way to its fallback when it is unset or empty", async () => {
    expect(await sizeOf("${env:GATEFORM_SIZE:-7}")).toBe(7);
    expect(await sizeOf("${env:GATEFORM_SIZE:-7}", { GATEFORM_SIZE: "" })).toBe(7);
    expect(await sizeOf("${env:GATEFORM_SIZE:-7}", { GATEFORM_SIZE: "8" })).toBe(8);
  });

  test.each([
    ["unset", {}, "not set"],
    ["empty", { GATEFORM_SIZE: "" }, "empty"],
  ])("that is %s is an error with its place", async (_, env, words) => {
    const found = await mistake(garden("size: ${env:GATEFORM_SIZE}"), { env });
    expect(found).toMatchObject({
      severity: "error",
      code: "ENV_MISSING",
      message: expect.stringContaining(words),
    });
    expect(at(found)).toBe("7:13");
  });

  test("that is missing is a warning for validate, and nothing else is said about its field", async () => {
    const { config, diagnostics } = await loadFiles(
      {
        "gateform.yaml": document(
          garden(
            'size: ${env:GATEFORM_SIZE}\n      tls: "${env:GATEFORM_TLS}"\n      labels: { x: "${env:GATEFORM_X}" }\n      store_id: { ref: "${env:GATEFORM_REF}" }\n      open: true',
          ),
        ),
      },
      { lenientEnv: true },
    );
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      "warning ENV_MISSING",
      "warning ENV_MISSING",
      "warning ENV_MISSING",
      "warning ENV_MISSING",
    ]);
    expect(config?.desired.resources[0]?.fields).toEqual({ id: "a", open: true });
  });

  test("of another name is refused, with the flag that allows it", async () => {
    const found = await mistake(garden("size: ${env:HOME_SIZE}"), { env: { HOME_SIZE: "3" } });
    expect(found).toMatchObject({
      code: "ENV_NOT_ALLOWED",
      hint: expect.stringContaining("--env-allow HOME_SIZE"),
    });
  });

  test("is allowed by --env-allow with * for any text", async () => {
    const options = { env: { ACME_SIZE: "3" }, envAllow: ["ACME_*"] };
    const { desired } = await loadGood(garden("size: ${env:ACME_SIZE}"), options);
    expect(desired.resources[0]?.fields.size).toBe(3);
    expect((await mistake(garden("size: ${env:XACME_SIZE}"), options)).code).toBe("ENV_NOT_ALLOWED");
  });

  test.each([
    ["a provider's default credential", "ALPHA_TOKEN", ""],
    ["the ledger's key", "GATEFORM_LEDGER_KEY", ""],
    ["the token of a sink that names none", "GITHUB_TOKEN", "beta: {}"],
    ["a declared credential", "GATEFORM_T", "beta: { token: { env: GATEFORM_T } }"],
    ["a secret of a resource", "GATEFORM_S", "beta: {}\nx: { y: [{ env: GATEFORM_S }] }"],
    [
      "a secret whose name is put together",
      "GATEFORM_AB",
      'beta: { token: { env: "GATEFORM_${env:GATEFORM_Z:-AB}" } }',
    ],
  ])("that is %s is refused even when allowed, and its value is not shown", async (_, name, more) => {
    const found = await diagnose(`${garden(`size: \${env:${name}}`)}\n${more}`, {
      env: { [name]: "canary-7319" },
      envAllow: ["*"],
    });
    expect(found.map(({ code }) => code)).toContain("ENV_IS_SECRET");
    expect(JSON.stringify(found)).not.toContain("canary");
  });

  test("with a value that the field does not take is named, and its value is not shown", async () => {
    const found = await mistake(garden("colour: ${env:GATEFORM_C}"), { env: { GATEFORM_C: "canary" } });
    expect(found.message).toContain("${env:GATEFORM_C}");
    expect(found.message).not.toContain("canary");
  });

  test.each(["${ENV}", "${env:lower case}", "${env:X", "${file:x}"])(
    "written as %s is no expression",
    async (text) => {
      expect((await mistake(garden(`labels: { x: "${text}" }`))).code).toBe("BAD_EXPRESSION");
    },
  );

  test("in shared text is complained about once", async () => {
    const found = await diagnose(
      "alpha:\n  account_id: a\n  gardens:\n    a: &g\n      size: ${env:GATEFORM_NO}\n    b: *g\n    c: { <<: *g }",
    );
    expect(found.map(({ code }) => code)).toEqual(["ENV_MISSING"]);
  });
});

test.each([
  ["", null],
  ["~", null],
  ["True", true],
  ["false", false],
  ["yes", "yes"],
  ["-12", -12],
  ["0x1F", 31],
  ["1e3", 1000],
  [".5", 0.5],
  ["1e999", "1e999"],
  ["1.2.3", "1.2.3"],
])("the plain text %j means %j", (text, value) => {
  expect(coreScalar(text)).toBe(value);
});
