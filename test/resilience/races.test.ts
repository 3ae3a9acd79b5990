// Two runs started together, as two pipelines do. Each round is a fresh account. GATEFORM_TEST_FULL=1 plays ten
// rounds per place of the ledger.

import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { json, type Result, type Server, startServer, type Workspace, workspace } from "../e2e/support.ts";
import { startStateServer } from "../unit/ledger/state-server.ts";

const ROUNDS = process.env.GATEFORM_TEST_FULL === "1" ? 10 : 3;

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const APPLY = ["apply", "--auto-approve", "--output", "json"];

function quickstart(): Workspace {
  const work = workspace(server, "examples/quickstart");
  onTestFinished(work.remove);
  return work;
}

/** What two runs at once must leave behind, whichever came first. */
async function expectConverged(work: Workspace, results: readonly Result[], waited: boolean): Promise<void> {
  const refused = results.filter(({ code }) => code !== 0);
  expect(refused.length, refused.map(({ stdout, stderr }) => stdout + stderr).join("\n")).toBeLessThanOrEqual(
    waited ? 0 : 1,
  );
  for (const result of refused) expect(json(result).error.code).toBe("LEDGER_LOCKED");
  const { cloudflare, vercel } = await server.state();
  expect(vercel.keys).toHaveLength(1);
  expect(vercel.rules).toHaveLength(2);
  expect(cloudflare.gateways).toHaveLength(1);
  expect(work.read("out/ci.env")).toBe(`AI_GATEWAY_API_KEY=${vercel.keys[0].secret}\n`);
  expect((await work.run(["plan", "--detailed-exitcode"])).code).toBe(0);
}

test.each([
  ["a file", async () => undefined],
  [
    "a server",
    async (work: Workspace) => {
      const state = await startStateServer("terraform");
      onTestFinished(state.close);
      work.write(
        "gateform.yaml",
        `${work.read("gateform.yaml")}\nledger: { http: { address: "${state.address}" } }\n`,
      );
    },
  ],
])(
  `two applies started together with their ledger in %s leave one of everything, ${ROUNDS} times`,
  { timeout: ROUNDS * 30_000 },
  async (_, prepare) => {
    for (let round = 0; round < ROUNDS; round++) {
      await server.reset();
      const work = quickstart();
      await prepare(work);
      // In turn: the second one waits for the first, or is refused.
      const waits = round % 2 === 0;
      const args = waits ? [...APPLY, "--lock-timeout", "1m"] : APPLY;
      const results = await Promise.all([work.run(args), work.run(args)]);
      await expectConverged(work, results, waits);
    }
  },
);

test("two copies of a ledger without a common lock lose no key: each is in one of the sinks, and each copy's next plan names the other's", async () => {
  const copies = ["one", "other"].map(() => {
    const work = workspace(server);
    onTestFinished(work.remove);
    work.write(
      "gateform.yaml",
      "version: 1\nstack: copies\nvercel:\n  team: acme\n  keys:\n    ci: { deliver: [{ file: { path: out/ci.key } }] }\n",
    );
    return work;
  });
  // Nothing is made before both have planned.
  await server.addFaults({ method: "POST", effect: { kind: "latency", ms: 2_000 } });
  const results = await Promise.all(copies.map((work) => work.run(APPLY)));
  await server.clearFaults();
  expect(results.map(({ code }) => code)).toEqual([0, 0]);
  const { vercel } = await server.state();
  expect(vercel.keys).toHaveLength(2);
  const live = vercel.keys.map((key: { secret: string }) => key.secret).sort();
  expect(copies.map((work) => work.read("out/ci.key").trim()).sort()).toEqual(live);

  for (const work of copies) {
    const twin = vercel.keys.find((key: { secret: string }) => key.secret !== work.read("out/ci.key").trim());
    const plan = await work.run(["plan", "--detailed-exitcode", "--output", "json"]);
    expect(plan.code, plan.stderr).toBe(0);
    expect(json(plan).diagnostics).toMatchObject([
      { code: "TWIN", address: "vercel.key.ci", message: expect.stringContaining(twin.id) },
    ]);
  }
});
