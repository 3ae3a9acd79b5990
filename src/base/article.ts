// The indefinite article of a noun in a message.

/** `a gateway`, `an API key` */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? "an" : "a"} ${noun}`;
}
