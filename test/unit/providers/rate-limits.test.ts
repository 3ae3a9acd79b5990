// The limit that Cloudflare publishes holds for Cloudflare itself, whatever it is asked by, and for nobody else.

import { expect, onTestFinished, test } from "vitest";
import { openNetwork } from "../../../src/provider/network.ts";
import type { ConnectInput } from "../../../src/provider/provider.ts";
import type { RequestEvent } from "../../../src/provider/request-event.ts";
import { Secret } from "../../../src/provider/secret.ts";
import { cloudflare } from "../../../src/providers/cloudflare/index.ts";
import { gateway } from "../../../src/providers/cloudflare/kinds/gateway.ts";
import { startProxy } from "../provider/proxy-server.ts";
import { fingerprint } from "./sessions.ts";

/** What is told of forty reads at once. Nothing gets further than the proxy, which refuses everything. */
async function manyReads(base_url: string | undefined): Promise<readonly RequestEvent[]> {
  const proxy = await startProxy({ refuses: 403 });
  const events: RequestEvent[] = [];
  const network = openNetwork({
    env: { HTTPS_PROXY: proxy.url },
    parallelism: 40,
    onRequest: (event) => events.push(event),
  });
  onTestFinished(() => network.close());
  const settings: ConnectInput["settings"] = {
    account_id: "023e105f4ecef8ad9ca31a8372d0c353",
    ...(base_url === undefined ? {} : { base_url }),
  };
  const secrets = { api_token: new Secret("a token of the test") };
  const { api } = await cloudflare.connect({ settings, secrets, fingerprint, network });
  await Promise.allSettled(Array.from({ length: 40 }, () => gateway.api.list(api, {})));
  expect(proxy.asked.length).toBeGreaterThan(0);
  return events;
}

const held = (events: readonly RequestEvent[]): boolean =>
  events.some((event) => event.type === "waiting" && event.reason === "rate-limit");

test("a burst at api.cloudflare.com is spread before Cloudflare says anything", async () => {
  expect(held(await manyReads(undefined))).toBe(true);
});

test("a burst at another server is not, as long as that one reports no limit", async () => {
  expect(held(await manyReads("https://localhost:1/client/v4"))).toBe(false);
});
