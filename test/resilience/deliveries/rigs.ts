// The kinds of sinks, each set up for one case: how a file declares it, what it holds now, and how it is made to fail.

import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import type { Workspace } from "../../e2e/support.ts";
import { openGithub } from "../../stand-ins/github.ts";
import type { StandInFault } from "../../stand-ins/http.ts";
import { openVercel } from "../../stand-ins/vercel.ts";
import { openRelay, type Relay } from "../relay.ts";

export interface Rig {
  /** One entry of `deliver`, as YAML. */
  readonly yaml: string;
  readonly env: Readonly<Record<string, string>>;
  /** The value that its consumer finds there. */
  readonly held: () => string | null;
  /** From now on it fails when it gets a value, though it can be tried; `false` ends that. */
  readonly fail: (fails: boolean) => void;
  /** Kills the run when it gets a value, before it keeps it; left out: its requests can be cut. */
  readonly kill?: (kills: boolean) => void;
  /** What its requests go through. */
  readonly relay?: Relay;
}

export type RigName = "file" | "command" | "github_actions_secret" | "vercel_env";

export interface Site {
  readonly work: Workspace;
  /** Where Vercel's other requests go. */
  readonly vercel: string;
  /** Whether the variable of the project can be read again. */
  readonly readable: boolean;
  readonly onEnd: (close: () => Promise<void>) => void;
}

const contentOf = (path: string): string | null => (existsSync(path) ? readFileSync(path, "utf8") : null);

function file({ work }: Site): Rig {
  const path = work.path("out/file.key");
  let blocked = false;
  let before: string | null = null;
  return {
    yaml: "{ file: { path: out/file.key } }",
    env: {},
    held: () => (blocked ? before : contentOf(path)),
    fail: (fails) => {
      if (fails === blocked) return;
      blocked = fails;
      if (fails) {
        before = contentOf(path);
        rmSync(path, { force: true });
        mkdirSync(path, { recursive: true });
      } else {
        rmdirSync(path);
        if (before !== null) writeFileSync(path, before);
      }
    },
  };
}

function command({ work }: Site): Rig {
  const mark = (name: string) => (on: boolean) =>
    on ? work.write(name, "") : rmSync(work.path(name), { force: true });
  work.write(
    "store.sh",
    "test ! -e refuse || exit 1; test ! -e deadly || { kill -9 $PPID; exit 1; }; if test -e held; then mv held before; fi; cat > held",
  );
  work.write("undo.sh", "test ! -e refuse || exit 0; rm -f held; if test -e before; then mv before held; fi");
  return {
    yaml: "{ command: { argv: [sh, store.sh], undo: [sh, undo.sh] } }",
    env: {},
    held: () => contentOf(work.path("held")),
    fail: mark("refuse"),
    kill: mark("deadly"),
  };
}

async function github({ onEnd }: Site): Promise<Rig> {
  const server = await openGithub("acme/web");
  const relay = await openRelay(server.url);
  onEnd(async () => {
    await relay.close();
    await server.close();
  });
  const refuse: StandInFault = { on: "PUT", answer: { status: 422, body: { message: "no" } } };
  return {
    yaml: "{ github_actions_secret: { repository: acme/web } }",
    env: { GITHUB_API_URL: relay.origin, GITHUB_TOKEN: server.token },
    held: () => server.places.get("acme/web")?.secrets.get("CI")?.value ?? null,
    fail: (fails) => void server.faults.splice(0, Infinity, ...(fails ? [refuse] : [])),
    relay,
  };
}

async function vercel({ vercel: otherwise, readable, onEnd }: Site): Promise<Rig> {
  const server = await openVercel(otherwise);
  const relay = await openRelay(server.url);
  onEnd(async () => {
    await relay.close();
    await server.close();
  });
  const refuse: StandInFault = { on: "POST projects/web/env", answer: { status: 400 } };
  const type = readable ? "encrypted" : "sensitive";
  return {
    yaml: `{ vercel_env: { project: web, team: acme, type: ${type}, targets: [production], token: { env: PROJECT_TOKEN } } }`,
    env: { VERCEL_BASE_URL: relay.origin, PROJECT_TOKEN: server.token },
    held: () => server.variables[0]?.value ?? null,
    fail: (fails) => void server.faults.splice(0, Infinity, ...(fails ? [refuse] : [])),
    relay,
  };
}

export const RIGS: Readonly<Record<RigName, (site: Site) => Rig | Promise<Rig>>> = {
  file,
  command,
  github_actions_secret: github,
  vercel_env: vercel,
};
