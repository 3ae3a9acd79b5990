// Vercel's own CLI, unmodified, against `gateform serve`: as a process with nothing of this one's environment, its own
// home and its own settings. GATEFORM_VERCEL_CLI names its entry file; scripts/test.mjs sets it.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect } from "vitest";
import { json, type Result, type Server, startServer, watch } from "../e2e/support.ts";

const entry = process.env.GATEFORM_VERCEL_CLI;

export interface Vercel {
  readonly server: Server;
  /** Runs `vercel …` for the team of the server. */
  readonly vercel: (...args: readonly string[]) => Promise<Result>;
  /** Runs `vercel ai-gateway …`, which must end well. */
  readonly gateway: (...args: readonly string[]) => Promise<Result>;
  /** Runs `vercel ai-gateway …` and parses what it prints. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of all commands; tests look at single members
  readonly gatewayJson: (...args: readonly string[]) => Promise<any>;
  /** The server's half of Vercel. */
  // biome-ignore lint/suspicious/noExplicitAny: the server's whole state; tests look at single members
  readonly state: () => Promise<any>;
}

/** Tests with a server of their own, which is reset before each of them. */
export function withVercel(title: string, args: readonly string[], tests: (vercel: Vercel) => void): void {
  if (entry === undefined) {
    const how = "needs Vercel's CLI: `node scripts/test.mjs vercel-cli` installs and runs it";
    describe.skip(`${title} (${how})`, () => tests({} as Vercel)); // a skipped test calls nothing
    return;
  }
  describe(title, () => {
    let server: Server;
    beforeAll(async () => {
      server = await startServer(...args);
    });
    afterAll(() => server.stop());
    beforeEach(() => server.reset());

    const vercel = (...words: readonly string[]) => run(entry, server, words);
    const gateway = async (...words: readonly string[]): Promise<Result> => {
      const result = await vercel("ai-gateway", ...words);
      expect(result.code, result.stderr).toBe(0);
      return result;
    };
    tests({
      get server() {
        return server;
      },
      vercel,
      gateway,
      gatewayJson: async (...words) => json(await gateway(...words)),
      state: async () => (await server.state()).vercel,
    });
  });
}

/** An own home and an own settings folder each time: the CLI remembers teams in the one and asks less the next time. */
async function run(cli: string, server: Server, words: readonly string[]): Promise<Result> {
  const home = mkdtempSync(join(tmpdir(), "gateform-vercel-cli-"));
  const { base_url, gateway_base_url, team, token } = server.connection.vercel;
  const where = ["--api", base_url, "--global-config", join(home, "settings"), "--token", token];
  const child = spawn(process.execPath, [cli, ...words, ...where, "--scope", team], {
    cwd: home,
    env: {
      PATH: process.env.PATH ?? "",
      HOME: home,
      NO_PROXY: "127.0.0.1",
      NO_UPDATE_NOTIFIER: "1",
      VERCEL_AI_GATEWAY_URL: gateway_base_url,
      VERCEL_TELEMETRY_DISABLED: "1",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    return await watch(child, "vercel").done;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
