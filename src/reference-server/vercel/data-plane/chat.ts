/**
 * Chat completions: budgets, routing rules, virtual models and fallbacks, providers and credentials, cost, and the
 * account of it all in `provider_metadata` of the answer's message (path observed 2026-09-27).
 */
import { completion } from "../../echo.ts";
import { type Incoming, json, type Reply } from "../../http.ts";
import type { World } from "../../world.ts";
import { type Caller, callerOf } from "./access.ts";
import { type Attempt, attemptModel, type ModelAttempts } from "./attempts.ts";
import { charge, checkBudgets } from "./budgets.ts";
import { costOf, providersOf } from "./catalog.ts";
import { labelOf } from "./credentials.ts";
import { badRequest, denied, noneLeft, providerFailed, unknownModel } from "./errors.ts";
import { type GatewayOptions, readChat, type Way, wayOf } from "./options.ts";
import { type Resolved, type Routing, resolve } from "./routing.ts";

interface Candidate {
  readonly model: string;
  readonly way: Way;
  /** Where a relay forwards to. */
  readonly relay: string | undefined;
}

/** @throws Refusal; `generation` is the id of this request */
export function chatCompletion(world: World, incoming: Incoming, generation: string): Reply {
  const caller = callerOf(world, incoming);
  const { model: requested, options } = readChat(incoming);
  const now = world.now();
  checkBudgets(world.store, caller, now);
  const candidates = candidatesFor(world, caller, requested, options);
  const tried: ModelAttempts[] = [];
  for (const { model, way, relay } of candidates) {
    const attempted = attemptModel(world, incoming, caller.teamId, model, options, way);
    tried.push(attempted);
    const last = attempted.attempts.at(-1);
    if (last === undefined || last.status !== undefined) continue;
    const byok = last.credential.source !== "system";
    const cost = costOf(model);
    charge(world.store, caller, cost, byok, now);
    touch(world, caller, now);
    const credential = labelOf(last.credential);
    const { provider } = last;
    const body = completion({
      id: generation,
      now,
      model: requested,
      content: `${provider} ${model} with ${credential}`,
      echo: { provider, model, credential, ...(relay === undefined ? {} : { url: relay }) },
      message: {
        provider_metadata: {
          gateway: {
            routing: routingOf(requested, tried, last, now),
            cost: byok ? "0" : String(cost),
            marketCost: String(cost),
            generationId: generation,
          },
        },
      },
    });
    return json(200, body);
  }
  const status = tried.flatMap(({ attempts }) => attempts).at(-1)?.status;
  if (status === undefined) throw noneLeft(requested, candidates[0]?.way.zeroDataRetention === true);
  return providerFailed(status);
}

/** What is tried for the requested model and then for its fallbacks. @throws Refusal when the first is refused */
function candidatesFor(
  world: World,
  caller: Caller,
  requested: string,
  options: GatewayOptions,
): Candidate[] {
  const { rules, virtual_models } = world.settingsLag.at(world.store.vercel, world.now());
  const routing: Routing = {
    rules: rules.filter(({ ownerId }) => ownerId === caller.teamId),
    virtualModels: virtual_models.filter(({ ownerId }) => ownerId === caller.teamId),
  };
  const zeroDataRetention = keepsNothing(world, caller);
  const served = (found: Resolved): Candidate[] => {
    if (found.kind !== "models") return [];
    const { models, virtual } = found;
    const way = wayOf(options, virtual, zeroDataRetention);
    return models
      .filter((model) => providersOf(model, world.switches).length > 0)
      .map((model) => ({ model, way, relay: virtual?.baseUrl }));
  };
  const first = resolve(routing, requested);
  if (first.kind === "denied") throw denied(first.model, first.rule.ruleId, first.rule.action?.reason);
  if (first.kind === "misconfigured") throw badRequest(`Model '${requested}': ${first.why}`);
  const own = served(first);
  if (own.length === 0) throw unknownModel(requested);
  // Fallbacks that are denied or lead in a circle are skipped (docs 2026-09-17).
  return [...own, ...options.models.flatMap((model) => served(resolve(routing, model)))];
}

/** The team's setting, unless the key is exempt from it (CLI 64.0.2, `--zdr-exempt` and `--bypass-all-settings`). */
function keepsNothing({ store }: World, caller: Caller): boolean {
  if (!store.vercel.zero_data_retention.includes(caller.teamId)) return false;
  const { zdr, bypassAll } = (caller.kind === "key" ? caller.key.metadata : undefined) ?? {};
  const exempt =
    typeof zdr === "object" && zdr !== null && "enableNonZdrModels" in zdr && zdr.enableNonZdrModels === true;
  return !exempt && bypassAll !== true;
}

/** `activeAt` of a key is its last use. */
function touch({ store }: World, caller: Caller, now: number): void {
  if (caller.kind === "project") return;
  const keys = store.vercel.keys.map((key) => (key.id === caller.key.id ? { ...key, activeAt: now } : key));
  store.writeVercel({ keys });
}

/** The request keeps the name that it came with; who served it is `canonicalSlug` and `finalProvider`. */
function routingOf(requested: string, tried: readonly ModelAttempts[], last: Attempt, now: number): object {
  const final = tried.at(-1);
  const model = final?.model ?? requested;
  return {
    originalModelId: requested,
    resolvedProvider: final?.providers[0] ?? last.provider,
    resolvedProviderApiModelId: nameOf(model),
    fallbacksAvailable: final?.providers.slice(1) ?? [],
    canonicalSlug: model,
    finalProvider: last.provider,
    modelAttemptCount: tried.length,
    modelAttempts: tried.map((attempted) => ({
      modelId: `${attempted.providers[0] ?? ""}:${nameOf(attempted.model)}`,
      canonicalSlug: attempted.model,
      success: attempted === final,
      providerAttemptCount: attempted.attempts.length,
      providerAttempts: attempted.attempts.map((attempt) => shownAttempt(attempted.model, attempt, now)),
    })),
    totalProviderAttemptCount: tried.reduce((sum, { attempts }) => sum + attempts.length, 0),
  };
}

function shownAttempt(
  model: string,
  { provider, credential, status, timeout }: Attempt,
  now: number,
): object {
  return {
    provider,
    internalModelId: `${provider}:${nameOf(model)}`,
    providerApiModelId: nameOf(model),
    credentialType: credential.source === "system" ? "system" : "byok",
    success: status === undefined,
    ...(status === undefined || timeout !== undefined ? {} : { error: `Injected failure ${status}` }),
    ...(timeout === undefined
      ? { statusCode: status ?? 200 }
      : { error: "PROVIDER_TIMEOUT", providerTimeout: true, configuredTimeoutMs: timeout }),
    startTime: now,
    endTime: now,
  };
}

function nameOf(model: string): string {
  return model.slice(model.indexOf("/") + 1);
}
