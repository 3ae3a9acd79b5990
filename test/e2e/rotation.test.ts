// A provider's key is rotated while callers send 20 requests a second: none fails, and none sees another key than the
// old one and then the new one. In both ways that Cloudflare may have for it, with stored secrets that stay pending.

import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { canary } from "../canary/values.ts";
import { type Server, startServer, workspace, writesOf } from "./support.ts";

const OLD = { OPENAI_API_KEY: canary("provider old", "sk-") };
const NEW = { OPENAI_API_KEY: canary("provider new", "sk-") };
const BY_OLD = `200 byok:default …${OLD.OPENAI_API_KEY.slice(-4)}`;
const BY_NEW = `200 byok:default …${NEW.OPENAI_API_KEY.slice(-4)}`;
/** How long a changed secret stays pending, and what is between two requests: milliseconds. */
const LAG = 600;
const BETWEEN = 50;
/** Answers with the new key before the callers stop. */
const ENOUGH = 5;

const FILE = `version: 1
stack: rotation
cloudflare:
  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}
  gateways:
    support:
      authentication: true
      provider_configs: { openai: { secret: { env: OPENAI_API_KEY } } }
`;

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

/** A request of the stream; the moments are numbers in one sequence of everything that happened. */
interface Exchange {
  readonly sent: number;
  readonly answered: number;
  /** The status, and the key that the provider was called with. */
  readonly outcome: string;
}

/** Callers that send one request after another at a fixed rate, however long the answers take. */
function callers() {
  const exchanges: Exchange[] = [];
  const underway: Promise<void>[] = [];
  let moment = 0;
  let seen = (): void => undefined;
  async function call(): Promise<void> {
    moment += 1;
    const sent = moment;
    const outcome = await ask().catch(String);
    moment += 1;
    exchanges.push({ sent, answered: moment, outcome });
    seen();
  }
  const timer = setInterval(() => underway.push(call()), BETWEEN);
  onTestFinished(() => clearInterval(timer));
  return {
    now: () => moment,
    /** Resolves when so many requests that are sent from now on were answered with this outcome. */
    served: (wanted: string, times: number) =>
      new Promise<void>((resolve) => {
        const from = moment;
        seen = () => {
          const found = exchanges.filter(({ sent, outcome }) => sent > from && outcome === wanted);
          if (found.length >= times) resolve();
        };
      }),
    async stop(): Promise<readonly Exchange[]> {
      clearInterval(timer);
      await Promise.all(underway);
      return exchanges.toSorted((a, b) => a.sent - b.sent);
    },
  };
}

async function ask(): Promise<string> {
  const { gateway_base_url, account_id, api_token } = server.connection.cloudflare;
  const response = await fetch(`${gateway_base_url}/${account_id}/support/openai/chat/completions`, {
    method: "POST",
    headers: { "cf-aig-authorization": `Bearer ${api_token}` },
    body: JSON.stringify({ model: "gpt-4o" }),
  });
  const { echo } = (await response.json()) as { readonly echo?: { readonly credential: string } };
  return `${response.status} ${echo?.credential}`;
}

test.each([
  ["PUT of the config", true, /^PUT \S+\/provider_configs\/[^/]+ 200$/],
  ["PATCH of the secret", false, /^PATCH \S+\/secrets_store\/stores\/[^/]+\/secrets\/[^/]+ 200$/],
])("under 20 requests a second a rotation by %s fails none of them", async (_, provider_config_put, way) => {
  const work = workspace(server);
  onTestFinished(work.remove);
  work.write("gateform.yaml", FILE);
  await server.setSwitches({ provider_config_put, secret_pending_ms: 0 });
  expect((await work.run(["apply", "--auto-approve"], OLD)).code).toBe(0);
  await server.setSwitches({ secret_pending_ms: LAG });
  await server.forgetRequests();

  const stream = callers();
  await stream.served(BY_OLD, 1);
  const begun = stream.now();
  const run = await work.run(["apply", "--auto-approve"], NEW);
  const ended = stream.now();
  await stream.served(BY_NEW, ENOUGH);
  const exchanges = await stream.stop();

  expect(run.code, run.stdout + run.stderr).toBe(0);
  const log = await server.requests();
  const writes = writesOf(log.filter(({ path, status }) => /\/client\/v4\//.test(path) && status === 200));
  expect(writes.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
    expect.stringMatching(way),
  ]);

  expect(new Set(exchanges.map(({ outcome }) => outcome))).toEqual(new Set([BY_OLD, BY_NEW]));
  const turned = Math.min(
    ...exchanges.filter(({ outcome }) => outcome === BY_NEW).map(({ answered }) => answered),
  );
  const outcomesOf = (which: (exchange: Exchange) => boolean) => [
    ...new Set(exchanges.filter(which).map(({ outcome }) => outcome)),
  ];
  expect(outcomesOf(({ sent }) => sent > turned)).toEqual([BY_NEW]);
  expect(
    outcomesOf(({ sent }) => sent > ended),
    "the apply ends when the new key serves",
  ).toEqual([BY_NEW]);
  const during = exchanges.filter(({ sent }) => sent > begun && sent < ended);
  // The lag alone is as long as that; the start of the process and its reads come on top.
  expect(during.length).toBeGreaterThan(LAG / BETWEEN / 2);
});
