// What the files set of a resource, and where.

import { describe, expect, test } from "vitest";
import { declaredFacts } from "../../../src/app/explain/declared.ts";
import { loaded } from "../checks/bench.ts";

const FILE = `version: 1
stack: test
defaults:
  cloudflare.gateway: { collect_logs: true }
cloudflare:
  account_id: a
  gateways:
    support:
      cache_ttl: 300
      guardrails: { prompt: { P1: BLOCK }, response: {} }
      lifecycle: { prevent_destroy: true }
      provider_configs:
        openai: { secret: { env: OPENAI_API_KEY } }
`;

const lines = async (address: string, only?: string) =>
  declaredFacts(await loaded(FILE), address, only)?.fields.map(
    ({ path, value, position }) => `${path}=${JSON.stringify(value)} ${position.line}:${position.column}`,
  );

describe("the declared facts of a resource", () => {
  test("are the values that files set, defaults and lifecycle among them, each with its place", async () => {
    expect(await lines("cloudflare.gateway.support")).toEqual([
      "cache_ttl=300 9:18",
      "collect_logs=true 4:39",
      'guardrails={"prompt":{"P1":"BLOCK"},"response":{}} 10:7',
      "lifecycle.prevent_destroy=true 11:37",
    ]);
  });

  test("show a secret as the reference that is written, and nothing that comes from the key", async () => {
    expect(await lines("cloudflare.provider_config.support/openai")).toEqual([
      'secret={"env":"OPENAI_API_KEY"} 13:19',
    ]);
  });

  test("are those of one field where one is asked for, whole where it is nested in it", async () => {
    expect(await lines("cloudflare.gateway.support", "cache_ttl")).toEqual(["cache_ttl=300 9:18"]);
    expect(await lines("cloudflare.gateway.support", "guardrails.prompt")).toHaveLength(1);
    expect(await lines("cloudflare.gateway.support", "lifecycle")).toHaveLength(1);
    expect(await lines("cloudflare.gateway.support", "cache")).toEqual([]);
  });

  test("are none for what nobody declares, be it implied", async () => {
    expect(await lines("cloudflare.gateway.other")).toBeUndefined();
    expect(await lines("cloudflare.secrets_store.default")).toBeUndefined();
  });
});
