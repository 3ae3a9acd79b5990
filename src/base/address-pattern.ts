// Patterns of addresses on the command line: `*` stands for any text, as in `vercel.rule.*`.

import type { Address } from "./address.ts";

/** Whether a text is a pattern rather than one address. */
export function isAddressPattern(text: string): boolean {
  return text.includes("*");
}

/** A test for the addresses that a pattern, or an address itself, means. */
export function addressMatcher(pattern: string): (address: Address) => boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.\\+?^${}()|[\]/-]/g, "\\$&"));
  const whole = new RegExp(`^${parts.join(".*")}$`, "s");
  return (address) => whole.test(address);
}
