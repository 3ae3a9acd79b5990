// Custom providers through the real client: what the vendor's documents disagree on, and headers that are secrets.

import { describe, expect, onTestFinished, test } from "vitest";
import type { ProviderError } from "../../../src/provider/error.ts";
import { Secret } from "../../../src/provider/secret.ts";
import { customProvider } from "../../../src/providers/cloudflare/kinds/custom-provider.ts";
import { startReferenceServer } from "../../../src/reference-server/index.ts";
import { serve } from "./answers.ts";
import { writeCloudflare } from "./sessions.ts";

const base = { name: "Acme", base_url: "https://llm.acme.com" };

async function refusal(work: Promise<unknown> | undefined): Promise<ProviderError> {
  return Promise.resolve(work).then(
    () => Promise.reject(new Error("nothing was refused")),
    (error: ProviderError) => error,
  );
}

describe.each(["openapi", "docs"] as const)("with the errors of the %s", (custom_provider_errors) => {
  async function start() {
    const server = await startReferenceServer({ switches: { custom_provider_errors } });
    onTestFinished(() => server.close());
    return (await writeCloudflare(server.connection.cloudflare, [])).api;
  }

  test("a slug that is taken exists", async () => {
    const api = await start();
    await customProvider.api.create(api, { fields: { ...base, slug: "acme" } });
    const error = await refusal(customProvider.api.create(api, { fields: { ...base, slug: "acme" } }));
    expect([error.refused, error.outcome]).toEqual(["exists", "not-applied"]);
  });

  test("one that is not there is null to get, and deleted already", async () => {
    const api = await start();
    const id = "5a9c1f1e-6c1d-4b8e-8f0a-2d3c4b5a6978";
    expect(await customProvider.api.get?.(api, { id })).toBeNull();
    await expect(customProvider.api.delete?.(api, { id })).resolves.toBeUndefined();
  });
});

describe("an answer", () => {
  async function reading(wire: object) {
    const server = await serve(() => ({
      status: 200,
      body: { success: true, result: { id: "p1", slug: "acme", ...base, ...wire } },
    }));
    const { api } = await writeCloudflare(
      { base_url: server.url, account_id: "a", api_token: "a token" },
      [],
    );
    return customProvider.api.get?.(api, { id: "p1" });
  }

  test.each([
    ["2026-09-03T08:00:00.000Z", 1_788_422_400_000],
    [1_788_422_400, 1_788_422_400_000],
    [1_788_422_400_000, 1_788_422_400_000],
    ["", undefined],
    [null, undefined],
  ])("with the creation time %s is of %s", async (created_at, at) => {
    expect((await reading({ created_at }))?.created_at).toBe(at);
  });

  test.each([
    '{"x-api-key":"canary-header-value-0123456789","x-tries":3}',
    "canary-header-value-0123456789 in no JSON",
    '["canary-header-value-0123456789"]',
  ])("with the headers %s shows none of their values", async (headers) => {
    const live = await reading({ headers });
    expect(live?.fields.headers).not.toEqual({});
    expect(JSON.stringify(live)).not.toContain("canary");
  });

  test.each([null, undefined, "", "{}"])("with the headers %s has none", async (headers) => {
    expect((await reading({ headers }))?.fields.headers).toEqual({});
  });
});

test.each(['q"u"o"t"e"d"-"8"', "s3cr3t", "line\none\\two"])(
  "the vendor's complaint about a header repeats no value, such as %j, as it is",
  async (value) => {
    const server = await serve(() => ({
      status: 400,
      body: { success: false, errors: [{ code: 7001, message: `cannot take ${value} there` }] },
    }));
    const place = { base_url: server.url, account_id: "a", api_token: "a token" };
    const { api } = await writeCloudflare(place, []);
    const fields = { ...base, slug: "acme", headers: { "x-key": new Secret(value) } };
    const { message } = await refusal(customProvider.api.create(api, { fields }));
    expect(message).toContain("cannot take [secret] there");
  },
);

test("the vendor's complaint about a header repeats no value", async () => {
  const value = "canary-header-value-0123456789";
  const server = await serve(({ body }) => ({
    status: 400,
    body: { success: false, errors: [{ code: 7001, message: `bad: ${JSON.stringify(body)}, ${value}` }] },
  }));
  const { api } = await writeCloudflare({ base_url: server.url, account_id: "a", api_token: "a token" }, []);
  const fields = { ...base, slug: "acme", headers: { "x-api-key": new Secret(value) } };
  const error = await refusal(customProvider.api.create(api, { fields }));
  expect(error.message).toMatch(/^(?!.*canary).*bad/);
});
