// Checks of the head's lists against the kinds that exist: `policy.exclusive` and `removed`.

import { type Address, type AddressParts, parseAddress } from "../base/address.ts";
import { suggest } from "../base/suggest.ts";
import { oneOf } from "./expect.ts";
import { takesKeys } from "./keys.ts";
import { addressForms } from "./kind-words.ts";
import type { KindLayout, Layout } from "./layout.ts";
import type { Report } from "./report.ts";
import { quote } from "./source.ts";
import { type MapNode, type Path, placeAt, type ScalarNode } from "./tree.ts";

/** Each entry of `policy.exclusive` must be a section that may be exclusive. */
export function checkExclusive(root: MapNode, layout: Layout, report: Report): void {
  const kinds = [...layout.kinds.values()];
  const allowed = kinds.flatMap(({ kind: { rules } }) =>
    rules.section !== null && rules.exclusive === "allowed" ? [rules.section] : [],
  );
  for (const item of textsAt(root, ["policy", "exclusive"])) {
    if (allowed.includes(item.text)) continue;
    const never = kinds.some(({ kind: { rules } }) => rules.section === item.text);
    const near = suggest(item.text, allowed);
    report.add("UNKNOWN_SECTION", {
      message: never
        ? `the section ${quote(item.text)} can never be exclusive: what nobody declares there is never deleted`
        : `there is no section ${quote(item.text)} that policy.exclusive could name`,
      hint: near === undefined || never ? `it takes ${oneOf(allowed)}` : `did you mean ${near}?`,
      at: item.at,
    });
  }
}

/** Each entry of `removed` must be an address of an existing kind; a declared one does nothing there. */
export function checkRemoved(
  root: MapNode,
  layout: Layout,
  declared: ReadonlySet<Address>,
  report: Report,
): void {
  for (const item of textsAt(root, ["removed"])) {
    if (readAddress(item, layout, report) === undefined || !declared.has(item.text)) continue;
    report.add("REMOVED_DECLARED", {
      severity: "warning",
      message: `${quote(item.text)} stands under removed and is still declared, so it is not removed`,
      hint: "take it out of the sections to have it deleted, or out of removed",
      at: item.at,
    });
  }
}

/** An address of an existing kind with keys as the kind has them; anything else is reported. */
export function readAddress(
  item: ScalarNode,
  layout: Layout,
  report: Report,
): { readonly parts: AddressParts; readonly kind: KindLayout } | undefined {
  const parts = parseAddress(item.text);
  if (parts === null) {
    report.add("BAD_ADDRESS", {
      message: `${quote(item.text)} is no address`,
      hint: "an address is the kind and the keys, as in vercel.rule.opus-to-haiku or cloudflare.provider_config.support/openai",
      at: item.at,
    });
    return undefined;
  }
  const kind = layout.kinds.get(parts.kind);
  if (kind === undefined) {
    const near = suggest(parts.kind, layout.kinds.keys());
    report.add("UNKNOWN_KIND", {
      message: `there is no kind ${quote(parts.kind)}`,
      hint: near === undefined ? `the kinds are ${oneOf([...layout.kinds.keys()])}` : `did you mean ${near}?`,
      at: item.at,
    });
    return undefined;
  }
  if (!takesKeys(kind, parts.keys)) {
    report.add("BAD_ADDRESS", {
      message:
        kind.kind.definition.groups === undefined
          ? `${quote(item.text)} has ${parts.keys.length} keys; an address of a ${kind.noun} has ${kind.depth}`
          : `${quote(item.text)} has other keys than an address of a ${kind.noun}`,
      hint: `write ${oneOf(addressForms(kind.kind))}`,
      at: item.at,
    });
    return undefined;
  }
  return { parts, kind };
}

/** The texts of a list of the head; whatever is no text has been reported with the rest of the head. */
function textsAt(root: MapNode, path: Path): readonly ScalarNode[] {
  const { node } = placeAt(root, path, root.at);
  if (node?.type !== "list") return [];
  return node.items.flatMap((item) =>
    item.type === "scalar" && typeof item.value === "string" && item.value !== "" && !item.hole ? [item] : [],
  );
}
