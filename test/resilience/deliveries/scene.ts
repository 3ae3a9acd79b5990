// One case of the table: a reference server of its own, two sinks, and the real command line as a process. At every
// change that a run makes anywhere, whoever uses what a sink holds is asked to use it.

import { expect } from "vitest";
import { startReferenceServer } from "../../../src/reference-server/index.ts";
import type { State } from "../../../src/reference-server/state.ts";
import { onDataPlane } from "../../contract/data-plane.ts";
import { type Running, type Workspace, workspace } from "../../e2e/support.ts";
import { gateform } from "../../fuzz/gateform.ts";
import { startStateServer } from "../../unit/ledger/state-server.ts";
import { openRelay, type Relay } from "../relay.ts";
import { RIGS, type Rig, type RigName } from "./rigs.ts";

export type SubjectName = "vercel.key" | "cloudflare.token";

export interface Pair {
  readonly first: RigName;
  readonly second: RigName;
}

/** What is live and what the sinks hold, by names such as `new`. */
export interface Moment {
  readonly exit: string;
  readonly live: readonly string[];
  readonly first: string;
  readonly second: string;
}

/** When a run is killed: the sinks that have its value by then. */
export type Point = "none has it" | "the first has it" | "both have it";

export interface Scene {
  readonly first: Rig;
  readonly second: Rig;
  /** Runs the command line as a process, and tells what there is then. */
  readonly run: (args: readonly string[], troubles?: Troubles) => Promise<Moment>;
  /** Applies in this process, which takes a tenth of the time, and tells what there is then. */
  readonly apply: () => Promise<Moment>;
  /** From now on, what is live is `old`, and what comes is `new`. */
  readonly begin: () => Promise<void>;
}

export interface Troubles {
  readonly fails?: Rig;
  readonly killed?: Point;
}

const NAMES = ["new", "second new", "third new", "fourth new"];

type OnEnd = (close: () => Promise<void> | void) => void;

