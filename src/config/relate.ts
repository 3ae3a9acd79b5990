// Relates what was read: identity fields from keys, implied resources, references and what each resource needs.
// Gives the desired resources, sorted by address.

import { type Address, formatAddress, kindOf, parseAddress } from "../base/address.ts";
import { isRefMark, isSecretMark, listMarks, mapMarks } from "../base/expression.ts";
import { compareText } from "../base/json.ts";
import { append } from "../base/multimap.ts";
import { suggest } from "../base/suggest.ts";
import type { DesiredResource, Scope } from "../model/desired.ts";
import type { Fields } from "../model/kind-rules.ts";
import type { DeclaredOnes } from "../provider/kind.ts";
import { type Draft, reportClashes } from "./clashes.ts";
import { relocateSource } from "./paths.ts";
import type { RawResource } from "./raw.ts";
import type { Report } from "./report.ts";
import { takesId } from "./schema-at.ts";
import { sinksOf } from "./sinks.ts";
import { positionOf, quote } from "./source.ts";
import { type MapNode, markOf, type Path, placeAt } from "./tree.ts";

export interface Related {
  readonly resources: readonly DesiredResource[];
  /** The sections of implied kinds, which are looked at as well. */
  readonly scopes: readonly Scope[];
}

/** Relates all resources whose bodies could be read; references are checked against all that are declared. */
export function relate(raws: readonly RawResource[], cwd: string, report: Report): Related {
  const declared = new Set(raws.map((raw) => raw.address));
  const implied = new Map<Address, DesiredResource>();
  const drafts: Draft[] = [];
  for (const raw of raws) {
    if (raw.fields !== undefined) drafts.push(draftOf(raw, raw.fields, cwd, declared, implied));
  }
  const refs: RefChecker = {
    known: new Set([...declared, ...implied.keys()]),
    report,
    suggestions: MAX_SUGGESTIONS,
  };
  const declaredOf = declaredByKind(drafts);
  const resources = [...drafts.map((draft) => finish(draft, refs, declaredOf)), ...implied.values()];
  resources.sort((a, b) => compareText(a.address, b.address));
  reportClashes(drafts, report);
  const kinds = new Set([...implied.values()].map((resource) => resource.kind));
  return { resources, scopes: [...kinds].map((kind) => ({ kind })) };
}

function draftOf(
  raw: RawResource,
  declared: Fields,
  cwd: string,
  addresses: ReadonlySet<Address>,
  implied: Map<Address, DesiredResource>,
): Draft {
  const { definition } = raw.layout.kind;
  const own = { ...definition.fromKey?.(raw.map_key, declared), ...declared };
  const more = definition.imply?.(own, raw.children) ?? {};
  const brought: Address[] = [];
  for (const resource of more.resources ?? []) {
    const address = formatAddress(resource.kind, [resource.key]);
    brought.push(address);
    if (addresses.has(address) || implied.has(address)) continue;
    implied.set(address, {
      address,
      kind: resource.kind,
      fields: resource.fields,
      lifecycle: {},
      needs: [],
      implied: true,
      position: positionOf(raw.at),
    });
  }
  const fields = relocateSecrets({ ...more.fields, ...own }, raw.node, cwd);
  return { raw, fields, implied: brought, sinks: sinksOf(raw, cwd) };
}

/** A copy in which the secrets' `file` sources are relative to `cwd`. */
function relocateSecrets(fields: Fields, node: MapNode, cwd: string): Fields {
  const relocated = mapMarks(fields, (mark, path) => {
    const source = isSecretMark(mark) ? mark.$secret.source : undefined;
    return source === undefined
      ? { ...mark }
      : { $secret: { source: relocateSource(source, node, path, cwd) } };
  });
  // mapMarks keeps the outer shape, which is an object and no mark.
  return relocated as Fields;
}

function declaredByKind(drafts: readonly Draft[]): DeclaredOnes {
  const byKind = new Map<string, { readonly address: Address; readonly fields: Fields }[]>();
  for (const { raw, fields } of drafts) append(byKind, raw.layout.name, { address: raw.address, fields });
  return (kind) => byKind.get(kind) ?? [];
}

function finish(draft: Draft, refs: RefChecker, declared: DeclaredOnes): DesiredResource {
  const { raw, fields } = draft;
  const needs = new Set<Address>(draft.implied);
  if (raw.parent !== undefined) needs.add(raw.parent.address);
  for (const { path, mark } of listMarks(fields)) {
    if (!isRefMark(mark)) continue;
    if (refs.known.has(mark.$ref)) needs.add(mark.$ref);
    else reportUnknownRef(raw, path, mark.$ref, refs);
  }
  for (const address of raw.layout.kind.definition.inferNeeds?.(fields, declared) ?? []) {
    if (refs.known.has(address) && address !== raw.address) needs.add(address);
  }
  return {
    address: raw.address,
    kind: raw.layout.name,
    ...(raw.parent === undefined ? {} : { parent: raw.parent.address }),
    fields,
    lifecycle: raw.lifecycle,
    ...(draft.sinks === undefined ? {} : { deliver: draft.sinks }),
    ...(raw.rotation === undefined ? {} : { rotation: raw.rotation }),
    needs: [...needs].sort(compareText),
    position: positionOf(raw.at),
  };
}

// Each suggestion looks at every address; a file that is wrong all over must not take quadratic time.
const MAX_SUGGESTIONS = 20;

interface RefChecker {
  readonly known: ReadonlySet<Address>;
  readonly report: Report;
  /** How many suggestions may still be looked for. */
  suggestions: number;
}

function reportUnknownRef(raw: RawResource, path: Path, ref: Address, refs: RefChecker): void {
  const at = markOf(placeAt(raw.node, [...path, "ref"], raw.at));
  const kind = kindOf(ref);
  if (parseAddress(ref) === null) {
    refs.report.add("BAD_REF", {
      message: `${quote(ref)} is no address`,
      hint: `write the kind and the keys, as in ${quote(`${kind}.name`).slice(1, -1)}`,
      address: raw.address,
      at,
    });
    return;
  }
  refs.suggestions--;
  const near =
    refs.suggestions < 0
      ? undefined
      : suggest(
          ref,
          [...refs.known].filter((address) => kindOf(address) === kind),
        );
  refs.report.add("UNKNOWN_REF", {
    message: `${quote(ref)} is not declared in these files`,
    hint:
      near === undefined
        ? `declare it${takesId(raw.layout.kind.definition.spec, path) ? ", or write the vendor's id instead of a reference" : ""}`
        : `did you mean ${near}?`,
    address: raw.address,
    at,
  });
}
