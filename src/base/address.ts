// Addresses: the one name of a resource in files, plans, ledgers and messages.
// `vercel.rule.opus-to-haiku`, `cloudflare.provider_config.support/openai`: provider, kind, then the map keys
// from the outermost to the innermost, joined by "/". Keys may contain dots, so only the first two split.

export type Address = string;

export interface AddressParts {
  readonly provider: string;
  /** Provider and kind together, as descriptors are named: `cloudflare.gateway`. */
  readonly kind: string;
  /** The map keys, outermost first. */
  readonly keys: readonly string[];
}

/**
 * What a map key may look like, unless its kind takes others. Keys become addresses, which are printed to terminals
 * and into markdown, so control characters, blanks and slashes are out.
 */
export const KEY_PATTERN = "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$";
/** What a key in an address may look like: beside those, an e-mail address. */
export const ADDRESS_KEY_PATTERN = "^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,127}$";
const key = new RegExp(ADDRESS_KEY_PATTERN);

/** Joins a kind and its keys to an address. */
export function formatAddress(kind: string, keys: readonly string[]): Address {
  return `${kind}.${keys.join("/")}`;
}

/** Splits an address, or gives `null` where the text is none. */
export function parseAddress(text: string): AddressParts | null {
  const match = /^([a-z]+)\.([a-z_]+)\.(.+)$/s.exec(text);
  if (match === null) return null;
  const [, provider, name, rest] = match as unknown as [string, string, string, string];
  const keys = rest.split("/");
  if (!keys.every((part) => key.test(part))) return null;
  return { provider, kind: `${provider}.${name}`, keys };
}

/** The kind of an address (`cloudflare.gateway`), read without checking its keys. */
export function kindOf(address: Address): string {
  const first = address.indexOf(".");
  const second = address.indexOf(".", first + 1);
  return second === -1 ? address : address.slice(0, second);
}
