// The stack of a soak: its directory, the values of its secrets, its commands, and what happened since the round began,
// for whoever has to look into it.

import { existsSync } from "node:fs";
import type { Options } from "../../../src/cli/options.ts";
import { type LoadedConfig, loadConfig } from "../../../src/config/load.ts";
import type { Ledger } from "../../../src/model/ledger.ts";
import type { Plan } from "../../../src/model/plan.ts";
import { providers } from "../../../src/providers/index.ts";
import { canary } from "../../canary/values.ts";
import { samples } from "../../contract/samples/all.ts";
import { gateform, type Ran } from "../../fuzz/gateform.ts";
import { openPlace } from "../../fuzz/place.ts";
import { wrongIn } from "../../fuzz/properties.ts";
import type { World } from "../../fuzz/world.ts";
import type { Dice } from "./dice.ts";
import { documentOf, type Soaked } from "./file.ts";

const LEDGER = ".gateform/soak.ledger.json";

export interface Stack {
  /** Runs a command; what it printed is looked at. */
  readonly run: (words: string, options?: Partial<Options>) => Promise<Ran>;
  readonly plan: (options?: Partial<Options>) => Promise<Plan>;
  /** Writes the file. @param removed addresses whose delete somebody has seen. */
  readonly declare: (file: Soaked, removed?: readonly string[]) => void;
  /** What the file says; `undefined` where it is refused. */
  readonly declared: () => Promise<LoadedConfig | undefined>;
  readonly ledger: () => Ledger | null;
  /** A delivered file; empty where there is none. */
  readonly delivered: (target: string) => string;
  /** Puts another value where a secret comes from. @returns where, in words. */
  readonly renew: (dice: Dice) => string;
  /** The values of all secrets as they are now. */
  readonly secrets: () => ReadonlySet<string>;
  readonly tell: (what: string) => void;
  /** Begins the story of another round. */
  readonly begin: (title: string) => void;
  /** An error with the whole story. */
  readonly failure: (problem: string) => Error;
  readonly remove: () => void;
}

export function openStack(world: World, parallelism: number): Stack {
  const place = openPlace();
  const secrets = new Map<string, string>();
  let renewed = 0;
  const renew = (name: string): void => {
    renewed += 1;
    secrets.set(name, canary(`${name} of a soak, ${renewed}`));
  };
  const sources = [...new Set(samples.flatMap(({ env }) => Object.keys(env)))];
  for (const name of sources) renew(name);
  const env = () => ({ ...world.env, ...Object.fromEntries(secrets) });
  let story: string[] = [];

  const failure = (problem: string): Error => {
    const [title, ...rest] = story;
    return new Error(`${title}: ${problem}\n\n${rest.join("\n")}`);
  };
  const run: Stack["run"] = async (words, options = {}) => {
    const ran = await gateform({ place, env: env(), coloured: false }, words, { parallelism, ...options });
    const requests =
      process.env.GATEFORM_DEBUG === "1" ? ran.stderr : ran.stderr.replaceAll(/^debug: .*\n/gm, "");
    story.push(`$ ${words} ${JSON.stringify(options)} → ${ran.code}\n${ran.stdout}\n${requests}`);
    const wrong = wrongIn(ran, 0, false);
    if (wrong.length > 0) throw failure(wrong.join("\n"));
    return ran;
  };
  return {
    run,
    plan: async (options) => {
      const { json } = await run("plan", options);
      const plan = JSON.parse(json) as Plan; // what it prints for programs, unless it fails
      if (!Array.isArray(plan.steps)) throw failure("there is no plan");
      return plan;
    },
    declare: (file, removed = []) =>
      place.write("gateform.yaml", JSON.stringify(documentOf(file, removed), null, 2)),
    declared: async () => {
      const input = { files: [], cwd: place.cwd, envAllow: [], providers, lenientEnv: false };
      return (await loadConfig({ ...input, env: env() })).config;
    },
    ledger: () => (existsSync(place.path(LEDGER)) ? (JSON.parse(place.read(LEDGER)) as Ledger) : null), // as the product wrote it
    delivered: place.read,
    renew: (dice) => {
      const name = dice.pick(sources);
      renew(name);
      return `another value in ${name}`;
    },
    secrets: () => new Set(secrets.values()),
    tell: (what) => void story.push(what),
    begin: (title) => {
      story = [title];
    },
    failure,
    remove: place.remove,
  };
}
