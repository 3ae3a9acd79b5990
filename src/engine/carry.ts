// What a successor takes over of the one before beside what the file declares: settings that somebody else made, so
// that no protection goes because another value is made.

import { listMarks } from "../base/expression.ts";
import { isObject, type JsonValue, record } from "../base/json.ts";
import { type Fields, type KindRules, policyOf } from "../model/kind-rules.ts";
import type { LiveResource } from "../model/live.ts";
import { saysSomething } from "./export-fields.ts";
import { canonicalLive } from "./normalise.ts";

/** Live values of what the file leaves out and a new one would not have by itself; of merged objects their members. */
export function carriedFields(rules: KindRules, declared: Fields, live: LiveResource): Fields {
  const carried = record<JsonValue>();
  const values = canonicalLive(rules, live.fields);
  for (const [name, value] of Object.entries(values)) {
    const policy = policyOf(rules, name);
    if (policy.server_default === true || listMarks(value).length > 0) continue;
    const own = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (own !== undefined && !(policy.merge === true && isObject(own) && isObject(value))) continue;
    const said = saysSomething(policy, value, values);
    if (said === undefined) continue;
    if (!isObject(own) || !isObject(said)) carried[name] = said;
    else {
      const rest = Object.entries(said).filter(([member]) => !Object.hasOwn(own, member));
      if (rest.length > 0) carried[name] = Object.fromEntries(rest);
    }
  }
  return carried;
}
