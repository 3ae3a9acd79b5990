// Finds what a person asks about: a kind, a section, a field, an address, a code. The order in which the meanings of a
// text are tried is fixed, so that one text always means one thing.

import { type Address, KEY_PATTERN } from "../../base/address.ts";
import { suggest } from "../../base/suggest.ts";
import { takesKeys } from "../../config/keys.ts";
import { type KindLayout, layoutOf, type ProviderLayout } from "../../config/layout.ts";
import { blockRows, bodyRows, findRow, headRows } from "../../config/rows.ts";
import type { FieldRow } from "../../model/explanation.ts";
import { risksOfKind } from "../../model/kind-rules.ts";
import type { Check } from "../../provider/check.ts";
import type { AnyProvider } from "../../provider/provider.ts";
import { CODE_TABLES } from "../codes.ts";

export type Topic =
  | { readonly type: "overview" }
  | { readonly type: "head"; readonly row: FieldRow }
  | { readonly type: "block"; readonly of: ProviderLayout; readonly row?: FieldRow }
  | { readonly type: "kind"; readonly of: KindLayout; readonly address?: Address }
  | { readonly type: "field"; readonly of: KindLayout; readonly row: FieldRow; readonly address?: Address }
  | { readonly type: "check"; readonly check: Check }
  | { readonly type: "code" | "risk"; readonly code: string };

export interface Known {
  readonly providers: readonly AnyProvider[];
  /** Addresses that the files declare; none where no file was read. */
  readonly declared: readonly Address[];
}

/**
 * What a text means. Codes have their own form. Of the rest the file's head is tried first, then, behind a provider's
 * name: its settings, its kinds, its sections. Behind a kind, a field wins over a resource of that name; behind a
 * section there can only be a resource. Keys may have dots: a declared address is taken as long as it is, else the
 * shortest key behind which a field follows.
 */
export function findTopic(text: string, known: Known): Topic | undefined {
  if (text === "") return { type: "overview" };
  const check = checksOf(known).find(({ code }) => code === text);
  if (check !== undefined) return { type: "check", check };
  if (CODE_TABLES.some(({ codes }) => Object.hasOwn(codes, text))) return { type: "code", code: text };
  if (riskCodes(known).includes(text)) return { type: "risk", code: text };
  const head = findRow(headRows(), text);
  if (head !== undefined) return { type: "head", row: head };
  const layout = layoutOf(known.providers);
  const [name = "", second, ...rest] = text.split(".");
  const of = layout.providers.get(name);
  if (of === undefined) return undefined;
  if (second === undefined) return { type: "block", of };
  const setting = findRow(blockRows(of), [second, ...rest].join("."));
  if (setting !== undefined) return { type: "block", of, row: setting };
  const tail = rest.join(".");
  if (tail === "" && rest.length > 0) return undefined;
  const kind = layout.kinds.get(`${name}.${second}`);
  if (kind !== undefined) return behindKind(kind, tail, known);
  const sectioned = [...layout.kinds.values()].find(({ kind }) => kind.rules.section === `${name}.${second}`);
  if (sectioned === undefined) return undefined;
  return tail === "" || isGroup(sectioned, tail)
    ? { type: "kind", of: sectioned }
    : addressed(sectioned, tail, known);
}

function behindKind(of: KindLayout, tail: string, known: Known): Topic | undefined {
  if (tail === "" || isGroup(of, tail)) return { type: "kind", of };
  const row = findRow(bodyRows(of), tail);
  if (row !== undefined) return { type: "field", of, row };
  const child = of.children.get(tail);
  if (child !== undefined) return { type: "kind", of: child };
  return addressed(of, tail, known);
}

function addressed(of: KindLayout, tail: string, known: Known): Topic | undefined {
  const whole = `${of.name}.${tail}`;
  if (known.declared.includes(whole)) return { type: "kind", of, address: whole };
  const rows = bodyRows(of);
  const dots = [...tail.matchAll(/\./g)].map(({ index }) => index);
  const splits = dots.flatMap((at) => {
    const row = findRow(rows, tail.slice(at + 1));
    return row === undefined
      ? []
      : [{ address: `${of.name}.${tail.slice(0, at)}`, key: tail.slice(0, at), row }];
  });
  const declared = splits.findLast(({ address }) => known.declared.includes(address));
  const split = declared ?? splits.find(({ key }) => isKey(of, key));
  if (split !== undefined) return { type: "field", of, row: split.row, address: split.address };
  if (!isKey(of, tail)) return undefined;
  // What is nearly a field was meant to be one.
  const near = suggest(
    tail,
    rows.map(({ path }) => path),
  );
  return near === undefined ? { type: "kind", of, address: whole } : undefined;
}

