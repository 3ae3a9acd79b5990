// The create transaction: intent, request, look-up where the outcome is unknown, delivery, record. At every
// point where it can be cut off, the ledger says enough for a later run to finish or to clean up.

import { isObject } from "../base/json.ts";
import { identityKey, isIntended, wasThere } from "../engine/context.ts";
import { appliedEntry, intendedEntry, withoutRetiring } from "../engine/entry.ts";
import { isSuccessor } from "../engine/holders.ts";
import { closedIntent, renewedIntent } from "../engine/intent.ts";
import { canonicalFields, canonicalLive, leavesOf } from "../engine/normalise.ts";
import { type Fields, type KindRules, policyOf } from "../model/kind-rules.ts";
import type { Intent, LedgerEntry } from "../model/ledger.ts";
import type { LiveResource } from "../model/live.ts";
import type { Step, StepBody } from "../model/plan.ts";
import { ProviderError } from "../provider/error.ts";
import type { Created, ResolvedFields } from "../provider/kind.ts";
import { deliverValue } from "./deliver-value.ts";
import {
  bodyOf,
  type Execution,
  kindOfStep,
  liveRef,
  parentIdOf,
  rulesOfStep,
  StepFailure,
  type StepOutcome,
  sessionOfStep,
} from "./execution.ts";
import { ledgerFields, materialise } from "./materialise.ts";
import { giveOwnName, workingName } from "./working-name.ts";

/** Tries of a create whose outcome stays unknown. */
const TRIES = 3;
/** Tries while the vendor is still making something that the create needs (a stored secret becoming active). */
const WAITS = 12;
/** The vendor's clock is read from whole seconds in its answers. */
const CLOCK_SLACK = 2_000;
/**
 * How long after the ledger was last told so a request may still be carried out. While it is under way the ledger is told
 * again and again: of a run that is killed, no more is taken for its own than what was made at about that time.
 */
const LEASE = 30_000;
/** How often the ledger is told, waits for the vendor's rate limit included. */
const BEAT = 10_000;
/** How long after its last try a request may still be carried out. */
const LATEST_COMMIT = 10_000;

/** Makes the resource of a create step and delivers its one-time value. */
export async function createResource(x: Execution, step: Step): Promise<StepOutcome> {
  const rules = rulesOfStep(x, step);
  const body = bodyOf(step);
  const parentId = parentIdOf(x, step);
  const owned = rules.ownership === "owned";
  const session = sessionOfStep(x, step);
  const declared = ledgerFields(body.fields, x.ids, x.secrets, x.fingerprint);
  const sent = leavesOf(rules, canonicalFields(rules, declared));
  const working = workingName(rules, declared);
  const intent: Intent = {
    identity: identityKey(rules, parentId, canonicalFields(rules, { ...declared, ...working })),
    known_ids: step.known_ids ?? [],
    not_before: session.now() - CLOCK_SLACK,
    not_after: session.now() + LEASE,
    creator: session.actor,
    ...(working === undefined ? {} : { own_name: true as const }),
  };
  const previous = x.ledger.entry(step.address);
  if (owned) {
    await x.ledger.updateEntry(step.address, (before) =>
      intendedEntry(before, step, parentId, intent, sent, new Date(x.now()).toISOString()),
    );
  }
  const tries = { uncertain: false };
  const fields = materialise({ ...sentFields(rules, body), ...working }, x.ids, x.secrets);
  const creating = createOnce(x, step, { intent, fields }, tries);
  const created = await (owned ? renewing(x, step, creating) : creating).catch(async (error: unknown) => {
    // Nothing was made for certain, so nothing has to be remembered. What a look-up or a clean-up is refused says
    // nothing of that, nor does a refusal of a later try.
    const refused = error instanceof ProviderError || error instanceof StepFailure;
    const nothing = refused && !tries.uncertain;
    if (owned) {
      await x.ledger.updateEntry(step.address, (before) =>
        nothing ? previous : closedIntent(before, session.now() + LATEST_COMMIT),
      );
    }
    throw error;
  });
  const { live, once } = created;
  const delivered =
    once === undefined
      ? undefined
      : await deliverValue(x, step, { id: live.id, once }, (held) =>
          revoke(x, step, live, { held, previous }),
        );
  x.ids.set(step.address, live.id);
  if (owned) {
    await x.ledger.updateEntry(step.address, (before) =>
      appliedEntry({
        rules,
        before,
        step,
        parent_id: parentId,
        live,
        fields: declared,
        ...(delivered === undefined ? {} : { delivered }),
        now: x.now(),
      }),
    );
  }
  const unnamed = working === undefined ? undefined : await giveOwnName(x, step, live.id, working.name);
  const notes = [created.note, unnamed].filter((note) => note !== undefined);
  return {
    outcome: "done",
    vendor_id: live.id,
    ...(notes.length === 0 ? {} : { note: notes.join("; ") }),
    ...(delivered === undefined ? {} : { delivered }),
  };
}

