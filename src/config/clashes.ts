// Resources that cannot both be: one identity, one derived name, one place of delivery.

import { resolve } from "node:path";
import type { Address } from "../base/address.ts";
import { isRefMark } from "../base/expression.ts";
import type { DesiredResource } from "../model/desired.ts";
import type { Fields } from "../model/kind-rules.ts";
import type { Sink } from "../model/sink.ts";
import type { RawResource } from "./raw.ts";
import type { Report } from "./report.ts";
import { placeOf } from "./sinks.ts";
import { placeText, quote } from "./source.ts";
import { markOf, placeAt } from "./tree.ts";

/** A resource with all its fields, on its way to `DesiredResource`. */
export interface Draft {
  readonly raw: RawResource;
  readonly fields: Fields;
  /** Addresses of what it implies. */
  readonly implied: readonly Address[];
  readonly sinks: readonly Sink[] | undefined;
}

/** Reports each resource that clashes with an earlier one, naming both places. */
export function reportClashes(drafts: readonly Draft[], report: Report): void {
  const identities = new Map<string, Draft>();
  const names = new Map<string, Draft>();
  const sinks = new Map<string, Draft>();
  const byAddress = new Map(drafts.map((draft) => [draft.raw.address, draft]));
  for (const draft of drafts) {
    if (!sameIdentity(identities, draft, report)) sameName({ taken: names, byAddress }, draft, report);
    for (const sink of draft.sinks ?? []) sameSink(sinks, draft, sink, report);
  }
}

function sameIdentity(taken: Map<string, Draft>, draft: Draft, report: Report): boolean {
  const { raw, fields } = draft;
  const { definition } = raw.layout.kind;
  const identity = definition.identity(fields);
  if (identity === null) return false;
  const twin = claim(taken, [raw.layout.name, raw.parent?.address ?? "", identity], draft);
  if (twin === undefined) return false;
  report.add("DUPLICATE_IDENTITY", {
    message: `${raw.address} stands for the same ${raw.layout.noun} as ${nameOf(twin)}: equal ${definition.identity_fields.join(", ")}`,
    hint: "keep one of the two, or make these fields differ",
    address: raw.address,
    at: raw.at,
  });
  return true;
}

interface Names {
  readonly taken: Map<string, Draft>;
  readonly byAddress: ReadonlyMap<Address, Draft>;
}

/** What refers to the holder of its name shares that name with the holder, and with nothing else. */
function sameName({ taken, byAddress }: Names, draft: Draft, report: Report): void {
  const { raw } = draft;
  const { derivedName } = raw.layout.kind.definition;
  const name = derivedNameOf(draft);
  if (derivedName === undefined || name === undefined) return;
  const space = derivedName.space ?? raw.layout.name;
  const held = derivedName.held === undefined ? undefined : draft.fields[derivedName.held.by];
  const holder = isRefMark(held) ? byAddress.get(held.$ref) : undefined;
  const own = [space, name, raw.layout.name];
  const twin = (isRefMark(held) ? undefined : claim(taken, [space, name], draft)) ?? claim(taken, own, draft);
  if (holder !== undefined && derivedNameOf(holder) !== name) {
    report.add("WRONG_HOLDER", {
      message: `${derivedName.held?.by} of ${raw.address} has to refer to what has the ${derivedName.noun} ${quote(name)}, and ${nameOf(holder)} has ${quote(derivedNameOf(holder) ?? "")}`,
      hint: `name that one ${name}: the vendor looks under no other name`,
      address: raw.address,
      at: markOf(placeAt(raw.node, [derivedName.held?.by ?? "", "ref"], raw.at)),
    });
  }
  if (twin === undefined) return;
  report.add("DUPLICATE_NAME", {
    message: `${raw.address} gets the same ${derivedName.noun}, ${quote(name)}, as ${nameOf(twin)}`,
    hint: `change a key or one of the fields that the name is made of${holdingHint(draft, twin) ?? holdingHint(twin, draft) ?? ""}`,
    address: raw.address,
    at: raw.at,
  });
}

function derivedNameOf({ raw, fields }: Draft): string | undefined {
  return raw.layout.kind.definition.derivedName?.of(fields, raw.parent?.map_key ?? "");
}

/** How one of two of a name can be made the holder of the other's. */
function holdingHint({ raw }: Draft, holder: Draft): string | undefined {
  const { held } = raw.layout.kind.definition.derivedName ?? {};
  if (held === undefined || holder.raw.layout.name === raw.layout.name) return undefined;
  return `, or write \`${held.by}: { ref: ${holder.raw.address} }\` in place of \`${held.instead_of}\``;
}

/** A second value in one place would overwrite the first. */
function sameSink(taken: Map<string, Draft>, draft: Draft, sink: Sink, report: Report): void {
  const place = placeOf(sink);
  if (place === undefined) return;
  const twin = place.excludes.map((key) => taken.get(key)).find((rival) => rival !== undefined);
  for (const key of place.takes) if (!taken.has(key)) taken.set(key, draft);
  if (twin === undefined) return;
  const own = twin === draft;
  report.add("DUPLICATE_SINK", {
    message: `${draft.raw.address} is delivered ${own ? "twice to the same place" : `to the same place as ${nameOf(twin)}`}: ${place.shown.map((part) => quote(part)).join(", ")}`,
    hint: own ? "leave one of the two sinks out" : "give each value a place of its own",
    address: draft.raw.address,
    at: draft.raw.at,
  });
}

/**
 * Reports what would be delivered over a file that gateform itself reads.
 * @param reserved absolute paths.
 */
export function reportReserved(
  resources: readonly DesiredResource[],
  raws: readonly RawResource[],
  reserved: ReadonlySet<string>,
  cwd: string,
  report: Report,
): void {
  const places = new Map(raws.map((raw) => [raw.address, raw.at]));
  for (const { address, deliver } of resources) {
    for (const sink of deliver ?? []) {
      const at = places.get(address);
      if (at === undefined || !("file" in sink) || !reserved.has(resolve(cwd, sink.file.path))) continue;
      report.add("RESERVED_SINK", {
        message: `${address} is delivered to ${quote(sink.file.path)}, which gateform itself reads`,
        hint: "deliver to a file of its own, such as out/NAME",
        address,
        at,
      });
    }
  }
}

/** Takes a place for a draft, or gives the one that has it. */
function claim(taken: Map<string, Draft>, parts: readonly string[], draft: Draft): Draft | undefined {
  const key = JSON.stringify(parts);
  const before = taken.get(key);
  if (before === undefined) taken.set(key, draft);
  return before;
}

function nameOf(draft: Draft): string {
  return `${draft.raw.address} (${placeText(draft.raw.at)})`;
}
