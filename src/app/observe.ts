// Reads what is live, as far as the plan needs it: the sections in scope, what the ledger owns, what would go
// with a delete. It believes a list only when it is complete, and an absence only after a second look.

import type { Address } from "../base/address.ts";
import { identityKey } from "../engine/context.ts";
import { canonicalFields, canonicalLive } from "../engine/normalise.ts";
import { retiringEntries } from "../engine/retiring.ts";
import type { Desired, DesiredResource } from "../model/desired.ts";
import type { PartRule } from "../model/kind-rules.ts";
import type { Ledger, LedgerEntry } from "../model/ledger.ts";
import { type LiveResource, type LiveState, liveKey, type Reading } from "../model/live.ts";
import { ProviderError } from "../provider/error.ts";
import type { Listing } from "../provider/kind.ts";
import type { AnyKind } from "../provider/provider.ts";
import { parentsOfUnseen } from "./cut-off.ts";
import { failedReading, parentOf } from "./failed-reading.ts";
import { lookedAt } from "./looked-at.ts";
import { mapLimit } from "./parallel.ts";
import { type Sessions, sessionOf } from "./sessions.ts";

export interface ObserveInput {
  readonly desired: Desired;
  readonly ledger: Ledger | null;
  /** All kinds of the providers that are connected, parents before children. */
  readonly kinds: readonly AnyKind[];
  readonly sessions: Sessions;
  /** Everything in the ledger is to go, so all of it is read. */
  readonly destroy: boolean;
  readonly parallelism: number;
  /** Waits, in milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
}

/** Milliseconds until what a read does not show is asked for once more: the read may lag behind. */
export const LAG = 500;

/** Reads the live state. What cannot be read is said in `readings`; only programming errors are thrown. */
export async function observe(input: ObserveInput): Promise<LiveState> {
  const look = new Look(input);
  for (const kind of input.kinds) await look.readKind(kind);
  await look.readParts();
  await look.readChildren();
  return look.state();
}

type Placed = Pick<LedgerEntry, "kind" | "id" | "parent_id" | "status">;

interface Wholes {
  readonly wholes: readonly LiveResource[];
  readonly problem?: ProviderError;
}

class Look {
  readonly #input: ObserveInput;
  readonly #entries: readonly (readonly [Address, LedgerEntry])[];
  readonly #declared: ReadonlySet<Address>;
  readonly #resources: ReadonlyMap<Address, DesiredResource>;
  readonly #live = new Map<string, LiveResource>();
  readonly #byIdentity = new Map<string, LiveResource>();
  readonly #readings: Reading[] = [];
  readonly #absent = new Set<string>();

  constructor(input: ObserveInput) {
    this.#input = input;
    this.#entries = Object.entries(input.ledger?.resources ?? {});
    this.#resources = new Map(input.desired.resources.map((item) => [item.address, item]));
    this.#declared = new Set(
      input.destroy ? [] : input.desired.resources.map((resource) => resource.address),
    );
  }

