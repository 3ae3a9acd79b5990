/**
 * Cloudflare's TypeScript SDK 7.3.0 examines the server: every method that it has for what the server is about is driven
 * in both profiles, or stands below with the reason why not.
 */
import { NotFoundError } from "cloudflare";
import { describe, expect, test } from "vitest";
import { endpoints } from "../../src/reference-server/endpoints.ts";
import type { LogEntry } from "../../src/reference-server/index.ts";
import { createRouter } from "../../src/reference-server/router.ts";
import { type Profile, profiles } from "../../src/reference-server/switches.ts";
import { everyMethod, sdk } from "./sdk.ts";
import { drives } from "./sdk-drives.ts";

/** Methods of the SDK that the server does not answer, by resource, with the reason. */
const LEFT_OUT: readonly { readonly resource: string; readonly methods: string; readonly why: string }[] = [
  {
    resource: "aiGateway.logs",
    methods: "list delete edit get request response",
    why: "Accounts made since 2026-09-24 have other logs (docs *Limits*); the server shows its own in GET /state",
  },
  {
    resource: "aiGateway.datasets",
    methods: "create update delete get",
    why: "Deprecated in OpenAPI 2026-10; the list is there to count what a gateway's delete takes along",
  },
  {
    resource: "aiGateway.evaluations",
    methods: "create delete get",
    why: "Deprecated in OpenAPI 2026-10, with the datasets that they are made of",
  },
  {
    resource: "aiGateway.evaluationTypes",
    methods: "list",
    why: "Deprecated in OpenAPI 2026-10; nothing that an account sets",
  },
  {
    resource: "aiGateway.billing",
    methods: "creditBalance invoiceHistory invoicePreview usageHistory",
    why: "What has been spent is nothing that an account sets",
  },
  {
    resource: "aiGateway.billing.spendingLimit",
    methods: "create delete get",
    why: "Frozen: its POST is always 403 (OpenAPI 2026-10); gateways have spend_limits instead",
  },
  {
    resource: "aiGateway.billing.topup",
    methods: "create status",
    why: "Spends money, which no configuration should",
  },
  {
    resource: "aiGateway.billing.topup.config",
    methods: "create delete get",
    why: "Takes sessions of the dashboard alone, no API token (OpenAPI 2026-10)",
  },
  {
    resource: "userTokens",
    methods: "create update list delete get",
    why: "A person's own tokens; a configuration has those of the account",
  },
  { resource: "userTokens.value", methods: "update", why: "A person's own tokens" },
  { resource: "userTokens.permissionGroups", methods: "list", why: "A person's own tokens" },
];

/** Endpoints of the server that the SDK has no method for: OpenAPI 2026-10 is ahead of it. */
const BEYOND_THE_SDK = [
  "GET /ai-gateway/gateways/:gateway_id/provider_configs/:id",
  "PUT /ai-gateway/gateways/:gateway_id/provider_configs/:id",
  "DELETE /ai-gateway/gateways/:gateway_id/provider_configs/:id",
  "GET /ai-gateway/gateways/:gateway_id/custom-domains",
  "POST /ai-gateway/gateways/:gateway_id/custom-domains",
  "GET /ai-gateway/gateways/:gateway_id/custom-domains/:hostname",
  "DELETE /ai-gateway/gateways/:gateway_id/custom-domains/:hostname",
  "PATCH /ai-gateway/custom-providers/:id",
  "GET /ai-gateway/custom-providers/costs",
  "POST /ai-gateway/custom-providers/costs",
  "GET /ai-gateway/custom-providers/costs/:id",
  "PATCH /ai-gateway/custom-providers/costs/:id",
  "DELETE /ai-gateway/custom-providers/costs/:id",
];

const PROFILES: readonly Profile[] = ["live", "spec"];

describe.each(PROFILES)("in profile %s the SDK drives", (profile) => {
  test.each(Object.entries(drives))("%s", async (_name, drive) => {
    await drive(await sdk({ profile }), profile);
  });
});

describe("the drives", () => {
  /** What all of them together call, and which endpoints that reaches. */
  async function reached(): Promise<{ methods: Set<string>; rows: Set<string> }> {
    const methods = new Set<string>();
    const rows = new Set<string>();
    const route = createRouter(endpoints);
    for (const drive of Object.values(drives)) {
      const stage = await sdk();
      await drive(stage, "live");
      for (const method of stage.called) methods.add(method);
      const log: LogEntry[] = (await stage.api.control("GET", "/requests")).body;
      for (const { method, path } of log) {
        const row = route(method, path, profiles.live)?.endpoint;
        if (row !== undefined) rows.add(nameOf(row));
      }
    }
    return { methods, rows };
  }

  const nameOf = ({ method, path }: { method: string; path: string }): string =>
    `${method} ${path.replace("/client/v4/accounts/:account_id", "")}`;

  test("call every method of the SDK that is not left out for a reason, and reach every endpoint that it has", async () => {
    const { methods, rows } = await reached();
    const left = LEFT_OUT.flatMap(({ resource, methods: names }) =>
      names.split(" ").map((name) => `${resource}.${name}`),
    );
    expect([...methods, ...left].sort()).toEqual(everyMethod().sort());
    const ours = endpoints.filter(({ vendor }) => vendor === "cloudflare").map(nameOf);
    expect([...rows, ...BEYOND_THE_SDK].sort()).toEqual(ours.sort());
  });
});

test("what the server leaves out answers like a path that Cloudflare does not have", async () => {
  const { aiGateway, userTokens, account_id } = await sdk();
  const at = { account_id, gateway_id: "a" };
  const calls = [
    () => aiGateway.logs.list("a", at),
    () => aiGateway.datasets.get("x", at),
    () => aiGateway.evaluations.delete("x", at),
    () => aiGateway.evaluationTypes.list(at),
    () => aiGateway.billing.creditBalance(at),
    () => aiGateway.billing.spendingLimit.get(at),
    () => aiGateway.billing.topup.config.get(at),
    () => userTokens.list(),
    () => userTokens.permissionGroups.list(),
  ];
  for (const call of calls) {
    const error: unknown = await call().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ status: 404, errors: [{ code: 7003 }] });
  }
});
