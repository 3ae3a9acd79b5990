// Custom domains: what a create tells, what is said of their state, and what a file may say.

import { expect, onTestFinished, test } from "vitest";
import { customDomain } from "../../../src/providers/cloudflare/kinds/custom-domain.ts";
import { gateway } from "../../../src/providers/cloudflare/kinds/gateway.ts";
import { startReferenceServer } from "../../../src/reference-server/index.ts";
import { findings, loaded } from "../checks/bench.ts";
import { writeCloudflare } from "./sessions.ts";

const zone_id = "023e105f4ecef8ad9ca31a8372d0c353";

test("a create tells the CNAME record to set, and its answer's time in milliseconds is its age", async () => {
  const server = await startReferenceServer();
  onTestFinished(() => server.close());
  const { api } = await writeCloudflare(server.connection.cloudflare, []);
  await gateway.api.create(api, { fields: { id: "g" } });
  const before = Date.now();
  const made = await customDomain.api.create(api, {
    parent_id: "g",
    fields: { hostname: "ai.acme.com", zone_id },
  });
  expect(made.note).toMatch(/ai\.acme\.com CNAME \S+\.\S+/);
  expect(Math.abs((made.live.created_at ?? 0) - before)).toBeLessThan(60_000);
});

test.each([
  ["active", undefined],
  ["initializing", false],
  ["pending_dcv", false],
  ["something new", false],
  ["blocked", true],
  ["error", true],
])("a domain that is %s has failed: %s", (status, failed) => {
  const state = customDomain.rules.state?.({ hostname: "ai.acme.com", status }, 0);
  expect(state?.failed).toBe(failed);
  if (state !== undefined) expect(state.text).toContain(status);
});

test.each(["1.0", "1.2", '"1.3"'])("minTLS: %s is the text that it looks like", async (written) => {
  const config = await loaded(
    `version: 1\nstack: s\ncloudflare:\n  account_id: a\n  gateways:\n    g:\n      custom_domains:\n        ai.acme.com: { zone_id: ${zone_id}, minTLS: ${written} }\n`,
  );
  const domain = config.desired.resources.find(({ kind }) => kind === "cloudflare.custom_domain");
  expect([domain?.address, domain?.fields.minTLS]).toEqual([
    "cloudflare.custom_domain.g/ai.acme.com",
    written.replaceAll('"', ""),
  ]);
  expect(findings(config)).toEqual([]);
});
