import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startReferenceServer } from "../../src/reference-server/index.ts";
import { type Body, makeGateway, start } from "./api.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "reference-server-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function file(content: unknown): string {
  const path = join(folder(), "state.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const gateways = (state: Body): string[] => state.cloudflare.gateways.map((gateway: Body) => gateway.id);
const read = (path: string): Body => JSON.parse(readFileSync(path, "utf8"));

test("a data file keeps the state over a restart, ids included", async () => {
  const dataFile = join(folder(), "data.json");
  const first = await start({ dataFile });
  await makeGateway(first, "a");
  const key = await first.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name: "ci" });
  await first.close();
  const second = await start({ dataFile });
  expect((await second.cloudflare("GET", "/ai-gateway/gateways/a")).status).toBe(200);
  const again = await second.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name: "ci" });
  expect(again.body.apiKey.id).not.toBe(key.body.apiKey.id);
});

test("a data file is current when the answer arrives, and no temporary file is left", async () => {
  const path = folder();
  const dataFile = join(path, "data.json");
  const api = await start({ dataFile });
  await makeGateway(api, "a");
  expect(gateways(read(dataFile))).toEqual(["a"]);
  await api.control("POST", "/reset");
  expect(gateways(read(dataFile))).toEqual([]);
  expect(readdirSync(path)).toEqual(["data.json"]);
});

test("a data file is readable by its owner only", async () => {
  const dataFile = join(folder(), "data.json");
  await start({ dataFile });
  expect(statSync(dataFile).mode & 0o077).toBe(0);
});

test("reads and refused writes do not touch the data file", async () => {
  const dataFile = join(folder(), "data.json");
  const api = await start({ dataFile });
  const before = statSync(dataFile);
  await api.cloudflare("GET", "/ai-gateway/gateways");
  await api.cloudflare("POST", "/ai-gateway/gateways", { id: "a" });
  expect(statSync(dataFile).ino).toBe(before.ino);
});

test("a seed is the initial state and what a reset goes back to", async () => {
  const api = await start({ seedFile: file({ cloudflare: { gateways: [{ id: "seeded" }] } }) });
  await makeGateway(api, "more");
  await api.control("POST", "/reset");
  expect(gateways((await api.control("GET", "/state")).body)).toEqual(["seeded"]);
});

test("a seed names its own account, team and tokens, and the connection tells them", async () => {
  const seed = {
    cloudflare: { account_id: "f".repeat(32), tokens: [{ id: "1", value: "t".repeat(40), permissions: [] }] },
    vercel: {
      teams: [{ id: "team_seed", slug: "seeded", name: "Seeded" }],
      users: [
        { id: "u", username: "u", email: "u@x", memberships: [{ team_id: "team_seed", role: "MEMBER" }] },
      ],
      tokens: [{ token: "seed_token", user_id: "u" }],
    },
  };
  const { connection } = await start({ seedFile: file(seed) });
  expect(connection.cloudflare).toMatchObject({ account_id: "f".repeat(32), api_token: "t".repeat(40) });
  expect(connection.vercel).toMatchObject({ team: "seeded", token: "seed_token" });
});

test("an existing data file wins over the seed", async () => {
  const dataFile = file({ cloudflare: { gateways: [{ id: "data" }] } });
  const api = await start({ dataFile, seedFile: file({ cloudflare: { gateways: [{ id: "seed" }] } }) });
  expect(gateways((await api.control("GET", "/state")).body)).toEqual(["data"]);
});

test("a wrong seed stops the start, naming the file, the path and the mistake", async () => {
  const seedFile = file({ cloudflare: { gateways: [{ id: "a", cache_ttl: "long" }] } });
  await expect(startReferenceServer({ seedFile })).rejects.toThrow(
    /seed file .*state\.json[\s\S]*cloudflare\.gateways\.0\.cache_ttl: .*number/,
  );
});

test("a seed that is not JSON or not there stops the start without quoting its text", async () => {
  await expect(startReferenceServer({ seedFile: file("canary {") })).rejects.toThrow(/is not JSON$/);
  await expect(startReferenceServer({ seedFile: join(folder(), "none.json") })).rejects.toThrow(
    /cannot read seed file/,
  );
});
