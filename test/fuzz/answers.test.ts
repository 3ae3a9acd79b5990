// Answers of a ledger's server, of GitHub and of Vercel's projects, spoiled in the middle of an apply or of a rotation.
// Whatever they were, once they are right again the next apply ends where it should.

import fc from "fast-check";
import { parseLedger } from "../../src/ledger/documents.ts";
import { searchFor } from "../canary/search.ts";
import { canary } from "../canary/values.ts";
import { openGithub } from "../stand-ins/github.ts";
import { openVercel } from "../stand-ins/vercel.ts";
import { startStateServer } from "../unit/ledger/state-server.ts";
import { fuzz, type Verdict } from "./fuzz.ts";
import { AT_ONCE, type Meddler, openMeddler, type Strike, strikes } from "./meddler.ts";
import { openPlace } from "./place.ts";
import { openTrial } from "./trial.ts";
import { openWorld } from "./world.ts";

interface SpoiledRun {
  /** The key is there and is rotated; otherwise it is made. */
  readonly rotating: boolean;
  readonly coloured: boolean;
  readonly ledger: readonly Strike[];
  readonly github: readonly Strike[];
  readonly vercel: readonly Strike[];
}

const some = (requests: number, ...methods: readonly string[]) =>
  fc.array(strikes(requests, methods), { maxLength: 2 });

fuzz<SpoiledRun>({
  name: "answers of servers of ledgers and sinks",
  documents: fc.record({
    rotating: fc.boolean(),
    coloured: fc.boolean(),
    ledger: some(14, "LOCK", "POST", "UNLOCK"),
    github: some(8, "PUT", "DELETE"),
    vercel: some(8, "POST", "PATCH", "DELETE"),
  }),
  quick: 6,
  open: async () => {
    const [place, real] = [openPlace(), await openWorld()];
    const state = await startStateServer("terraform");
    const github = await openGithub("acme/web");
    const vercel = await openVercel(real.connection.vercel.base_url);
    const token = canary("token of a ledger's server");
    state.accepts = [`Bearer ${token}`];
    const meddlers = {
      ledger: await openMeddler(state.address, () => true),
      github: await openMeddler(github.url, () => true),
      vercel: await openMeddler(vercel.url, (path) => path.includes("/projects/")),
    };
    const strike = (run: Partial<SpoiledRun>): void => {
      for (const name of ["ledger", "github", "vercel"] as const) meddlers[name].strike(run[name] ?? []);
    };
    const ofSinks = searchFor([token, github.token, vercel.token]);
    const world = {
      ...real,
      env: {
        ...real.env,
        VERCEL_BASE_URL: meddlers.vercel.origin,
        GITHUB_API_URL: meddlers.github.origin,
        LEDGER_TOKEN: token,
        GITHUB_TOKEN: github.token,
        PROJECT_TOKEN: vercel.token,
      },
      leaksIn: (text: string) => [...real.leaksIn(text), ...ofSinks(text)],
    };
    const file = fileOf(
      meddlers.ledger.origin + new URL(state.address).pathname,
      real.connection.vercel.team,
    );

    return {
      tryOut: async (document): Promise<Verdict> => {
        strike({});
        state.state = state.lock = null;
        github.places.get("acme/web")?.secrets.clear();
        vercel.variables.length = 0;
        const { coloured } = document;
        const trial = await openTrial(place, world, { coloured, network: AT_ONCE });
        place.write("gateform.yaml", file);
        const apply = () => trial.run("apply", { autoApprove: true, newLedger: true, allowDeletes: 100 });
        const live = async () =>
          ((await real.state()) as ServerState).vercel.keys.map(({ secret }) => secret);
        const unserved = async (): Promise<string | undefined> => {
          const held = [
            github.places.get("acme/web")?.secrets.get("AI_KEY")?.value,
            vercel.variables[0]?.value,
          ];
          const keys = await live();
          const wrong = held.filter((value) => value === undefined || !keys.includes(value)).length;
          return wrong === 0 ? undefined : `${wrong} of 2 sinks hold no live key`;
        };
        /** What a run that says that all is done has to have done. */
        const expectDone = async (what: string): Promise<void> => {
          const wrong = await unserved();
          if (wrong !== undefined) trial.blame(`${what} ended well, and ${wrong}`);
          if (state.state === null || "problem" in parseLedger(state.state, "it"))
            trial.blame(`${what} ended well, and the ledger is not stored`);
        };

        if (document.rotating && (await apply()).code !== 0) trial.blame("a run with right answers failed");
        strike(document);
        const struck = document.rotating
          ? await trial.run("rotate vercel.key.ci", { autoApprove: true, allowDeletes: 100 })
          : await apply();
        if (struck.code === 0) await expectDone(struck.what);
        if (document.rotating) {
          const wrong = await unserved();
          if (wrong !== undefined) trial.blame(`after a rotation that went wrong ${wrong}`);
        }
        const said = struck.stdout + struck.stderr;
        if (state.lock !== null && !lied(meddlers.ledger) && !said.includes("ledger unlock"))
          trial.blame(`the lock is still held, and nothing says so: ${said}`);

        strike({});
        if (state.lock !== null) await trial.run("ledger unlock", { autoApprove: true });
        const healed = await apply();
        if (healed.code === 0) await expectDone("the next apply");
        else trial.blame(`the next apply failed: ${healed.stdout}${healed.stderr}`);
        const { code } = await trial.run("plan", { detailedExitcode: true });
        if (code !== 0) trial.blame("there is something left to do");
        return { accepted: struck.code === 0, carried_out: healed.code === 0, problems: await trial.end() };
      },
      close: async () => {
        for (const open of [...Object.values(meddlers), github, vercel, state, real]) await open.close();
        place.remove();
      },
    };
  },
});

interface ServerState {
  readonly vercel: { readonly keys: readonly { readonly secret: string }[] };
}

/** Whether the server has said that the lock is somebody else's, though it is this run's. */
function lied({ done }: Meddler): boolean {
  return done.some(({ method, spoiling }) => {
    if (method === "LOCK" && ["edited", "text", "header"].includes(spoiling.how)) return true;
    const { status } = { status: 0, ...spoiling };
    return method === "LOCK" ? spoiling.how === "status" && status < 500 : [404, 409, 423].includes(status);
  });
}

function fileOf(address: string, team: string): string {
  return JSON.stringify({
    version: 1,
    stack: "fuzz",
    ledger: { http: { address, token: { env: "LEDGER_TOKEN" } } },
    vercel: {
      team,
      keys: {
        ci: {
          deliver: [
            {
              github_actions_secret: {
                repository: "acme/web",
                name: "AI_KEY",
                token: { env: "GITHUB_TOKEN" },
              },
            },
            {
              vercel_env: {
                project: "web",
                team: "acme",
                name: "AI_KEY",
                type: "encrypted",
                targets: ["production"],
                token: { env: "PROJECT_TOKEN" },
              },
            },
          ],
        },
      },
    },
  });
}
