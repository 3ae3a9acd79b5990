// A reference server in this process, with the state that it goes back to for each document.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, type LogEntry, startReferenceServer } from "../../src/reference-server/index.ts";
import { keepSecretsOfServer } from "../canary/kept.ts";
import { searchFor } from "../canary/search.ts";
import { SECRETS, env as secrets } from "./place.ts";

export interface World {
  readonly connection: Connection;
  /** What a run needs to reach it, and the secrets that documents name. */
  readonly env: Readonly<Record<string, string>>;
  readonly team: string;
  /** Back to the state it was started with, with an empty log. */
  readonly reset: () => Promise<void>;
  readonly requests: () => Promise<readonly LogEntry[]>;
  readonly state: () => Promise<unknown>;
  /** What the server itself failed at: its own mistakes, and none of gateform. */
  readonly failures: unknown[];
  /** Which secrets a text holds, of those that documents name and of the credentials for this server. */
  readonly leaksIn: (text: string) => readonly string[];
  readonly close: () => Promise<void>;
}

/** @param seed a state as `GET /_control/state` gives it; an empty account and team without one. */
export async function openWorld(seed?: unknown): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), "gateform-fuzz-world-"));
  const seedFile = join(directory, "state.json");
  if (seed !== undefined) writeFileSync(seedFile, JSON.stringify(seed));
  const failures: unknown[] = [];
  const server = await startReferenceServer({
    ...(seed === undefined ? {} : { seedFile }),
    onFailure: (error) => failures.push(error),
  });
  const { cloudflare, vercel, control_url } = server.connection;
  const control = async (method: string, path: string): Promise<Response> => {
    const answer = await fetch(`${control_url}${path}`, { method });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  const state = async (): Promise<unknown> => (await control("GET", "/state")).json();
  // The server's own form of its state.
  const { teams } = ((await state()) as { vercel: { teams: readonly [{ id: string }] } }).vercel;
  return {
    connection: server.connection,
    env: {
      ...secrets,
      CLOUDFLARE_BASE_URL: cloudflare.base_url,
      CLOUDFLARE_ACCOUNT_ID: cloudflare.account_id,
      CLOUDFLARE_API_TOKEN: cloudflare.api_token,
      VERCEL_BASE_URL: vercel.base_url,
      VERCEL_TEAM: vercel.team,
      VERCEL_TOKEN: vercel.token,
    },
    team: teams[0].id,
    reset: async () => void (await control("POST", "/reset")),
    requests: async () => (await (await control("GET", "/requests")).json()) as readonly LogEntry[],
    state,
    failures,
    leaksIn: searchFor([...SECRETS, cloudflare.api_token, vercel.token]),
    close: async () => {
      await keepSecretsOfServer(control_url);
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
