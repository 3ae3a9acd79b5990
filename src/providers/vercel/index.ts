// The provider `vercel`: its settings, its kinds, how to connect.

import * as z from "zod";
import { bearer } from "../../provider/auth.ts";
import { ProviderError, reworded } from "../../provider/error.ts";
import { type Http, openHttp } from "../../provider/http.ts";
import type { ConnectInput, Provider, Session } from "../../provider/provider.ts";
import { Secret } from "../../provider/secret.ts";
import { segment, shaped } from "../../provider/shape.ts";
import { vercelBehaviour } from "./behaviour.ts";
import { ruleChain } from "./checks/rule-chain.ts";
import { ruleChainTooLong } from "./checks/rule-chain-too-long.ts";
import { ruleCycle } from "./checks/rule-cycle.ts";
import { ruleDestinationDenied } from "./checks/rule-destination-denied.ts";
import { ruleShadowed } from "./checks/rule-shadowed.ts";
import { ruleVirtualModelGone } from "./checks/rule-virtual-model-gone.ts";
import { classifyVercel } from "./classify.ts";
import { type VercelReader, type VercelWriter, vercelReader, vercelWriter } from "./client.ts";
import { budget } from "./kinds/budget.ts";
import { budgetDefault } from "./kinds/budget-default.ts";
import { byokCredential } from "./kinds/byok-credential.ts";
import { key } from "./kinds/key.ts";
import { rule } from "./kinds/rule.ts";
import { virtualModel } from "./kinds/virtual-model.ts";

const BASE_URL = "https://api.vercel.com";

export const vercel: Provider<VercelReader, VercelWriter> = {
  name: "vercel",
  title: "Vercel",
  description:
    "Vercel AI Gateway: API keys with budgets, routing rules, virtual models, budgets and BYOK credentials, in one team.",
  settings: z.strictObject({
    team: z
      .string()
      .min(1)
      .meta({
        title: "Team",
        description: "Slug or id of the Vercel team that everything in this block lives in",
        examples: ["acme", "team_nllPyCtREAqxxdyFKbbMDlxd"],
      }),
    base_url: z
      .url({ protocol: /^https?$/ })
      .meta({
        title: "Base URL",
        description: "Where the API is; Vercel's own host or loopback",
        examples: [BASE_URL],
      })
      .optional(),
  }),
  credentials: {
    token: {
      env: "VERCEL_TOKEN",
      title: "Access token",
      description: "Where the access token comes from",
    },
  },
  settings_env: { team: ["VERCEL_TEAM", "VERCEL_TEAM_ID"] },
  base_url_env: "VERCEL_BASE_URL",
  hosts: ["api.vercel.com"],
  kinds: [key, rule, virtualModel, budget, budgetDefault, byokCredential],
  checks: [ruleChain, ruleCycle, ruleChainTooLong, ruleDestinationDenied, ruleShadowed, ruleVirtualModelGone],
  behaviour: vercelBehaviour,
  connect: (input) => open(input, vercelReader),
  connectForApply: (input) => open(input, vercelWriter),
};

const teamShape = z.looseObject({ id: z.string().min(1) });
const userShape = z.looseObject({ user: z.looseObject({ id: z.string().min(1) }) });

/** Resolves the team, once, and the token's user, who is the creator of what this run makes. */
async function open<C>(input: ConnectInput, client: (http: Http, team: string) => C): Promise<Session<C>> {
  const { team, base_url } = input.settings;
  const http = openHttp({
    provider: "vercel",
    title: "Vercel",
    base_url: input.base_url ?? (typeof base_url === "string" ? base_url : BASE_URL),
    auth: bearer(input.secrets.token ?? new Secret("")),
    request_id_header: "x-vercel-id",
    classify: classifyVercel,
    network: input.network,
    ...(input.signal === undefined ? {} : { signal: input.signal }),
  });
  try {
    const [account, actor] = await Promise.all([readTeam(http, String(team)), readUser(http)]);
    const { now, hide, close } = http;
    return { account, actor, api: client(http, account), now, hide, close };
  } catch (error) {
    await http.close();
    throw error;
  }
}

async function readTeam(http: Http, team: string): Promise<string> {
  try {
    return shaped(teamShape, await http.request({ method: "GET", path: `/v2/teams/${segment(team)}` })).id;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (!["not-found", "permission", "authentication"].includes(error.refused)) throw error;
    throw reworded(error, `the token reaches no team "${team}", or is not valid: ${error.message}`);
  }
}

/** A token of an installed app has no user; that does not stop anything that can do without. */
async function readUser(http: Http): Promise<string | null> {
  try {
    return shaped(userShape, await http.request({ method: "GET", path: "/v2/user" })).user.id;
  } catch (error) {
    if (error instanceof ProviderError) return null;
    throw error;
  }
}
