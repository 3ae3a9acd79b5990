// Counts in words: the one place for English plurals.

/** The plural of an English noun phrase: `policy` → `policies`, `live child` → `live children`. */
export function plural(noun: string): string {
  if (noun.endsWith("child")) return `${noun}ren`;
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  if (/(s|x|z|ch|sh)$/.test(noun)) return `${noun}es`;
  return `${noun}s`;
}

/** The noun as it stands after a number. */
export function nounFor(count: number, noun: string): string {
  return count === 1 ? noun : plural(noun);
}

/** The verb as it stands after a number: `1 matches`, `4 match`. */
export function verbFor(count: number, verb: string): string {
  return count === 1 ? plural(verb) : verb;
}

/** `1 resource`, `4 resources`. */
export function counted(count: number, noun: string): string {
  return `${count} ${nounFor(count, noun)}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  const last = items.at(-1);
  if (last === undefined) return "";
  return items.length === 1 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}

/** The first few of many, and how many are left: `a, b, c and 9 more`. */
export function firstOf(items: readonly string[], max: number): string {
  return items.length <= max
    ? items.join(", ")
    : `${items.slice(0, max).join(", ")} and ${items.length - max} more`;
}
