// Renamed addresses: the ledger as it is once moves have taken effect, those of the file's `moved` lines and those that
// the planner finds itself. It plans with that ledger, and the step that records a move makes it so with the same
// function.

import { type Address, formatAddress, kindOf, parseAddress } from "../base/address.ts";
import type { Move } from "../model/desired.ts";
import type { Ledger, LedgerEntry } from "../model/ledger.ts";
import type { Refusal, Step } from "../model/plan.ts";

/**
 * The ledger with entries under their new addresses. What lives in a moved entry has its key in its own address and
 * moves along; every mention of a moved address follows. A move whose `from` the ledger does not have, or whose `to`
 * it has already and not in exchange, does nothing.
 */
export function moveEntries(ledger: Ledger, moves: readonly Move[]): Ledger {
  return movedLedger(ledger, moves).ledger;
}

/** Moves that have something to do: the ledger has `from` and does not have `to`, or by then what goes there instead. */
export function pendingMoves(ledger: Ledger | null, moves: readonly Move[]): readonly Move[] {
  return ledger === null ? [] : movedLedger(ledger, moves).made;
}

/** Makes moves as long as there is one that can be made: one may make room for another. */
function movedLedger(
  ledger: Ledger,
  moves: readonly Move[],
): { readonly ledger: Ledger; readonly made: readonly Move[] } {
  const made = possibleMoves(ledger, moves);
  if (made.length === 0) return { ledger, made };
  const left = moves.filter((move) => !made.includes(move));
  const then = movedLedger(renamedEntries(ledger, made), left);
  return { ledger: then.ledger, made: [...made, ...then.made] };
}

function renamedEntries(ledger: Ledger, moves: readonly Move[]): Ledger {
  const names = newAddresses(ledger, moves);
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

/** Moves that can be made at once. */
function possibleMoves(ledger: Ledger, moves: readonly Move[]): readonly Move[] {
  const taken = new Set<Address>();
  return moves.filter((move) => {
    const { from, to, exchange } = move;
    const free = exchange === undefined ? !has(ledger, to) : entryOf(ledger, to)?.id === exchange;
    if (!isThere(ledger, move) || !free || taken.has(to) || taken.has(from)) return false;
    taken.add(to);
    if (exchange !== undefined) taken.add(from);
    return true;
  });
}

/** Whether the ledger still has what is to move where the move takes it from. */
function isThere(ledger: Ledger, { from, id }: Move): boolean {
  return has(ledger, from) && (id === undefined || entryOf(ledger, from)?.id === id);
}

/** Moves that a plan records, for what carries it out. */
export function movesOfSteps(steps: readonly Step[]): readonly Move[] {
  return steps.flatMap(({ from, address, vendor_id: id, exchange }) =>
    from === undefined ? [] : [{ from, to: address, id, ...(exchange === undefined ? {} : { exchange }) }],
  );
}

/** Refusals of moves between two addresses that the ledger has both: one of the two objects would be lost. */
export function clashingMoves(ledger: Ledger | null, moves: readonly Move[]): readonly Refusal[] {
  if (ledger === null) return [];
  const pending = new Set(pendingMoves(ledger, moves));
  return moves
    .filter((move) => isThere(ledger, move) && !pending.has(move))
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
  const names = new Map(moves.map(({ from, to }) => [from, to]));
  for (const { from, to, exchange } of moves) if (exchange !== undefined) names.set(to, from);
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

function entryOf(ledger: Ledger, address: Address): LedgerEntry | undefined {
  return has(ledger, address) ? ledger.resources[address] : undefined;
}