  /** Reads every list of a kind that somebody asks for, then looks again for what should have been in it. */
  async readKind(kind: AnyKind): Promise<void> {
    const parents = kind.rules.parent === undefined ? this.#rootWanted(kind) : this.#parentsWanted(kind);
    await mapLimit(parents, this.#input.parallelism, (parentId) => this.#readList(kind, parentId));
    await this.#lookAgain(kind);
  }

  /** Tells what belongs to something of another kind from what stands for itself. */
  async readParts(): Promise<void> {
    for (const kind of this.#input.kinds) {
      const rule = kind.rules.part_of;
      const found = this.#liveOf(kind.rules.kind);
      if (rule === undefined || found.length === 0) continue;
      const { wholes, problem } = await this.#wholesOf(rule, found);
      for (const live of found) {
        const whole = wholes.find((other) => rule.is(live, other));
        if (whole !== undefined) this.#add(kind, { ...live, part_of: this.#wholeNamed(whole) });
      }
      // Nobody can tell which of the rest are somebody's own, so none of them may be taken or removed.
      if (problem !== undefined) this.#readings.push(failedReading(kind.rules.kind, undefined, problem));
    }
  }

  /** What the given ones may belong to, as far as it can be read. What is read only for this is no part of the state. */
  async #wholesOf(rule: PartRule, found: readonly LiveResource[]): Promise<Wholes> {
    const kind = this.#input.kinds.find(({ rules }) => rules.kind === rule.kind);
    const parentKind = this.#input.kinds.find(({ rules }) => rules.kind === kind?.rules.parent);
    if (kind === undefined || parentKind === undefined) return { wholes: [] };
    const parents = await this.#everythingIn(parentKind, undefined);
    const possible = parents.wholes.filter(({ id }) => found.some((live) => rule.within(live, id)));
    const lists = await mapLimit(possible, this.#input.parallelism, ({ id }) => this.#everythingIn(kind, id));
    const problem = [parents, ...lists].find((list) => list.problem !== undefined)?.problem;
    return {
      wholes: lists.flatMap((list) => list.wholes),
      ...(problem === undefined ? {} : { problem }),
    };
  }

  /** A list, read before or now, and why there is only half of it. */
  async #everythingIn(kind: AnyKind, parentId: string | undefined): Promise<Wholes> {
    const place = kind.rules.kind;
    const known = this.#readings.find((reading) => reading.kind === place && reading.parent_id === parentId);
    try {
      const listing: Listing =
        known === undefined
          ? await kind.api.list(this.#session(kind).api as never, parentOf(parentId))
          : { ...known, resources: this.#liveOf(place).filter(({ parent_id }) => parent_id === parentId) };
      if (listing.complete) return { wholes: listing.resources };
      const problem = new ProviderError(
        `what belongs to ${kind.rules.noun}s cannot be told from the rest: ${listing.error ?? "their list is cut"}`,
        { refused: "malformed", outcome: "not-applied" },
      );
      return { wholes: listing.resources, problem };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return { wholes: [], problem: error };
    }
  }

  #wholeNamed({ kind, id, parent_id, name }: LiveResource): NonNullable<LiveResource["part_of"]> {
    const noun = this.#input.kinds.find(({ rules }) => rules.kind === kind)?.rules.noun ?? kind;
    const inside = parent_id === undefined ? "" : ` in ${parent_id}`;
    return { key: liveKey(kind, parent_id, id), title: `the ${noun} ${name}${inside}` };
  }

  /** For whatever may be deleted: what lives in it that no kind manages. */
  async readChildren(): Promise<void> {
    const doomed = this.#input.kinds
      .filter((kind) => kind.rules.has_children)
      .flatMap((kind) => this.#mayBeDeleted(kind).map((live) => ({ kind, live })));
    await mapLimit(doomed, this.#input.parallelism, async ({ kind, live }) => {
      const { api } = this.#session(kind);
      const { children } = kind.api;
      if (children === undefined) return;
      try {
        const found = await children(api as never, { id: live.id, ...parentOf(live.parent_id) });
        this.#live.set(liveKey(live.kind, live.parent_id, live.id), { ...live, children: found });
      } catch (error) {
        // Left without `children`: the engine then refuses the delete.
        this.#readings.push(failedReading(`${kind.rules.kind} children`, live.id, error));
      }
    });
  }

  state(): LiveState {
    const { sessions } = this.#input;
    return {
      accounts: Object.fromEntries([...sessions].map(([name, session]) => [name, session.account])),
      actors: Object.fromEntries(
        [...sessions].flatMap(([name, { actor }]) => (actor === null ? [] : [[name, actor]])),
      ),
      resources: [...this.#live.values()],
      readings: this.#readings,
      absent: [...this.#absent],
    };
  }

  #rootWanted(kind: AnyKind): (string | undefined)[] {
    const { desired, destroy } = this.#input;
    const name = kind.rules.kind;
    const wanted =
      desired.scopes.some((scope) => scope.kind === name) ||
      desired.resources.some((resource) => resource.kind === name) ||
      (destroy && this.#entries.some(([, entry]) => entry.kind === name));
    return wanted ? [undefined] : [];
  }

  #parentsWanted(kind: AnyKind): string[] {
    const { desired, destroy } = this.#input;
    const ids = new Set<string>();
    for (const scope of desired.scopes) {
      if (scope.kind !== kind.rules.kind) continue;
      if (scope.parent === undefined) for (const live of this.#liveOf(kind.rules.parent)) ids.add(live.id);
      const id = scope.parent === undefined ? undefined : this.#idOf(scope.parent);
      if (id !== undefined) ids.add(id);
    }
    // What lives in something that is to be deleted goes first, and one by one.
    for (const parent of this.#input.kinds.filter((other) => other.rules.kind === kind.rules.parent)) {
      for (const live of this.#mayBeDeleted(parent)) ids.add(live.id);
    }
    if (destroy) {
      for (const [, entry] of this.#entries) {
        if (entry.kind === kind.rules.kind && entry.parent_id !== undefined) ids.add(entry.parent_id);
      }
    }
    const present = new Set(this.#liveOf(kind.rules.parent).map((live) => live.id));
    return [...ids].filter((id) => present.has(id)).sort();
  }

  #liveOf(kind: string | undefined): LiveResource[] {
    return [...this.#live.values()].filter((live) => live.kind === kind);
  }

  async #readList(kind: AnyKind, parentId: string | undefined): Promise<void> {
    try {
      const listing = await kind.api.list(this.#session(kind).api as never, parentOf(parentId));
      for (const live of lookedAt(this.#input, kind, listing.resources)) this.#add(kind, live);
      this.#readings.push({
        kind: kind.rules.kind,
        ...parentOf(parentId),
        complete: listing.complete,
        ...(listing.error === undefined ? {} : { error: listing.error }),
      });
    } catch (error) {
      this.#readings.push(failedReading(kind.rules.kind, parentId, error));
    }
  }

  /** Absence is believed late: each id that a list does not show is asked for, or the list is read once more. */
  async #lookAgain(kind: AnyKind): Promise<void> {
    const places: readonly Placed[] = [
      ...this.#entries.flatMap(([, entry]) => this.#lifeOf(entry, kind)),
      ...this.#entries.flatMap(([, entry]) => [entry, ...retiringEntries(entry)]),
    ].filter((place) => place.kind === kind.rules.kind && place.id !== null);
    const byKey = new Map(
      places.map((place) => [liveKey(place.kind, place.parent_id, place.id ?? ""), place]),
    );
    const missing = [...byKey.values()].filter(
      (place) =>
        this.#wasRead(place) &&
        // What a replacement has deleted may still be listed for a while; everything else should be listed.
        this.#has(place) === (place.status === "deleted"),
    );
    await this.#lookForCutOff(kind);
    const again = new Map<string | undefined, Promise<ReadonlySet<string> | null>>();
    await mapLimit(missing, this.#input.parallelism, async (entry) => {
      const id = entry.id as string; // filtered above
      const key = liveKey(entry.kind, entry.parent_id, id);
      if (kind.api.get !== undefined) {
        const live = await this.#getOne(kind, entry, id);
        if (live === null) {
          this.#absent.add(key);
          this.#drop(kind, key);
        } else if (live !== undefined) this.#add(kind, live);
        return;
      }
      const second = again.get(entry.parent_id) ?? this.#listAgain(kind, entry.parent_id);
      again.set(entry.parent_id, second);
      const ids = await second;
      if (ids !== null && !ids.has(id)) this.#absent.add(key);
    });
  }

  /** What a create that was cut off has made may not be listed yet: a list that shows nothing of it is read once more. */
  async #lookForCutOff(kind: AnyKind): Promise<void> {
    const read = this.#entries.map(([, entry]) => entry).filter((entry) => this.#wasRead(entry));
    const parents = parentsOfUnseen(kind.rules, read, this.#liveOf(kind.rules.kind));
    if (parents.length > 0) await this.#input.pause(LAG);
    await mapLimit(parents, this.#input.parallelism, (parentId) => this.#listAgain(kind, parentId));
  }

  /** What an entry was made in: its address may lead to another one by now, so that nothing else would ask for it. */
  #lifeOf(entry: LedgerEntry, kind: AnyKind): Placed[] {
    const parent = this.#input.kinds.find(({ rules }) => rules.kind === entry.kind)?.rules.parent;
    const id = parent === kind.rules.kind ? entry.parent_id : undefined;
    return id === undefined ? [] : [{ kind: kind.rules.kind, id, status: "ready" }];
  }

  async #getOne(kind: AnyKind, entry: Placed, id: string): Promise<LiveResource | null | undefined> {
    try {
      return await kind.api.get?.(this.#session(kind).api as never, { id, ...parentOf(entry.parent_id) });
    } catch (error) {
      if (error instanceof ProviderError) return undefined;
      throw error;
    }
  }

  async #listAgain(kind: AnyKind, parentId: string | undefined): Promise<ReadonlySet<string> | null> {
    try {
      const listing = await kind.api.list(this.#session(kind).api as never, parentOf(parentId));
      for (const live of lookedAt(this.#input, kind, listing.resources)) this.#add(kind, live);
      return listing.complete ? new Set(listing.resources.map((live) => live.id)) : null;
    } catch (error) {
      if (error instanceof ProviderError) return null;
      throw error;
    }
  }

  #wasRead(entry: Placed): boolean {
    return this.#readings.some(
      (reading) => reading.kind === entry.kind && reading.parent_id === entry.parent_id,
    );
  }

  #has(entry: Placed): boolean {
    return this.#live.has(liveKey(entry.kind, entry.parent_id, entry.id ?? ""));
  }

  /** Live things of a kind that the plan may delete: removed from the file, or undeclared in an exclusive section. */
  #mayBeDeleted(kind: AnyKind): LiveResource[] {
    const { desired, destroy } = this.#input;
    const removed = new Set(
      this.#entries
        .filter(([address, entry]) => entry.kind === kind.rules.kind && !this.#declared.has(address))
        .map(([, entry]) => entry.id),
    );
    const exclusive =
      !destroy && kind.rules.section !== null && desired.policy.exclusive.includes(kind.rules.section);
    const ours = new Set(exclusive ? [...this.#declared].map((address) => this.#idOf(address)) : []);
    return [...this.#live.values()].filter(
      (live) => live.kind === kind.rules.kind && (removed.has(live.id) || (exclusive && !ours.has(live.id))),
    );
  }

  /** The live id of an address: the ledger's, or that of the live resource of its identity. */
  #idOf(address: Address): string | undefined {
    const entry = this.#input.ledger?.resources[address];
    if (entry !== undefined && entry.id !== null && this.#has(entry)) return entry.id;
    const resource = this.#resources.get(address);
    const kind = this.#input.kinds.find((item) => item.rules.kind === resource?.kind);
    if (resource === undefined || kind === undefined) return undefined;
    const parentId = resource.parent === undefined ? undefined : this.#idOf(resource.parent);
    return this.#byIdentity.get(
      identityKey(kind.rules, parentId, canonicalFields(kind.rules, resource.fields)),
    )?.id;
  }

  #add(kind: AnyKind, live: LiveResource): void {
    this.#live.set(liveKey(live.kind, live.parent_id, live.id), live);
    this.#byIdentity.set(this.#identityOf(kind, live), live);
  }

  #drop(kind: AnyKind, key: string): void {
    const live = this.#live.get(key);
    this.#live.delete(key);
    if (live !== undefined) this.#byIdentity.delete(this.#identityOf(kind, live));
  }

  #identityOf(kind: AnyKind, live: LiveResource): string {
    return identityKey(kind.rules, live.parent_id, canonicalLive(kind.rules, live.fields));
  }

  #session(kind: AnyKind) {
    return sessionOf(this.#input.sessions, kind);
  }
}
