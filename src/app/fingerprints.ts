// Gives declared secrets their fingerprints where the values are at hand, so that the plan can compare them.

import type { Diagnostic } from "../base/diagnostic.ts";
import { type Fingerprint, MIN_SALTED_LENGTH } from "../base/digest.ts";
import { isSecretMark, listMarks, mapMarks } from "../base/expression.ts";
import type { JsonValue } from "../base/json.ts";
import type { Desired, DesiredResource } from "../model/desired.ts";
import type { Fields } from "../model/kind-rules.ts";
import type { Plan } from "../model/plan.ts";
import { sourceKey } from "./materialise.ts";
import type { SecretResolver } from "./secrets.ts";

/** The same graph with fingerprints, and a note for each value that is at hand and too short for one. */
export async function withFingerprints(
  desired: Desired,
  resolver: SecretResolver,
  fingerprint: Fingerprint,
): Promise<{ readonly desired: Desired; readonly notes: readonly Diagnostic[] }> {
  const notes: Diagnostic[] = [];
  const resources: DesiredResource[] = [];
  for (const resource of desired.resources)
    resources.push(await fingerprintOne(resource, resolver, fingerprint, notes));
  return { desired: { ...desired, resources }, notes };
}

/**
 * A plan with fingerprints of the secrets that it may write, where it was made without: only with them can be seen
 * that a value is live already. A fingerprint that the plan has stays, whatever the value is by now.
 */
export async function planWithFingerprints(
  plan: Plan,
  resolver: SecretResolver,
  fingerprint: Fingerprint,
): Promise<Plan> {
  const prints = new Map<string, string>();
  for (const { action, body } of plan.steps) {
    if (body === undefined || action === "adopt" || action === "record") continue;
    for (const { mark } of listMarks(body.fields)) {
      if (!isSecretMark(mark) || mark.$secret.fingerprint !== undefined) continue;
      const { source } = mark.$secret;
      const resolved = source === undefined ? undefined : await resolver.resolve(source);
      if (source === undefined || resolved === undefined || !("secret" in resolved)) continue;
      const print = fingerprint(resolved.secret.reveal());
      if (print !== undefined) prints.set(sourceKey(source), print);
    }
  }
  if (prints.size === 0) return plan;
  const steps = plan.steps.map((step) =>
    step.body === undefined
      ? step
      : { ...step, body: { ...step.body, fields: withPrints(step.body.fields, prints) } },
  );
  return { ...plan, steps };
}

/** Secrets without a fingerprint get that of their source. */
function withPrints(fields: Fields, prints: ReadonlyMap<string, string>): Fields {
  const filled = mapMarks(fields, (mark) => {
    const whole: JsonValue = mark as unknown as JsonValue; // marks are JSON objects
    if (!("$secret" in mark) || mark.$secret.fingerprint !== undefined) return whole;
    const { source } = mark.$secret;
    const print = source === undefined ? undefined : prints.get(sourceKey(source));
    return source === undefined || print === undefined
      ? whole
      : { $secret: { source: source as unknown as JsonValue, fingerprint: print } };
  });
  return filled as Fields; // an object stays one
}

async function fingerprintOne(
  resource: DesiredResource,
  resolver: SecretResolver,
  fingerprint: Fingerprint,
  notes: Diagnostic[],
): Promise<DesiredResource> {
  const prints = new Map<string, string>();
  for (const { mark, path } of listMarks(resource.fields)) {
    if (!("$secret" in mark) || mark.$secret.source === undefined) continue;
    const secret = await resolver.readForFingerprint(mark.$secret.source);
    if (secret === undefined) continue;
    const print = fingerprint(secret.reveal());
    if (print === undefined) notes.push(tooShort(resource.address, path.join(".")));
    else prints.set(sourceKey(mark.$secret.source), print);
  }
  if (prints.size === 0) return resource;
  return { ...resource, fields: withPrints(resource.fields, prints) };
}

function tooShort(address: string, path: string): Diagnostic {
  return {
    severity: "note",
    code: "NO_FINGERPRINT",
    address,
    message: `${address}: ${path} is shorter than ${MIN_SALTED_LENGTH} characters, so no fingerprint of it is kept and a change of it cannot be noticed`,
    hint: "set GATEFORM_LEDGER_KEY to have fingerprints of short values too",
  };
}
