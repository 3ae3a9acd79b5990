// Maps from a key to a growing list.

/** Adds an item to the list under a key. */
export function append<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
