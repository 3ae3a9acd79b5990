// Variables for secrets: made of the address, never shared, never somebody else's.

import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/base/json.ts";
import { type SourcesInput, withSources } from "../../../src/engine/export-secrets.ts";

const MARK: JsonValue = { $secret: { fingerprint: "k:1" } };
const CONFIG = "cloudflare.provider_config.support/openai";

function variables(
  uses: Readonly<Record<string, JsonValue>>,
  more: Partial<SourcesInput> = {},
): Readonly<Record<string, readonly string[]>> {
  const found = withSources({
    uses: Object.entries(uses).map(([address, secret]) => ({ address, fields: { secret } })),
    declared: new Map(),
    reserved: new Set(),
    ...more,
  });
  return Object.fromEntries([...found].map(([address, { new_env }]) => [address, new_env]));
}

describe("a secret that is exported", () => {
  test("is a variable named after its address and field", () => {
    expect(variables({ [CONFIG]: MARK })).toEqual({ [CONFIG]: ["CLOUDFLARE_SUPPORT_OPENAI_SECRET"] });
    expect(variables({ "m.gate.a.b": [{ headers: { "x-api-key": MARK } }] })).toEqual({
      "m.gate.a.b": ["M_A_B_SECRET_0_HEADERS_X_API_KEY"],
    });
  });

  test("shares its variable with no other, and which name it gets does not depend on their order", () => {
    const uses = { "m.conf.a-b/c": MARK, "m.conf.a/b-c": MARK, "m.conf.z/z": MARK };
    const names = variables(uses);
    expect(new Set(Object.values(names).flat()).size).toBe(3);
    expect(names["m.conf.z/z"]).toEqual(["M_Z_Z_SECRET"]);
    expect(variables(Object.fromEntries(Object.entries(uses).reverse()))).toEqual(names);
  });

  test("never gets a variable that holds something else", () => {
    const reserved = new Set(["CLOUDFLARE_SUPPORT_OPENAI_SECRET"]);
    const [name = ""] = variables({ [CONFIG]: MARK }, { reserved })[CONFIG] ?? [];
    expect(name).toMatch(/^CLOUDFLARE_SUPPORT_OPENAI_SECRET_[0-9A-F]{8}$/);
  });

  test("keeps the source that a file gives it, and no other secret gets that variable", () => {
    const source = { env: "M_Z_Z_SECRET" };
    const declared = new Map([[CONFIG, { secret: { $secret: { source } } }]]);
    const names = variables({ [CONFIG]: MARK, "m.conf.z/z": MARK }, { declared });
    expect(names[CONFIG]).toEqual([]);
    expect(names["m.conf.z/z"]).not.toEqual([source.env]);
  });

  test("leaves nothing of what was read in its mark", () => {
    const found = withSources({
      uses: [{ address: CONFIG, fields: { secret: MARK } }],
      declared: new Map(),
      reserved: new Set(),
    });
    expect(found.get(CONFIG)?.fields).toEqual({
      secret: { $secret: { source: { env: "CLOUDFLARE_SUPPORT_OPENAI_SECRET" } } },
    });
  });
});
