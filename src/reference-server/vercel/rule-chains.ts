/**
 * The strict mode of rules: refuses at write time what Vercel's docs of 2026-09-17 call a configuration error at
 * request time. Off in both profiles; open questions 20-22.
 */
import { badRequest } from "./endpoints.ts";
import type { RuleRecord } from "./state.ts";

/** More rewrites than this in one chain are an error (docs 2026-09-17). */
const MAX_REWRITES = 10;

/** Refuses with 400 when the live, enabled rules name malformed models or virtual models that are not active, close a cycle or chain too long. */
export function checkChains(rules: readonly RuleRecord[], virtualModels: ReadonlySet<string>): void {
  const next = new Map<string, string>();
  for (const rule of rules) {
    if (rule.deleted || !rule.enabled) continue;
    checkModel(rule.match.model);
    const target = rule.action?.rewriteModel;
    if (target === undefined) continue;
    checkModel(target);
    if (target.startsWith("vmc/") && !virtualModels.has(target.slice("vmc/".length)))
      throw badRequest("action.rewriteModel names no active virtual model");
    next.set(rule.match.model, target);
  }
  for (const start of next.keys()) {
    let model = next.get(start);
    for (let rewrites = 1; model !== undefined; rewrites++) {
      if (rewrites > MAX_REWRITES)
        throw badRequest(`Rules form a cycle or more than ${MAX_REWRITES} rewrites`);
      model = next.get(model);
    }
  }
}

function checkModel(model: string): void {
  if (!/^[^/\s]+\/[^/\s]+$/.test(model)) throw badRequest("A model is named creator/model");
}
