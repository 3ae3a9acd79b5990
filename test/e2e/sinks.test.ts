// One-time keys on their way to their sinks, by the packed command line: they arrive, and are nowhere else.

import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { canary } from "../canary/values.ts";
import { openGithub } from "../stand-ins/github.ts";
import { openVercel } from "../stand-ins/vercel.ts";
import { leaksIn, type Recorded, recordedRuns } from "./recorded.ts";
import { json, type Server, startServer } from "./support.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const file = (deliver: string) => `version: 1
stack: acme-prod
vercel:
  team: \${env:VERCEL_TEAM}
  keys:
    ci:
      deliver: [${deliver}]
`;

/** Values of the keys that are there. */
const values = async (): Promise<readonly string[]> =>
  (await server.state()).vercel.keys.map(({ secret }: { secret: string }) => secret);

/** Saves a plan, applies it, and looks at everything that tells of it afterwards. */
async function deliver({ work, run }: Recorded, sink: string): Promise<void> {
  work.write("gateform.yaml", file(sink));
  expect((await run("plan", "--out", "saved.json", "-o", "text", "-o", "markdown=plan.md")).code).toBe(0);
  expect((await run("apply", "saved.json", "--auto-approve", "--verbose", "--debug")).code).toBe(0);
  await run("show", "-o", "json");
  await run("ledger", "show");
  await run("ledger", "history");
  expect(json(await run("plan", "-o", "json")).steps).toEqual([]);
}

/** What a program of the test may read. */
const VAULT_TOKEN = canary("token of a vault", "hvs.");

test("a program gets a key on its standard input, and it is in nothing else that the runs print, write or start", async () => {
  const record = recordedRuns(server, { VAULT_TOKEN }, ["kept"]);
  // What others on the machine could see of the program.
  record.work.write("store.sh", "cat > kept; env > environment; cat /proc/$$/cmdline > arguments 2>&1");
  await deliver(record, "{ command: { argv: [sh, store.sh], env: [VAULT_TOKEN] } }");
  const [value = "none"] = await values();
  expect(record.work.read("kept")).toBe(value);
  expect(record.work.read("environment")).toContain(`VAULT_TOKEN=${VAULT_TOKEN}`);
  expect(record.work.read("environment")).not.toContain("VERCEL");
  expect(leaksIn(record, [value, server.connection.vercel.token])).toEqual([]);
  record.work.write("planted", value);
  expect(leaksIn(record, [value])).not.toEqual([]);
});

test("a program that keeps a key and fails says nothing, and its key is revoked", async () => {
  const record = recordedRuns(server, {}, ["kept"]);
  record.work.write("store.sh", "tee kept; cat kept >&2; exit 4");
  record.work.write("gateform.yaml", file("{ command: { argv: [sh, store.sh] } }"));
  const result = await record.run("apply", "--auto-approve");
  expect(result.code).toBe(1);
  expect(result.stdout).toContain("the command sh may have kept the value");
  expect(await values()).toEqual([]);
  expect(leaksIn(record, [record.work.read("kept")])).toEqual([]);
});

test("a secret of GitHub Actions gets a key, sealed, and it is in nothing else that the runs print or write", async () => {
  const github = await openGithub("acme/web#production");
  onTestFinished(github.close);
  const env = { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token };
  const record = recordedRuns(server, env, []);
  await deliver(record, "{ github_actions_secret: { repository: acme/web, environment: production } }");
  const [value = "none"] = await values();
  expect(github.places.get("acme/web#production")?.secrets.get("CI")?.value).toBe(value);
  expect([...record.texts().values()].join("")).toContain("acme/web (production): CI");
  expect(leaksIn(record, [value, github.token, server.connection.vercel.token])).toEqual([]);
});

test("a variable of a Vercel project gets a key, and it is in nothing else that the runs print or write", async () => {
  const project = await openVercel(server.connection.vercel.base_url);
  onTestFinished(project.close);
  const env = { VERCEL_BASE_URL: project.url, PROJECT_TOKEN: project.token };
  const record = recordedRuns(server, env, []);
  const place = "project: web, team: acme, targets: [production, preview]";
  await deliver(record, `{ vercel_env: { ${place}, token: { env: PROJECT_TOKEN } } }`);
  const [value = "none"] = await values();
  expect(project.variables).toMatchObject([
    { key: "CI", value, type: "sensitive", target: ["production", "preview"] },
  ]);
  expect([...record.texts().values()].join("")).toContain("web (production, preview): CI");
  expect(leaksIn(record, [value, project.token, server.connection.vercel.token])).toEqual([]);
});
