// Every command that stands around plan and apply, on a terminal and off one, as text and as JSON: the same exit code
// everywhere, one JSON document where one is asked for, and nothing coloured where nobody looks.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { json, type Server, startServer, type Workspace, workspace } from "./support.ts";
import { onTerminal } from "./terminal.ts";

let server: Server;
let work: Workspace;
beforeAll(async () => {
  server = await startServer();
  work = workspace(server, "examples/quickstart");
  const applied = await work.run(["apply", "--auto-approve"]);
  expect(applied.code, applied.stderr).toBe(0);
  const saved = await work.run(["plan", "--out", "plan.json"]);
  expect(saved.code, saved.stderr).toBe(0);
}, 60_000);
afterAll(async () => {
  work.remove();
  await server.stop();
});

/** None of these changes anything, so that they stand in no order. */
const COMMANDS: readonly (readonly [args: string, code: number])[] = [
  ["plan --detailed-exitcode", 0],
  ["plan --target vercel.rule.* --detailed-exitcode", 0],
  ["plan --target vercel.rule.nothing", 1],
  ["show plan.json", 0],
  ["show", 0],
  ["show vercel.key.ci", 0],
  ["show vercel.key.none", 1],
  ["show gateform.yaml", 1],
  ["apply plan.json --auto-approve", 0],
  ["apply plan.json --auto-approve --digest sha256:00", 1],
  ["apply none.json --auto-approve", 1],
  ["export", 0],
  ["export vercel.rules", 0],
  ["export vercel.nothing", 1],
  ["adopt --all", 0],
  ["adopt vercel.rule.nothing", 1],
  ["destroy vercel.rule.nothing --auto-approve", 1],
  ["destroy --auto-approve", 1],
  ["ledger show", 0],
  ["ledger show vercel.key.ci", 0],
  ["ledger show vercel.key.none", 1],
  ["ledger history", 0],
  ["ledger forget vercel.key.none", 1],
  ["ledger unlock", 0],
  ["explain", 0],
  ["explain cloudflare.gateway.cache_ttl", 0],
  ["explain cloudflare.gatewey", 1],
  ["drift", 0],
];

describe.each(COMMANDS)("gateform %s", (line, code) => {
  const args = line.split(" ");

  test(`exits ${code} off a terminal, uncoloured, and with --output json prints one document`, async () => {
    const text = await work.run(args);
    expect(text.code, text.stderr).toBe(code);
    expect(text.stdout + text.stderr).not.toContain("\u001b[");
    const document = await work.run([...args, "--output", "json"]);
    expect(document.code, document.stderr).toBe(code);
    const { error, diagnostics = [] } = json(document);
    // A plan that cannot be carried out is a plan all the same, with its errors in it.
    const errors = diagnostics.filter(({ severity }: { readonly severity: string }) => severity === "error");
    expect(error !== undefined || errors.length > 0).toBe(code !== 0);
  });

  test(`exits ${code} on a terminal`, async () => {
    const screen = await onTerminal(args, { cwd: work.cwd, env: { ...server.env } }).done;
    expect(screen.code, screen.stdout).toBe(code);
    expect(screen.stdout).not.toBe("");
  });
});