/** A group of many, such as `projects`; one that is a single resource is an address. */
function isGroup(of: KindLayout, text: string): boolean {
  const { groups = {} } = of.kind.definition;
  return Object.hasOwn(groups, text) && groups[text]?.single !== true;
}

/** Whether a text can be what follows the kind in an address. */
function isKey(of: KindLayout, text: string): boolean {
  const keys = text.split("/");
  if (of.kind.definition.groups !== undefined) return takesKeys(of, keys);
  const { key } = of.kind.definition;
  const last = keys.at(-1) ?? "";
  return (
    takesKeys(of, keys) &&
    keys.every((part) => new RegExp(KEY_PATTERN).test(part)) &&
    (key === undefined || (key.pattern.test(last) && last.length <= (key.max ?? last.length)))
  );
}

/** What may have been meant by a text that means nothing, the likeliest first. */
export function nearTopics(text: string, known: Known): readonly string[] {
  const layout = layoutOf(known.providers);
  const kinds = [...layout.kinds.values()];
  const fields = kinds.flatMap((of) => bodyRows(of).map(({ path }) => `${of.name}.${path}`));
  const inGroup = kinds.flatMap((of) => groupedAddress(of, text) ?? []);
  if (inGroup.length > 0) return inGroup;
  const sections = kinds.flatMap(({ kind }) => kind.rules.section ?? []);
  const sectionEnds = [...sections, ...kinds.map(({ name }) => name)].filter((it) => it.endsWith(`.${text}`));
  if (sectionEnds.length > 0) return sectionEnds.slice(0, 3);
  const behind = kinds.find(({ name }) => text.startsWith(`${name}.`));
  if (behind !== undefined) {
    const of = `${behind.name}.`;
    const candidates = [...fields, ...known.declared].filter((item) => item.startsWith(of));
    const meant = suggest(
      text.slice(of.length),
      candidates.map((item) => item.slice(of.length)),
    );
    return meant === undefined ? [] : [`${of}${meant}`];
  }
  const ends = fields.filter((path) => path.endsWith(`.${text}`) && !/\.(?:lifecycle|deliver)\b/.test(path));
  if (ends.length > 0) return ends.slice(0, 3);
  const near = suggest(text, [
    ...checksOf(known).map(({ code }) => code),
    ...CODE_TABLES.flatMap(({ codes }) => Object.keys(codes)),
    ...riskCodes(known),
    ...headRows().map(({ path }) => path),
    ...[...layout.providers.values()].flatMap((of) => [
      of.provider.name,
      ...blockRows(of).map(({ path }) => `${of.provider.name}.${path}`),
    ]),
    ...kinds.flatMap(({ name, kind }) => [
      name,
      ...(kind.rules.section === null ? [] : [kind.rules.section]),
    ]),
    ...fields,
    ...known.declared,
  ]);
  return near === undefined ? [] : [near];
}

/** `vercel.budget.projects/web` for `vercel.budgets.projects.web`, which is how it stands in the file. */
function groupedAddress({ kind, name }: KindLayout, text: string): string | undefined {
  for (const before of [name, kind.rules.section ?? name]) {
    for (const group of Object.keys(kind.definition.groups ?? {})) {
      const start = `${before}.${group}.`;
      if (text.length > start.length && text.startsWith(start))
        return `${name}.${group}/${text.slice(start.length)}`;
    }
  }
  return undefined;
}

export function checksOf({ providers }: Pick<Known, "providers">): readonly Check[] {
  return providers.flatMap(({ checks }) => checks);
}

function riskCodes({ providers }: Known): readonly string[] {
  return providers.flatMap(({ kinds }) =>
    kinds.flatMap(({ rules }) => risksOfKind(rules).map(({ code }) => code)),
  );
}
