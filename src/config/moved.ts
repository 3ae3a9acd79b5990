// The head's `moved`: checks each line against the kinds and against what the files declare, and follows chains to
// their ends. Whether the ledger has anything to move is the engine's business.

import { type Address, type AddressParts, formatAddress } from "../base/address.ts";
import { suggest } from "../base/suggest.ts";
import type { Move } from "../model/desired.ts";
import { readAddress } from "./head.ts";
import type { KindLayout, Layout } from "./layout.ts";
import type { RawResource } from "./raw.ts";
import type { Report } from "./report.ts";
import { quote } from "./source.ts";
import { type MapNode, type Node, placeAt, type ScalarNode } from "./tree.ts";

type Declared = ReadonlyMap<Address, Pick<RawResource, "fields">>;

interface Line {
  readonly from: Address;
  readonly to: Address;
  readonly parts: { readonly from: AddressParts; readonly to: AddressParts };
  readonly kind: KindLayout;
  readonly nodes: { readonly from: ScalarNode; readonly to: ScalarNode };
}

/**
 * Reads and checks all lines.
 * @param declared everything that the files declare, by address.
 * @returns what is well-formed, each `from` with the declared address that its chain ends at.
 */
export function readMoved(
  root: MapNode,
  layout: Layout,
  declared: Declared,
  report: Report,
): readonly Move[] {
  const lines = linesOf(root, layout, report);
  const next = new Map(lines.map((line) => [line.from, line.to]));
  const seen = { from: new Set<Address>(), to: new Set<Address>() };
  return lines.flatMap((line) => {
    const problem =
      repeated(line, seen) ?? kindProblem(line, declared, next) ?? declarationProblem(line, declared, next);
    if (problem !== undefined) {
      const { code, at, message, hint } = problem;
      report.add(code, { message, hint, at: line.nodes[at].at });
      return [];
    }
    const end = endOf(line.to, next);
    return end === undefined || !declared.has(end) ? [] : [{ from: line.from, to: end }];
  });
}

function linesOf(root: MapNode, layout: Layout, report: Report): Line[] {
  const { node } = placeAt(root, ["moved"], root.at);
  if (node?.type !== "list") return [];
  return node.items.flatMap((item) => {
    const from = textIn(item, "from");
    const to = textIn(item, "to");
    if (from === undefined || to === undefined) return [];
    const first = readAddress(from, layout, report);
    const second = readAddress(to, layout, report);
    if (first === undefined || second === undefined) return [];
    return [
      {
        from: from.text,
        to: to.text,
        parts: { from: first.parts, to: second.parts },
        kind: first.kind,
        nodes: { from, to },
      },
    ];
  });
}

interface Problem {
  readonly code: "BAD_MOVE" | "MOVED_KEY_IS_ID" | "MOVED_DECLARED" | "MOVED_UNDECLARED";
  readonly at: "from" | "to";
  readonly message: string;
  readonly hint: string;
}

function repeated(line: Line, seen: Record<"from" | "to", Set<Address>>): Problem | undefined {
  for (const at of ["from", "to"] as const) {
    if (seen[at].has(line[at])) {
      return {
        code: "BAD_MOVE",
        at,
        message: `${quote(line[at])} stands twice as ${quote(at)} under moved`,
        hint: "one address moves to one address: keep one of the lines",
      };
    }
    seen[at].add(line[at]);
  }
  return undefined;
}

