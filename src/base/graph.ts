// Stable topological order over named nodes. Deterministic: among nodes that are ready, the smallest name goes
// first. Runs in O((nodes + edges) log nodes).

import { compareText } from "./json.ts";
import { append } from "./multimap.ts";

export type Sorted =
  | { readonly order: readonly string[]; readonly cycle?: undefined }
  | { readonly cycle: readonly string[]; readonly order?: undefined };

/**
 * Sorts nodes so that each comes after what it needs.
 * @param needs node → the nodes that must come before it; names that are no nodes are ignored.
 * @returns the order, or a cycle as a path that ends where it begins.
 */
export function topologicalOrder(needs: ReadonlyMap<string, readonly string[]>): Sorted {
  const waiting = new Map<string, number>();
  const dependants = new Map<string, string[]>();
  for (const [node, before] of needs) {
    const known = new Set(before.filter((name) => needs.has(name)));
    waiting.set(node, known.size);
    for (const name of known) {
      append(dependants, name, node);
    }
  }
  const ready = new Heap();
  for (const [node, count] of waiting) if (count === 0) ready.push(node);
  const order: string[] = [];
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    order.push(node);
    for (const next of dependants.get(node) ?? []) {
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  return order.length === needs.size ? { order } : { cycle: findCycle(needs, new Set(order)) };
}

/** Every node that needs one of `roots`, directly or over others; the roots themselves are left out. */
export function dependantsOf(
  roots: Iterable<string>,
  needs: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, string> {
  const dependants = new Map<string, string[]>();
  for (const [node, before] of needs) {
    for (const name of before) append(dependants, name, node);
  }
  const because = new Map<string, string>();
  const start = new Set(roots);
  const queue = [...start].map((root) => [root, root] as const);
  for (let index = 0; index < queue.length; index++) {
    const [node, root] = queue[index] as readonly [string, string];
    for (const next of dependants.get(node) ?? []) {
      if (start.has(next) || because.has(next)) continue;
      because.set(next, root);
      queue.push([next, root]);
    }
  }
  return because;
}

function findCycle(needs: ReadonlyMap<string, readonly string[]>, done: ReadonlySet<string>): string[] {
  const path: string[] = [];
  const at = new Map<string, number>();
  let node = [...needs.keys()].filter((name) => !done.has(name)).sort(compareText)[0];
  while (node !== undefined && !at.has(node)) {
    at.set(node, path.length);
    path.push(node);
    node = (needs.get(node) ?? []).filter((name) => needs.has(name) && !done.has(name)).sort(compareText)[0];
  }
  return node === undefined ? path : [...path.slice(at.get(node)), node];
}

/** A binary min-heap of names. */
class Heap {
  readonly #items: string[] = [];

  push(item: string): void {
    const items = this.#items;
    items.push(item);
    let index = items.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#at(parent) <= this.#at(index)) break;
      this.#swap(index, parent);
      index = parent;
    }
  }

  pop(): string | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined || items.length === 0) return top;
    items[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      if (left >= items.length) return top;
      const right = left + 1;
      const child = right < items.length && this.#at(right) < this.#at(left) ? right : left;
      if (this.#at(index) <= this.#at(child)) return top;
      this.#swap(index, child);
      index = child;
    }
  }

  #at(index: number): string {
    return this.#items[index] as string;
  }

  #swap(a: number, b: number): void {
    const item = this.#at(a);
    this.#items[a] = this.#at(b);
    this.#items[b] = item;
  }
}