/** Goes on telling the ledger that a create is under way, until it has ended. */
async function renewing<T>(x: Execution, step: Step, work: Promise<T>): Promise<T> {
  const beat = setInterval(() => {
    const until = sessionOfStep(x, step).now() + LEASE;
    // What keeps it from being written keeps the next write from it, too, and that one says so.
    x.ledger.updateEntry(step.address, (before) => renewedIntent(before, until)).catch(() => undefined);
  }, BEAT);
  try {
    return await work;
  } finally {
    clearInterval(beat);
  }
}

/**
 * One live resource, whatever it takes: a lost answer is looked up, never blindly repeated.
 * @param tries told when a try may have been carried out without our knowing.
 */
async function createOnce(
  x: Execution,
  step: Step,
  { intent, fields }: { readonly intent: Intent; readonly fields: ResolvedFields },
  tries: { uncertain: boolean },
): Promise<Created> {
  const { api, rules } = kindOfStep(x, step);
  const parentId = parentIdOf(x, step);
  const session = sessionOfStep(x, step);
  let waits = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await api.create(session.api, {
        fields,
        ...(parentId === undefined ? {} : { parent_id: parentId }),
      });
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      tries.uncertain ||= error.outcome === "unknown";
      if (error.refused === "waiting" && error.outcome === "not-applied" && waits < WAITS) {
        await x.pause(error.retry_after ?? Math.min(5_000, 250 * 2 ** waits));
        waits += 1;
        attempt -= 1;
        continue;
      }
      if (error.outcome === "not-applied" && error.refused !== "exists") throw error;
      const found = await lookUp(x, step, intent);
      // A refused try made nothing, so what is there by now is somebody else's.
      if (rules.ownership === "owned" && !tries.uncertain && found.ours.length + found.others.length > 0)
        throw takenMeanwhile(step, found, error);
      const [mine] = found.ours;
      if (found.ours.length > 1 || (mine === undefined && found.others.length > 0))
        throw unsettled(step, found, error);
      if (mine !== undefined && !rules.one_time_value) return { live: mine };
      // Made, but its value was lost with the answer: nobody can be using it.
      if (mine !== undefined && api.renewValue !== undefined) return renew(x, step, mine, fields);
      if (mine !== undefined) await api.delete?.(session.api, liveRef(x, step, mine.id));
      // Nothing new there and still "exists": what was deleted just before keeps its place for some seconds (a
      // provider config at Cloudflare: Alchemy tries five times, a second apart, 2026).
      const held = mine === undefined && error.refused === "exists" && intent.known_ids.length > 0;
      if (held && waits < WAITS) {
        await x.pause(Math.min(1_000, 250 * 2 ** waits));
        waits += 1;
        attempt -= 1;
        continue;
      }
      if (attempt >= TRIES) throw error;
    }
  }
}

/** What a create sends: declared fields, and beside them the members of merged ones that go along. */
function sentFields(rules: KindRules, { fields, defaults }: StepBody): Fields {
  const merged = Object.entries(fields).map(([name, value]) => {
    const more = policyOf(rules, name).merge === true ? defaults[name] : undefined;
    return [name, isObject(value) && isObject(more) ? { ...more, ...value } : value] as const;
  });
  return { ...defaults, ...Object.fromEntries(merged) };
}

/** What a create with a lost answer has made, with a new value, and finished where the create is several requests. */
async function renew(x: Execution, step: Step, mine: LiveResource, fields: ResolvedFields): Promise<Created> {
  const { api } = kindOfStep(x, step);
  const client = sessionOfStep(x, step).api;
  const ref = liveRef(x, step, mine.id);
  const live = (await api.update?.(client, { ...ref, fields, changed: Object.keys(fields) })) ?? mine;
  const once = await api.renewValue?.(client, ref);
  return once === undefined ? { live } : { live, once };
}

interface Found {
  readonly ours: readonly LiveResource[];
  readonly others: readonly LiveResource[];
}

