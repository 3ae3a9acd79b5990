// The vendors of a soak: a reference server in this process, things in it that are somebody else's, and colleagues who
// change what the stack owns.

import type { JsonObject } from "../../../src/base/json.ts";
import type { State } from "../../../src/reference-server/state.ts";
import { isNotApplicable } from "../../contract/sample.ts";
import { samples } from "../../contract/samples/all.ts";
import type { Vendors } from "../../contract/stage.ts";
import { openWorld, type World } from "../../fuzz/world.ts";
import type { Dice } from "./dice.ts";

export interface SoakWorld {
  readonly world: World;
  readonly vendors: Vendors;
  readonly state: () => Promise<State>;
  /** Makes what no run may touch. */
  readonly settle: () => Promise<void>;
  /**
   * Somebody changes or removes something that the stack owns, or sets what it leaves alone.
   * @param ours `kind id` of what the stack owns.
   * @returns what, in words.
   */
  readonly meddle: (dice: Dice, ours: ReadonlySet<string>) => Promise<string | undefined>;
}

export async function openSoakWorld(): Promise<SoakWorld> {
  const world = await openWorld();
  const { cloudflare, vercel, control_url } = world.connection;
  const vendors: Vendors = {
    cloudflare: caller(`${cloudflare.base_url}/accounts/${cloudflare.account_id}`, cloudflare.api_token),
    vercel: caller(vercel.base_url, vercel.token),
    control: caller(control_url, ""),
  };
  const state = async (): Promise<State> => (await world.state()) as State; // the server's own form
  return {
    world,
    vendors,
    state,
    settle: async () => {
      for (const [call, path, body] of OTHERS) await vendors[call]("POST", path, body);
    },
    meddle: async (dice, ours) => {
      const sample = dice.pick(samples);
      const live = sample.live(await state()).filter(({ id }) => ours.has(`${sample.kind} ${id}`));
      const { drift, remove, undeclared } = sample;
      const deeds = [
        ...(isNotApplicable(drift) ? [] : [["changes", drift.change] as const]),
        ...(isNotApplicable(undeclared) ? [] : [["sets", undeclared.set] as const]),
        ...("na" in remove ? [] : [["removes", remove] as const]),
      ];
      if (live.length === 0 || deeds.length === 0) return undefined;
      const [what, deed] = dice.pick(deeds);
      const one = dice.pick(live);
      try {
        await deed(vendors, one);
        return `${what} ${sample.kind} ${one.id}`;
      } catch {
        // The vendor does not let it: it is not what the deed was made for.
        return undefined;
      }
    },
  };
}

const OTHERS: readonly (readonly ["cloudflare" | "vercel", string, JsonObject])[] = [
  [
    "cloudflare",
    "/ai-gateway/gateways",
    {
      id: "theirs",
      cache_invalidate_on_update: false,
      cache_ttl: 7,
      collect_logs: true,
      rate_limiting_interval: 0,
      rate_limiting_limit: 0,
    },
  ],
  [
    "cloudflare",
    "/ai-gateway/custom-providers",
    { name: "Theirs", slug: "theirs", base_url: "https://theirs.example" },
  ],
  ["vercel", "/v1/api-keys", { purpose: "ai-gateway", name: "theirs" }],
  ["vercel", "/ai-gateway/rules", { type: "deny", match: { model: "theirs/model" } }],
  [
    "vercel",
    "/ai-gateway/virtual-model-configs",
    { virtualModelSlug: "theirs", kind: "alias", modelSlug: "openai/gpt-5.1" },
  ],
];

function caller(base: string, token: string): Vendors["control"] {
  return async (method, path, body) => {
    const response = await fetch(base + path, {
      method,
      headers: token === "" ? {} : { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? {} : (JSON.parse(text) as JsonObject); // these servers answer with objects only
  };
}
