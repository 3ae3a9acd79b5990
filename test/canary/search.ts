// Looks for secrets in text: raw, in every form that programs bring text into, and in pieces.

/** Characters; shorter pieces of random text turn up by chance. */
const PIECE = 8;

/** Which forms of which secret (by its place in the list) the text holds. Secrets have at least 16 characters. */
export function leaksOf(text: string, secrets: readonly string[]): readonly string[] {
  return searchFor(secrets)(text);
}

/**
 * The same search for many texts.
 * @returns names as `leaksOf` gives them, each once.
 */
export function searchFor(secrets: readonly string[]): (text: string) => readonly string[] {
  const known = new Map<string, string>();
  for (const [index, secret] of secrets.entries()) {
    for (const { form, piece } of piecesOf(secret)) known.set(piece, `secret ${index} (${form})`);
  }
  const find = finder(known.keys());
  return (text) => [...new Set([...find(text)].map((piece) => known.get(piece) ?? ""))];
}

/** Looks at each place of a text once, however many pieces there are. Gives those that the text holds. */
export function finder(pieces: Iterable<string>): (text: string) => ReadonlySet<string> {
  const known = new Set(pieces);
  // One bit per hash, about one in 64 set: hardly a place of a text has to be looked up.
  const bits = Math.min(27, Math.max(12, Math.ceil(Math.log2(known.size * 64 + 1))));
  const set = new Uint8Array(1 << (bits - 3));
  for (const piece of known) {
    const hash = hashAt(piece, 0) >>> (32 - bits);
    set[hash >> 3] = (set[hash >> 3] ?? 0) | (1 << (hash & 7));
  }
  return (text) => {
    const found = new Set<string>();
    for (let at = 0; at + PIECE <= text.length; at++) {
      const hash = hashAt(text, at) >>> (32 - bits);
      if (((set[hash >> 3] ?? 0) & (1 << (hash & 7))) === 0) continue;
      const piece = text.slice(at, at + PIECE);
      if (known.has(piece)) found.add(piece);
    }
    return found;
  };
}

/** Of five characters of the piece there. */
function hashAt(text: string, at: number): number {
  let hash = text.charCodeAt(at);
  hash = Math.imul(hash, 31) + text.charCodeAt(at + 2);
  hash = Math.imul(hash, 31) + text.charCodeAt(at + 4);
  hash = Math.imul(hash, 31) + text.charCodeAt(at + 5);
  hash = Math.imul(hash, 31) + text.charCodeAt(at + 7);
  return Math.imul(hash, 0x9e3779b1);
}

/** A piece of a secret in one of its forms. */
export interface Piece {
  readonly form: string;
  readonly piece: string;
}

/** All pieces of all forms. */
export function piecesOf(secret: string): readonly Piece[] {
  return formsOf(secret).flatMap(([form, text]) =>
    Array.from({ length: Math.max(0, text.length - PIECE + 1) }, (_, at) => ({
      form,
      piece: text.slice(at, at + PIECE),
    })),
  );
}

function formsOf(secret: string): readonly (readonly [name: string, form: string])[] {
  return [
    ["raw", secret],
    ["URL-escaped", encodeURIComponent(secret)],
    ["JSON-escaped", JSON.stringify(secret).slice(1, -1)],
    ...[0, 1, 2].map((offset) => ["base64", base64At(secret, offset)] as const),
  ];
}

/** Base64 as it looks inside that of a longer text, where the secret begins at a byte of this remainder by 3. */
function base64At(secret: string, offset: number): string {
  const coded = Buffer.from("\0".repeat(offset) + secret).toString("base64");
  // The first and last group also hold bits of what stands around the secret.
  return coded.slice(4, -4);
}