/** What a request with an unknown outcome has made. A list may lag, so an empty look is repeated once. */
async function lookUp(x: Execution, step: Step, intent: Intent): Promise<Found> {
  const { api, rules } = kindOfStep(x, step);
  const parentId = parentIdOf(x, step);
  const session = sessionOfStep(x, step);
  for (let look = 1; ; look++) {
    const listing = await api.list(session.api, parentId === undefined ? {} : { parent_id: parentId });
    const entries = Object.entries(x.ledger.current().resources).filter(([, { kind }]) => kind === step.kind);
    const owned = new Set(
      entries.flatMap(([, { id, retiring = [] }]) => [
        ...(id === null ? [] : [id]),
        ...retiring.map((it) => it.id),
      ]),
    );
    // Two may have one name: what another create under way may have made is not known to be this one's.
    const shared = entries.some(
      ([address, { intent: other }]) => address !== step.address && other?.identity === intent.identity,
    );
    const fresh = listing.resources.filter(
      (live) =>
        identityKeyOf(rules, live) === intent.identity &&
        !wasThere(rules, intent, live) &&
        !owned.has(live.id),
    );
    const ours = fresh.filter(
      (live) => !shared && isIntended({ ...intent, not_after: session.now() + CLOCK_SLACK }, live),
    );
    const others = fresh.filter((live) => !ours.includes(live));
    if (fresh.length > 0 || (listing.complete && look > 1)) return { ours, others };
    if (look > 2)
      throw new StepFailure(
        "UNSETTLED",
        `${step.address}: the answer to its create was lost, and the list to look it up in is incomplete`,
        "run apply again",
      );
    await x.pause(500 * look);
  }
}

function identityKeyOf(rules: Parameters<typeof identityKey>[0], live: LiveResource): string {
  const fields = canonicalLive(rules, live.fields);
  return identityKey(
    rules,
    live.parent_id,
    rules.identity(fields) === null ? { ...fields, name: live.name } : fields,
  );
}

function takenMeanwhile(step: Step, found: Found, error: ProviderError): StepFailure {
  const ids = [...found.ours, ...found.others].map((live) => live.id).join(", ");
  return new StepFailure(
    "NOT_OWNED",
    `${step.address}: ${error.message}; somebody else has made ${ids} since the plan was made`,
    `plan again; \`gateform adopt ${step.address}=ID\` takes it over`,
  );
}

function unsettled(step: Step, found: Found, error: ProviderError): StepFailure {
  const ids = [...found.ours, ...found.others].map((live) => live.id).join(", ");
  return new StepFailure(
    "AMBIGUOUS",
    `${step.address}: ${error.message}; meanwhile there ${found.ours.length + found.others.length === 1 ? "is" : "are"} ${ids}, and nobody can tell whether this run made ${found.ours.length + found.others.length === 1 ? "it" : "them"}`,
    `nothing was removed; settle it with \`gateform adopt ${step.address}=ID\``,
  );
}

/**
 * After a delivery that failed: revokes what was made and leaves the entry as it was.
 * @param held what says which sinks have the value or may have it.
 * @returns what became of it, as the rest of a sentence.
 */
async function revoke(
  x: Execution,
  step: Step,
  live: LiveResource,
  { held, previous }: { readonly held: readonly string[]; readonly previous: LedgerEntry | undefined },
): Promise<string> {
  const { api } = kindOfStep(x, step);
  const problems = [...held];
  if (problems.length > 0 && isSuccessor(step, x.ledger.entry(step.address), live.id)) {
    // A consumer of the old value may have got the new one, so both have to work.
    return `; ${problems.join("; ")}, so ${live.id} stays live beside the old one; the next apply makes another, delivers it everywhere and then lets the others go`;
  }
  try {
    await api.delete?.(sessionOfStep(x, step).api, liveRef(x, step, live.id));
  } catch (error) {
    if (held.length === 0)
      await x.ledger.updateEntry(step.address, (before) =>
        before === undefined ? undefined : unheld(before, previous, live.id),
      );
    problems.push(
      `it could not be revoked now (${error instanceof Error ? error.message : "unknown"}); the next apply removes it`,
    );
    return `; ${problems.join("; ")}`;
  }
  await x.ledger.updateEntry(step.address, (before) => {
    if (before === undefined) return undefined;
    // As it was: what an earlier entry protected stays protected.
    if (before.status === "creating") return previous;
    const { intent: _, ...rest } = withoutRetiring(unheld(before, previous, live.id), live.id);
    return rest;
  });
  return `; the new one was revoked and taken out of the sinks again${problems.length === 0 ? "" : `, but ${problems.join("; ")}`}`;
}

/** The entry when no sink has the value of an id: it just goes, and the rotation that it was made for is none. */
function unheld(before: LedgerEntry, previous: LedgerEntry | undefined, id: string): LedgerEntry {
  const { rotating: _, ...rest } = before;
  const retiring = before.retiring?.map((item) => (item.id === id ? { id, due: item.due } : item));
  return {
    ...rest,
    ...(previous?.rotating === undefined ? {} : { rotating: previous.rotating }),
    ...(retiring === undefined ? {} : { retiring }),
  };
}
