// One document through the commands of a user: what all formats have in common.

import type { Options } from "../../src/cli/options.ts";
import type { LoadedConfig } from "../../src/config/load.ts";
import { loadConfig } from "../../src/config/load.ts";
import { providers } from "../../src/providers/index.ts";
import { searchFor } from "../canary/search.ts";
import { type Calling, gateform, type Ran } from "./gateform.ts";
import { dangerIn, type Place } from "./place.ts";
import { strayIn, wrongIn } from "./properties.ts";
import type { World } from "./world.ts";

export interface Trial {
  readonly place: Place;
  readonly world: World;
  readonly options: TrialOptions;
  /** Runs a command and looks at what it printed and asked for. */
  readonly run: (words: string, options?: Partial<Options>) => Promise<Ran>;
  /** What the files in place declare; `undefined` where they are refused, or would reach beyond the place. */
  readonly declared: () => Promise<LoadedConfig | undefined>;
  /** Notes something that does not hold. */
  readonly blame: (problem: string) => void;
  /** Everything that does not hold. */
  readonly end: () => Promise<readonly string[]>;
}

export interface TrialOptions {
  /** Whether runs print as to a terminal. */
  readonly coloured: boolean;
  /** The document has findings of its own, with whatever codes. */
  readonly foreignCodes?: true;
  readonly network?: Calling["network"];
}

export async function openTrial(place: Place, world: World, options: TrialOptions): Promise<Trial> {
  const { coloured, foreignCodes = false, network } = options;
  await world.reset();
  place.reset();
  const problems: string[] = [];
  const printed: Ran[] = [];
  let accounts: readonly string[] = [world.connection.cloudflare.account_id];
  return {
    place,
    world,
    options,
    run: async (words, given) => {
      // Not the time that passes: the machine may do other things beside. Waits without end are the watchdog's.
      const before = process.cpuUsage();
      const ran = await gateform(
        { place, env: world.env, coloured, ...(network === undefined ? {} : { network }) },
        words,
        given,
      );
      const { user, system } = process.cpuUsage(before);
      problems.push(...wrongIn(ran, (user + system) / 1000, foreignCodes));
      printed.push(ran);
      return ran;
    },
    declared: async () => {
      const input = { files: [], cwd: place.cwd, env: world.env, envAllow: [], providers, lenientEnv: false };
      const { config } = await loadConfig(input);
      if (config === undefined) return undefined;
      accounts = [...accounts, String(config.providers.cloudflare?.settings.account_id)];
      const { desired, ledger, providers: blocks } = config;
      return dangerIn([desired, ledger, blocks], place) === undefined ? config : undefined;
    },
    blame: (problem) => void problems.push(problem),
    end: async () => {
      const log = await world.requests();
      problems.push(...strayIn(log, { accounts, team: world.team }));
      const made = madeIn(await world.state());
      const ofServer = made.length === 0 ? () => [] : searchFor(made);
      for (const { what, stdout, stderr, json, markdown } of printed) {
        for (const [name, text] of Object.entries({ stdout, stderr, json, markdown })) {
          const found = [
            ...world.leaksIn(text),
            ...ofServer(text).map((leak) => `${leak} of those it has made`),
          ];
          if (found.length > 0) problems.push(`${what}: ${name} shows ${found.join(", ")}`);
        }
      }
      problems.push(
        ...world.failures.splice(0).map((error) => `the reference server failed: ${String(error)}`),
      );
      return problems;
    },
  };
}

/** One-time values that the server has made. */
function madeIn(state: unknown): readonly string[] {
  // The server's own form of its state.
  const { cloudflare, vercel } = state as {
    readonly cloudflare: { readonly tokens: readonly { readonly value?: string }[] };
    readonly vercel: { readonly keys: readonly { readonly secret?: string }[] };
  };
  return [
    ...cloudflare.tokens.slice(1).map(({ value }) => value ?? ""),
    ...vercel.keys.map(({ secret }) => secret ?? ""),
  ].filter((value) => value.length >= 16);
}
