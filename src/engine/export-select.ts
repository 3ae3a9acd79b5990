// What `gateform export` is asked for: whole providers, sections, addresses. Decides which lists have to be read and
// which live resources go into the file.

import type { Address } from "../base/address.ts";
import { addressMatcher } from "../base/address-pattern.ts";
import { suggest } from "../base/suggest.ts";
import type { KindRules } from "../model/kind-rules.ts";

export type Selector =
  | { readonly text: string; readonly by: "provider"; readonly provider: string }
  | { readonly text: string; readonly by: "kind"; readonly kind: string }
  | {
      readonly text: string;
      readonly by: "address";
      readonly kind: string;
      readonly matches: (address: Address) => boolean;
    };

/** Nothing selected is everything selected. */
export interface Selection {
  readonly selectors: readonly Selector[];
  readonly rules: readonly KindRules[];
}

export interface SelectorProblem {
  readonly text: string;
  readonly near: string | undefined;
}

/** Reads one selector: `vercel`, `cloudflare.gateways`, `vercel.rule.*`. */
export function parseSelector(text: string, rules: readonly KindRules[]): Selector | SelectorProblem {
  const providers = [...new Set(rules.map(({ kind }) => providerOf(kind)))];
  if (providers.includes(text)) return { text, by: "provider", provider: text };
  // A nested section has no name of its own in a file: its resources are named by address.
  const sections = rules.filter((own) => own.section !== null && own.parent === undefined);
  const whole = sections.find((own) => own.section === text) ?? rules.find((own) => own.kind === text);
  if (whole !== undefined && whole.section !== null) return { text, by: "kind", kind: whole.kind };
  const kind = rules.find((own) => own.section !== null && text.startsWith(`${own.kind}.`))?.kind;
  if (kind !== undefined) return { text, by: "address", kind, matches: addressMatcher(text) };
  const known = [
    ...providers,
    ...sections.flatMap(({ section }) => section ?? []),
    ...rules.map((own) => own.kind),
  ];
  return { text, near: suggest(text.split(".").slice(0, 2).join("."), known) };
}

/** Whether the lists of a kind have to be read: it is selected, holds or is held by what is, or has parts among it. */
export function isWanted(selection: Selection, kind: string): boolean {
  const hasParts = selection.rules.some(
    (other) =>
      other.part_of !== undefined &&
      lineage(selection, other.part_of.kind).includes(kind) &&
      isInFile(selection, other.kind),
  );
  return isInFile(selection, kind) || rulesOf(selection, kind)?.section === null || hasParts;
}

/** Whether the file gets sections of a kind. */
export function isInFile(selection: Selection, kind: string): boolean {
  const { selectors } = selection;
  if (rulesOf(selection, kind)?.section === null) return false;
  return (
    selectors.length === 0 ||
    selectors.some((selector) =>
      selector.by === "provider"
        ? providerOf(kind) === selector.provider
        : lineage(selection, kind).includes(selector.kind) ||
          lineage(selection, selector.kind).includes(kind),
    )
  );
}

/**
 * Whether a live resource is selected itself, or by what it lives in.
 * @param path addresses from the outermost parent to the resource itself.
 */
export function isSelected(selection: Selection, kind: string, path: readonly Address[]): boolean {
  const { selectors } = selection;
  return selectors.length === 0 || selectors.some((selector) => selects(selection, selector, kind, path));
}

/** Whether one selector selects a live resource. */
export function selects(
  selection: Selection,
  selector: Selector,
  kind: string,
  path: readonly Address[],
): boolean {
  if (selector.by === "provider") return providerOf(kind) === selector.provider;
  if (selector.by === "kind") return lineage(selection, kind).includes(selector.kind);
  return path.some((address) => selector.matches(address));
}

/** Names of the providers that have to be connected. */
export function providersOf(selection: Selection): readonly string[] {
  const { rules } = selection;
  return [
    ...new Set(rules.filter(({ kind }) => isInFile(selection, kind)).map(({ kind }) => providerOf(kind))),
  ];
}

/** A kind and the kinds that it lives in. */
function lineage(selection: Selection, kind: string): readonly string[] {
  const parent = rulesOf(selection, kind)?.parent;
  return parent === undefined ? [kind] : [kind, ...lineage(selection, parent)];
}

function rulesOf({ rules }: Selection, kind: string): KindRules | undefined {
  return rules.find((own) => own.kind === kind);
}

function providerOf(kind: string): string {
  return kind.split(".")[0] ?? "";
}
