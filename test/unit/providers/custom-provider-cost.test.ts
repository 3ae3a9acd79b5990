// Pricing rules through the real client: whose they are, and what the list and the prices look like.

import { expect, onTestFinished, test } from "vitest";
import { customProvider } from "../../../src/providers/cloudflare/kinds/custom-provider.ts";
import { customProviderCost } from "../../../src/providers/cloudflare/kinds/custom-provider-cost.ts";
import { type ReferenceServerOptions, startReferenceServer } from "../../../src/reference-server/index.ts";
import { serve } from "./answers.ts";
import { writeCloudflare } from "./sessions.ts";

async function start(options: ReferenceServerOptions) {
  const server = await startReferenceServer(options);
  onTestFinished(() => server.close());
  const { api } = await writeCloudflare(server.connection.cloudflare, []);
  const provider = async (slug: string) => {
    const fields = { name: slug, slug, base_url: "https://llm.acme.com" };
    return (await customProvider.api.create(api, { fields })).live.id;
  };
  return { api, provider };
}

test.each([false, true])(
  "the rules of one provider are listed, whatever they compare by (default filters: %s)",
  async (cost_filter_defaults) => {
    const { api, provider } = await start({ switches: { cost_filter_defaults } });
    const [acme, other] = [await provider("acme"), await provider("other")];
    for (const model_rule of ["equals", "starts-with", "contains"]) {
      const fields = { model: "m", model_rule };
      await customProviderCost.api.create(api, { parent_id: acme, fields });
      await customProviderCost.api.create(api, { parent_id: other, fields });
    }
    const { resources, complete } = await customProviderCost.api.list(api, { parent_id: acme });
    expect(complete).toBe(true);
    expect(resources.map(({ fields }) => fields.model_rule).sort()).toEqual([
      "contains",
      "equals",
      "starts-with",
    ]);
    expect(new Set(resources.map(({ parent_id }) => parent_id))).toEqual(new Set([acme]));
  },
);

test.each([
  ['{"input_tokens":0.000002}', { input_tokens: 0.000002 }],
  [{ input_tokens: 0.000002 }, { input_tokens: 0.000002 }],
  ["{}", {}],
  ["", {}],
  ["no JSON", {}],
  [null, {}],
  [undefined, {}],
])("token prices answered as %j are %j", async (token_pricing, prices) => {
  const server = await serve(() => ({
    status: 200,
    body: {
      success: true,
      result: { id: "c1", account_provider_id: "p1", model: "m", token_pricing },
    },
  }));
  const { api } = await writeCloudflare({ base_url: server.url, account_id: "a", api_token: "a token" }, []);
  expect((await customProviderCost.api.get?.(api, { id: "c1" }))?.fields.token_pricing).toEqual(prices);
});
