// Keys that are names of something else at the vendor (`budgets.projects.web`): their ids are found out once, before
// anything is compared. A name that cannot be told stops its own resource and whatever may be meant by it, no more.

import type { Address } from "../base/address.ts";
import { append } from "../base/multimap.ts";
import type { Desired, DesiredResource, Move } from "../model/desired.ts";
import type { Ledger } from "../model/ledger.ts";
import { ProviderError } from "../provider/error.ts";
import type { AnyKind } from "../provider/provider.ts";
import { mapLimit } from "./parallel.ts";
import { type Sessions, sessionOf } from "./sessions.ts";

export interface FindInput {
  readonly kinds: readonly AnyKind[];
  readonly sessions: Sessions;
  readonly parallelism: number;
}

/**
 * What is declared, with ids in place of names. Two spellings of one id stop each other; one that is new and has the
 * id of an entry of the ledger which is no longer declared is that one, spelled otherwise.
 */
export async function findKeys(input: FindInput, desired: Desired, ledger: Ledger | null): Promise<Desired> {
  const kinds = new Map(input.kinds.map((kind) => [kind.rules.kind, kind]));
  const asked = desired.resources.filter(({ kind }) => kinds.get(kind)?.api.find !== undefined);
  if (asked.length === 0) return desired;
  const found = await mapLimit(asked, input.parallelism, (resource) =>
    find(input, kinds.get(resource.kind) as AnyKind, resource),
  );
  const clear = stopTwins(found, kinds);
  const byAddress = new Map(clear.map((resource) => [resource.address, resource]));
  return {
    ...desired,
    resources: desired.resources.map((resource) => byAddress.get(resource.address) ?? resource),
    moved: [...desired.moved, ...respelled(clear, kinds, desired, ledger)],
  };
}

async function find(input: FindInput, kind: AnyKind, resource: DesiredResource): Promise<DesiredResource> {
  const { address, fields } = resource;
  try {
    const found = await kind.api.find?.(sessionOf(input.sessions, kind).api as never, fields);
    if (found === undefined) return resource;
    if ("fields" in found) return { ...resource, fields: { ...fields, ...found.fields } };
    return {
      ...resource,
      unfound: {
        code: "NAME_NOT_FOUND",
        message: `${address}: ${found.problem}`,
        hint: found.hint,
      },
    };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return {
      ...resource,
      unfound: {
        code: "READ_INCOMPLETE",
        message: `what ${address} stands for could not be found out: ${error.message}`,
        hint: "nothing is done to it; run again when the vendor answers",
      },
    };
  }
}

type Kinds = ReadonlyMap<string, AnyKind>;

function identityOf(kinds: Kinds, { kind, fields }: Pick<DesiredResource, "kind" | "fields">): string {
  return `${kind} ${kinds.get(kind)?.rules.identity(fields)}`;
}

function stopTwins(resources: readonly DesiredResource[], kinds: Kinds): readonly DesiredResource[] {
  const byIdentity = new Map<string, DesiredResource[]>();
  for (const resource of resources)
    if (resource.unfound === undefined) append(byIdentity, identityOf(kinds, resource), resource);
  return resources.map((resource) => {
    const same = byIdentity.get(identityOf(kinds, resource)) ?? [];
    if (resource.unfound !== undefined || same.length < 2) return resource;
    const others = same.flatMap(({ address }) => (address === resource.address ? [] : [address]));
    const noun = kinds.get(resource.kind)?.rules.noun ?? resource.kind;
    return {
      ...resource,
      unfound: {
        code: "SPELLED_TWICE",
        message: `${resource.address} and ${others.join(" and ")} are the same ${noun}, spelled in two ways`,
        hint: "keep one of them",
      },
    };
  });
}

function respelled(
  resources: readonly DesiredResource[],
  kinds: Kinds,
  { moved, resources: all }: Desired,
  ledger: Ledger | null,
): readonly Move[] {
  const declared = new Set(all.map(({ address }) => address));
  const taken = new Set(moved.flatMap(({ from, to }) => [from, to]));
  const free = Object.entries(ledger?.resources ?? {}).filter(
    ([address, { kind }]) => kinds.get(kind)?.api.find !== undefined && !declared.has(address),
  );
  const byIdentity = new Map<string, Address>(
    free.map(([address, { kind, applied }]) => [identityOf(kinds, { kind, fields: applied }), address]),
  );
  return resources.flatMap((resource) => {
    const { address: to, unfound } = resource;
    if (unfound !== undefined || taken.has(to) || Object.hasOwn(ledger?.resources ?? {}, to)) return [];
    const from = byIdentity.get(identityOf(kinds, resource));
    return from === undefined || taken.has(from) ? [] : [{ from, to }];
  });
}
