// Worlds in the middle of their lives: something is live, a ledger knows of it, a file declares something else, and a
// plan was made. What plans and ledgers are taken from before they are changed.

import { rmSync } from "node:fs";
import type { JsonObject, JsonValue } from "../../src/base/json.ts";
import type { Options } from "../../src/cli/options.ts";
import type { Sample } from "../contract/sample.ts";
import { samples } from "../contract/samples/all.ts";
import { bodyOfChange, joined } from "./configs.ts";
import { gateform } from "./gateform.ts";
import { openPlace, type Place } from "./place.ts";
import { openWorld, type World } from "./world.ts";

export interface Scene {
  readonly world: World;
  /** The file as text. */
  readonly declared: string;
  readonly ledger: JsonObject | null;
  readonly plan: JsonValue;
}

interface Script {
  readonly kinds: RegExp;
  readonly before: Declared;
  readonly after: Declared;
  readonly options: Partial<Options>;
  /** The ledger is lost in between. */
  readonly lost?: true;
}

type Declared = "nothing" | "minimal" | "full" | "changed" | "none";

// Three kinds each: what one of them goes wrong with, it does so with few around it, and a run takes a tenth of a second.
const ROUTING = /\.(?:gateway|route|rule)$/;
const KEYS = /\.(?:provider_config|custom_provider|key)$/;
const CALLERS = /\.(?:token|virtual_model|byok_credential)$/;
/** They have an identity before they have an id. */
const SHARED = /\.(?:custom_provider|custom_provider_cost|budget_default|custom_domain)$/;

const SCRIPTS: readonly Script[] = [
  { kinds: ROUTING, before: "full", after: "changed", options: { allowDeletes: 100 } },
  { kinds: KEYS, before: "full", after: "changed", options: { allowDeletes: 100 } },
  { kinds: CALLERS, before: "full", after: "none", options: { allowDeletes: 100 } },
  { kinds: SHARED, before: "full", after: "minimal", options: { adopt: true }, lost: true },
  { kinds: KEYS, before: "nothing", after: "full", options: {} },
  { kinds: CALLERS, before: "minimal", after: "changed", options: { allowDeletes: 100 } },
];

/** How many scenes there are; those of the first so many have a ledger. */
export const SCENES = SCRIPTS.length;
export const SCENES_WITH_LEDGER = 3;

/** Scenes by number; each is set when it is asked for first. */
export function openScenes(): {
  readonly scene: (index: number) => Promise<Scene>;
  readonly close: () => Promise<void>;
} {
  const set = new Map<number, Promise<Scene>>();
  return {
    scene: (index) => {
      const script = SCRIPTS[index];
      if (script === undefined) throw new Error(`no scene ${index}`);
      const found = set.get(index) ?? play(script);
      set.set(index, found);
      return found;
    },
    close: async () => {
      for (const scene of set.values()) await (await scene).world.close();
    },
  };
}

async function play({ kinds, before, after, options, lost }: Script): Promise<Scene> {
  const chosen = samples.filter(({ kind }) => kinds.test(kind));
  const place = openPlace();
  const start = await openWorld();
  try {
    if (before !== "nothing") {
      place.write("gateform.yaml", fileOf(chosen, before, start));
      await must(place, start, "apply", { autoApprove: true, newLedger: true });
    }
    if (lost) rmSync(place.path(LEDGER));
    const world = await openWorld(await start.state());
    const declared = fileOf(chosen, after, world);
    place.write("gateform.yaml", declared);
    const ledger = place.read(LEDGER);
    await must(place, world, "plan", { ...options, out: "plan.json" });
    return {
      world,
      declared,
      ledger: ledger === "" ? null : (JSON.parse(ledger) as JsonObject),
      plan: JSON.parse(place.read("plan.json")) as JsonValue,
    };
  } finally {
    await start.close();
    place.remove();
  }
}

export const LEDGER = ".gateform/fuzz.ledger.json";

async function must(place: Place, world: World, words: string, options: Partial<Options>): Promise<void> {
  const { code, stdout, stderr, thrown } = await gateform(
    { place, env: world.env, coloured: false },
    words,
    options,
  );
  if (code !== 0)
    throw new Error(
      `the scene cannot be set: ${words} ended with ${code}: ${stdout}${stderr} ${String(thrown)}`,
    );
}

function fileOf(chosen: readonly Sample[], declared: Declared, { connection }: World): string {
  const { cloudflare, vercel } = connection;
  const blocks = chosen.map((sample) => sample.block(entriesOf(sample, declared)));
  const settings = { cloudflare: { account_id: cloudflare.account_id }, vercel: { team: vercel.team } };
  return JSON.stringify([{ version: 1, stack: "fuzz" }, settings, ...blocks].reduce(joined, {}), null, 2);
}

function entriesOf(sample: Sample, declared: Declared): Parameters<Sample["block"]>[0] {
  const { key, minimal, full } = sample;
  if (declared === "minimal") return { [key]: minimal };
  if (declared === "full") return { [key]: full };
  return declared === "changed" ? { [key]: bodyOfChange(sample, 0) } : {};
}