export async function openScene(subject: SubjectName, pair: Pair, onEnd: OnEnd): Promise<Scene> {
  const server = await startReferenceServer({ profile: "live" });
  const relay = await openRelay(new URL(server.connection.control_url).origin);
  const ledger = await startStateServer("terraform");
  const ledgerRelay = await openRelay(new URL(ledger.address).origin);
  const work = workspace(undefined);
  onEnd(async () => {
    for (const it of [relay, server, ledgerRelay, ledger]) await it.close();
    work.remove();
  });
  // Whichever sink is named first is written first: of two in GitHub and Vercel, one that can be read comes first.
  const readable = pair.second !== "vercel_env";
  const site = { work, vercel: relay.origin, readable, onEnd };
  const first = await RIGS[pair.first](site);
  const second = await RIGS[pair.second](site);
  const { cloudflare, vercel } = server.connection;
  const env = {
    CLOUDFLARE_BASE_URL: cloudflare.base_url.replace(/^http:\/\/[^/]+/, relay.origin),
    CLOUDFLARE_API_TOKEN: cloudflare.api_token,
    VERCEL_BASE_URL: relay.origin,
    VERCEL_TOKEN: vercel.token,
    ...first.env,
    ...second.env,
  };
  writeFile(work, subject, cloudflare.account_id, `${ledgerRelay.origin}/state/acme`, [first, second]);
  if (subject === "cloudflare.token") await makeGateway(server.connection);

  const state = async (): Promise<State> =>
    (await (await fetch(`${server.connection.control_url}/state`)).json()) as State; // the server's own answer
  const live = async (): Promise<readonly string[]> => {
    const { cloudflare: one, vercel: other } = await state();
    return subject === "vercel.key"
      ? other.keys.map(({ secret }) => secret)
      : one.tokens.filter(({ name }) => /^ci( \(gateform |$)/.test(name)).map(({ value }) => value);
  };
  const works = async (value: string): Promise<boolean> => {
    if (subject === "vercel.key")
      return (await onDataPlane(server.connection, value, "openai/gpt-5.1")).status === 200;
    const url = `${cloudflare.gateway_base_url}/${cloudflare.account_id}/support/openai/chat/completions`;
    const headers = { "cf-aig-authorization": `Bearer ${value}` };
    return (await fetch(url, { method: "POST", headers, body: JSON.stringify({ model: "gpt-4o" }) })).ok;
  };

  const names = new Map<string, string>();
  let made: string[] = [];
  const look = async (): Promise<readonly string[]> => {
    const values = await live();
    for (const value of values) {
      if (names.has(value)) continue;
      names.set(value, NAMES[made.length] ?? `${made.length} more`);
      made.push(value);
    }
    return values;
  };
  const nameOf = (value: string | null): string => (value === null ? "none" : (names.get(value) ?? "?"));

  let killing: { readonly point: Point; readonly running: () => Running | undefined } | undefined;
  const changed: Relay["watch"] = async ({ method }) => {
    if (method === "GET" || method === "LOCK" || method === "UNLOCK") return false;
    await look();
    for (const rig of [first, second]) {
      const value = rig.held();
      if (value !== null) expect(await works(value), `${nameOf(value)}, which a sink has, works`).toBe(true);
    }
    if (killing === undefined || pointOf(made, first, second) !== killing.point) return false;
    killing.running()?.kill("SIGKILL");
    killing = undefined;
    return true;
  };
  for (const it of [relay, ledgerRelay, first.relay, second.relay])
    if (it !== undefined) it.watch = guarded(changed);

  /** What a check inside of a request has found, which the request itself cannot tell the test. */
  let broken: unknown;
  function guarded(check: Relay["watch"]): Relay["watch"] {
    return async (asked, when) => {
      try {
        return await check(asked, when);
      } catch (error) {
        broken ??= error;
        return false;
      }
    };
  }

  return {
    first,
    second,
    begin: async () => {
      names.clear();
      made = [];
      for (const value of await live()) names.set(value, "old");
    },
    async run(args, { fails, killed } = {}) {
      let running: Running | undefined;
      const byItself = killed === "the first has it" ? second.kill : undefined;
      if (killed !== undefined && byItself === undefined) killing = { point: killed, running: () => running };
      byItself?.(true);
      // In its way only when it was tried: at the first write of the run.
      const tried = relay.watch;
      if (fails !== undefined)
        relay.watch = async (asked, when) => {
          if (asked.method === "POST") fails.fail(true);
          return tried(asked, when);
        };
      running = work.start([...args, "--auto-approve", "--output", "json"], env);
      const { code, stdout, stderr } = await running.done;
      relay.watch = tried;
      fails?.fail(false);
      byItself?.(false);
      if (broken !== undefined) throw broken;
      expect(killing, "the run was killed").toBeUndefined();
      expect(code === null, stdout + stderr).toBe(killed !== undefined);
      // As `gateform ledger unlock` does.
      if (code === null) ledger.lock = null;
      return momentAfter(code === null ? "killed" : String(code));
    },
    async apply() {
      const whole = { PATH: process.env.PATH, HOME: work.cwd, ...env };
      const ran = await gateform({ place: work, env: whole, coloured: false }, "apply", {
        autoApprove: true,
      });
      if (broken !== undefined) throw broken;
      return momentAfter(String(ran.code));
    },
  };

  async function momentAfter(exit: string): Promise<Moment> {
    const values = await look();
    for (const rig of [first, second]) {
      const value = rig.held();
      if (value !== null) expect(values, "what a sink has is live").toContain(value);
    }
    return {
      exit,
      live: values.map(nameOf).toSorted((a, b) => order(a) - order(b)),
      first: nameOf(first.held()),
      second: nameOf(second.held()),
    };
  }
}

/** How far a run's newest value has come; `undefined` before it is made. */
function pointOf(made: readonly string[], first: Rig, second: Rig): Point | undefined {
  const newest = made.at(-1);
  if (newest === undefined) return undefined;
  if (first.held() !== newest) return "none has it";
  return second.held() === newest ? "both have it" : "the first has it";
}

function order(name: string): number {
  return name === "old" ? -1 : NAMES.indexOf(name);
}

function writeFile(
  work: Workspace,
  subject: SubjectName,
  account: string,
  ledger: string,
  rigs: readonly Rig[],
): void {
  const deliver = `deliver: [${rigs.map(({ yaml }) => yaml).join(", ")}]`;
  const block =
    subject === "vercel.key"
      ? `vercel:\n  team: acme\n  keys:\n    ci: { grace: 0s, ${deliver} }`
      : `cloudflare:\n  account_id: ${account}\n  tokens:\n    ci: { permissions: [AI Gateway Run], grace: 0s, ${deliver} }`;
  work.write(
    "gateform.yaml",
    `version: 1\nstack: table\nledger: { http: { address: "${ledger}" } }\n${block}\n`,
  );
}

/** A gateway that takes only requests with a token. */
async function makeGateway({
  cloudflare,
}: Awaited<ReturnType<typeof startReferenceServer>>["connection"]): Promise<void> {
  const answer = await fetch(`${cloudflare.base_url}/accounts/${cloudflare.account_id}/ai-gateway/gateways`, {
    method: "POST",
    headers: { authorization: `Bearer ${cloudflare.api_token}` },
    body: JSON.stringify({
      id: "support",
      authentication: true,
      cache_invalidate_on_update: false,
      cache_ttl: 0,
      collect_logs: true,
      rate_limiting_interval: 0,
      rate_limiting_limit: 0,
    }),
  });
  expect(answer.ok, await answer.text()).toBe(true);
}