function kindProblem(
  { from, to, parts, kind }: Line,
  declared: Declared,
  next: ReadonlyMap<Address, Address>,
): Problem | undefined {
  if (from === to) {
    return {
      code: "BAD_MOVE",
      at: "to",
      message: `${quote(from)} is moved to itself`,
      hint: "remove the line",
    };
  }
  if (parts.from.kind !== parts.to.kind) {
    return {
      code: "BAD_MOVE",
      at: "to",
      message: `${quote(from)} cannot become ${quote(to)}: a move keeps the object, and that stays what it is`,
      hint: `write an address of the kind ${parts.from.kind}`,
    };
  }
  const sameKey = parts.from.keys.at(-1) === parts.to.keys.at(-1);
  if (kind.kind.rules.key_is_id && !sameKey) {
    return {
      code: "MOVED_KEY_IS_ID",
      at: "to",
      message: `${quote(from)} cannot be renamed: the key of a ${kind.noun} is its id at the vendor, so another key is another ${kind.noun}`,
      hint: `keep the key ${quote(parts.from.keys.at(-1) ?? "")}; or remove this line and let a plan show a delete and a create`,
    };
  }
  if (kind.kind.api.find !== undefined) {
    return {
      code: "MOVED_KEY_IS_ID",
      at: "to",
      message: `${quote(from)} cannot be renamed: its key says what the ${kind.noun} is of, and another key is another ${kind.noun} or another spelling`,
      hint: "remove this line: what is only spelled in another way is kept without it, and a plan shows a delete and a create of the rest",
    };
  }
  if (kind.kind.rules.key_is_name === true && isNamedByKey(kind, declared.get(endOf(to, next) ?? to))) {
    const names = kind.kind.rules.identity_fields.map((field) => quote(field)).join(" and ");
    return {
      code: "MOVED_KEY_IS_ID",
      at: "to",
      message: `${quote(from)} cannot be renamed: the key of a ${kind.noun} is its name at the vendor, which stays what it is, so another key is another ${kind.noun}`,
      hint: `keep the key ${quote(parts.from.keys.at(-1) ?? "")}, or write the old name as ${names} under the new one; or remove this line and let a plan show a delete and a create`,
    };
  }
  const parent = (address: AddressParts): Address | undefined =>
    kind.kind.rules.parent === undefined
      ? undefined
      : formatAddress(kind.kind.rules.parent, address.keys.slice(0, -1));
  const [before, after] = [parent(parts.from), parent(parts.to)];
  if (before !== after && (before === undefined || endOf(before, next) !== after)) {
    return {
      code: "BAD_MOVE",
      at: "to",
      message: `${quote(from)} cannot become ${quote(to)}: it lives in ${before ?? "nothing"} and cannot leave it`,
      hint: kind.kind.rules.key_is_id
        ? "remove this line and let a plan show a delete and a create"
        : "only the last key can change, unless what it lives in is moved as well",
    };
  }
  return undefined;
}

/** Whether the file leaves it to the key to say which one it is. */
function isNamedByKey(kind: KindLayout, resource: Pick<RawResource, "fields"> | undefined): boolean {
  const fields = resource?.fields;
  return (
    fields !== undefined && kind.kind.rules.identity_fields.every((name) => !Object.hasOwn(fields, name))
  );
}

function declarationProblem(
  { from, to }: Line,
  declared: Declared,
  next: ReadonlyMap<Address, Address>,
): Problem | undefined {
  if (declared.has(from)) {
    return {
      code: "MOVED_DECLARED",
      at: "from",
      message: `${quote(from)} is moved and still declared`,
      hint: `remove the one or the other; where its name now stands for something new, apply the move first`,
    };
  }
  const end = endOf(to, next);
  if (end === undefined) {
    return {
      code: "BAD_MOVE",
      at: "to",
      message: `the moves from ${quote(from)} go round in a circle`,
      hint: "remove one of their lines",
    };
  }
  if (declared.has(end)) return undefined;
  const near = suggest(end, declared.keys());
  return {
    code: "MOVED_UNDECLARED",
    at: "to",
    message: `${quote(end)} is not declared in these files`,
    hint: near === undefined ? "declare it, or remove the line" : `did you mean ${near}?`,
  };
}

/** Where a chain of moves ends; `undefined` for one that goes round. */
function endOf(address: Address, next: ReadonlyMap<Address, Address>): Address | undefined {
  let end = address;
  for (let steps = 0; steps <= next.size; steps++) {
    const after = next.get(end);
    if (after === undefined) return end;
    end = after;
  }
  return undefined;
}

function textIn(item: Node, key: string): ScalarNode | undefined {
  const value = item.type === "map" ? item.entries.get(key)?.value : undefined;
  return value?.type === "scalar" && typeof value.value === "string" && value.value !== "" && !value.hole
    ? value
    : undefined;
}
