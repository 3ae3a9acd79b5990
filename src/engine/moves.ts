// Renamed addresses: the ledger as it is once the file's `moved` lines have taken effect. The planner plans with it,
// and the step that records a move makes it so with the same function.

import { type Address, formatAddress, kindOf, parseAddress } from "../base/address.ts";
import type { Move } from "../model/desired.ts";
import type { Ledger, LedgerEntry } from "../model/ledger.ts";
import type { Refusal, Step } from "../model/plan.ts";

/**
 * The ledger with entries under their new addresses. What lives in a moved entry has its key in its own address and
 * moves along; every mention of a moved address follows. A move whose `from` the ledger does not have, or whose `to`
 * it has already, does nothing.
 */
export function moveEntries(ledger: Ledger, moves: readonly Move[]): Ledger {
  const names = newAddresses(ledger, moves);
  if (names.size === 0) return ledger;
  const renamed = (address: Address): Address => names.get(address) ?? address;
  const resources = Object.entries(ledger.resources).map(([address, entry]): [Address, LedgerEntry] => [
    renamed(address),
    {
      ...entry,
      ...(entry.parent === undefined ? {} : { parent: renamed(entry.parent) }),
      needs: entry.needs.map(renamed),
    },
  ]);
  return { ...ledger, resources: Object.fromEntries(resources) };
}

/** Moves that have something to do: the ledger has `from` and does not have `to`. */
export function pendingMoves(ledger: Ledger | null, moves: readonly Move[]): readonly Move[] {
  const taken = new Set<Address>();
  return moves.filter(({ from, to }) => {
    if (ledger === null || !has(ledger, from) || has(ledger, to) || taken.has(to)) return false;
    taken.add(to);
    return true;
  });
}

/** Moves that a plan records, for what carries it out. */
export function movesOfSteps(steps: readonly Step[]): readonly Move[] {
  return steps.flatMap(({ from, address }) => (from === undefined ? [] : [{ from, to: address }]));
}

/** Refusals of moves between two addresses that the ledger has both: one of the two objects would be lost. */
export function clashingMoves(ledger: Ledger | null, moves: readonly Move[]): readonly Refusal[] {
  if (ledger === null) return [];
  const pending = new Set(pendingMoves(ledger, moves));
  return moves
    .filter((move) => has(ledger, move.from) && !pending.has(move))
    .flatMap(({ from, to }) =>
      [from, to].map((address) => ({
        address,
        code: "MOVED_TAKEN",
        message: `${from} is to become ${to}, but the ledger has an entry for both`,
        hint: `remove the line from \`moved\` and declare both, or let go of one of them with \`gateform ledger forget\``,
      })),
    );
}

/** Old address → new one, of the moved entries and of all that live in them. */
function newAddresses(ledger: Ledger, moves: readonly Move[]): ReadonlyMap<Address, Address> {
  const names = new Map(pendingMoves(ledger, moves).map(({ from, to }) => [from, to]));
  if (names.size === 0) return names;
  const nameOf = (address: Address): Address => {
    const known = names.get(address);
    if (known !== undefined) return known;
    const parent = ledger.resources[address]?.parent;
    const above = parent === undefined ? undefined : nameOf(parent);
    return above === undefined || above === parent ? address : inside(above, address);
  };
  for (const address of Object.keys(ledger.resources)) {
    const name = nameOf(address);
    if (name !== address && !has(ledger, name)) names.set(address, name);
  }
  return names;
}

/** The address of a child under its parent's new one. */
function inside(parent: Address, child: Address): Address {
  const keys = parseAddress(parent)?.keys ?? [];
  const key = parseAddress(child)?.keys.at(-1) ?? child;
  return formatAddress(kindOf(child), [...keys, key]);
}

function has(ledger: Ledger, address: Address): boolean {
  return Object.hasOwn(ledger.resources, address);
}
