// `show`: what the stack owns, without a request.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  json,
  PROVIDER_KEY,
  type Result,
  type Server,
  startServer,
  type Workspace,
  workspace,
} from "./support.ts";

let server: Server;
let place: Workspace;
let ids: Readonly<Record<string, string>>;

const FILE = `version: 1
stack: acme
cloudflare:
  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}
  gateways:
    support:
      lifecycle: { prevent_destroy: true }
      provider_configs:
        openai: { secret: { env: OPENAI_API_KEY } }
vercel:
  team: \${env:VERCEL_TEAM}
  keys:
    ci: { deliver: [{ file: { path: out/ci.key } }] }
`;

beforeAll(async () => {
  server = await startServer();
  place = workspace(server);
  place.write("gateform.yaml", FILE);
  const applied = await place.run(["apply", "--auto-approve"]);
  if (applied.code !== 0) throw new Error(applied.stderr);
  const { resources } = JSON.parse(place.read(".gateform/acme.ledger.json"));
  ids = Object.fromEntries(
    Object.entries(resources).map(([address, entry]) => [address, (entry as { id: string }).id]),
  );
  await server.forgetRequests();
});
afterAll(async () => {
  place.remove();
  await server.stop();
});

// biome-ignore lint/suspicious/noExplicitAny: tests look at single members
const resourcesOf = (result: Result): readonly any[] => json(result).resources;
const show = (...args: readonly string[]) => place.run(["show", ...args]);

describe("show", () => {
  test("gives every owned resource with id, parent, URLs, deliveries and lifecycle, and asks no vendor", async () => {
    const result = await show("--output", "json");
    expect(result.code, result.stderr).toBe(0);
    const account = server.connection.cloudflare.account_id;
    expect(json(result)).toMatchObject({ format: 1, stack: "acme", accounts: { cloudflare: account } });
    expect(resourcesOf(result).map(({ address, id }) => [address, id])).toEqual([
      ["cloudflare.gateway.support", "support"],
      ["cloudflare.provider_config.support/openai", ids["cloudflare.provider_config.support/openai"]],
      ["vercel.key.ci", ids["vercel.key.ci"]],
    ]);
    const [gateway, config, key] = resourcesOf(result);
    expect(gateway).toMatchObject({
      status: "ready",
      declared: true,
      prevent_destroy: true,
      on_remove: "delete",
      urls: { universal: `https://gateway.ai.cloudflare.com/v1/${account}/support` },
      position: { file: "gateform.yaml", line: 6 },
    });
    expect(config).toMatchObject({ parent: "cloudflare.gateway.support", parent_id: "support" });
    expect(key.delivered).toMatchObject([{ sink: "file", target: expect.stringContaining("out/ci.key") }]);
    expect(await server.requests()).toEqual([]);
  });

  test("prints no secret in any format", async () => {
    const made = place.read("out/ci.key").trim();
    const { stdout } = await show(
      "--output",
      "text",
      "--output",
      "json=show.json",
      "--output",
      "markdown=show.md",
    );
    for (const text of [stdout, place.read("show.json"), place.read("show.md")]) {
      expect(text).toContain("vercel.key.ci");
      for (const secret of [made, PROVIDER_KEY]) expect(text).not.toContain(secret);
    }
  });

  test("of an address shows that resource alone", async () => {
    const result = await show("vercel.key.ci", "--output", "json");
    expect(resourcesOf(result).map(({ address }) => address)).toEqual(["vercel.key.ci"]);
  });

  test("of an address that the ledger does not have suggests one", async () => {
    const { code, stderr } = await show("vercel.key.cl");
    expect(code).toBe(1);
    expect(stderr).toContain("[NOT_IN_LEDGER]");
    expect(stderr).toContain("did you mean vercel.key.ci?");
  });

  test("marks what the file no longer declares", async () => {
    place.write("less.yaml", FILE.slice(0, FILE.indexOf("    ci:")).trimEnd().replace("keys:", "keys: {}"));
    const result = await show("-f", "less.yaml", "--output", "json");
    expect(
      resourcesOf(result)
        .filter(({ declared }) => !declared)
        .map(({ address }) => address),
    ).toEqual(["vercel.key.ci"]);
  });

  test("without a ledger, or with that of another stack, is an error", async () => {
    place.write("other.yaml", FILE.replace("stack: acme", "stack: other"));
    const missing = await show("-f", "other.yaml", "--output", "json");
    expect([missing.code, json(missing).error.code]).toEqual([1, "LEDGER_MISSING"]);
    place.write(
      "taken.yaml",
      FILE.replace("stack: acme", "stack: other\nledger: { file: .gateform/acme.ledger.json }"),
    );
    const taken = await show("-f", "taken.yaml", "--output", "json");
    expect([taken.code, json(taken).error.code]).toEqual([1, "WRONG_STACK"]);
  });
});
