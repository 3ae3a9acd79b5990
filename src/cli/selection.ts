// Answers to a numbered list: `1,3-5`, `all`, or nothing.

/**
 * Reads an answer.
 * @param count how many there are to choose from, numbered from 1.
 * @returns indexes from 0, in order and each once; or what is wrong with the answer.
 */
export function parseSelection(answer: string, count: number): readonly number[] | string {
  const text = answer.trim().replace(/\s*-\s*/g, "-");
  const everything = Array.from({ length: count }, (_, index) => index);
  if (text === "") return [];
  if (text.toLowerCase() === "all") return everything;
  const chosen = new Set<number>();
  for (const part of text.split(/[\s,]+/).filter((item) => item !== "")) {
    const match = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part);
    if (match === null) return `"${part}" is neither a number nor a range such as 3-5`;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first) return `"${part}" runs backwards`;
    if (first < 1 || last > count) return `"${part}" is not between 1 and ${count}`;
    for (let number = first; number <= last; number++) chosen.add(number - 1);
  }
  return everything.filter((index) => chosen.has(index));
}
