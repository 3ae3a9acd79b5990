// Looks for secrets in text: raw, in every form that programs bring text into, and in pieces.

/** Characters; shorter pieces of random text turn up by chance. */
const PIECE = 8;

/** Which forms of which secret (by its place in the list) the text holds. Secrets have at least 16 characters. */
export function leaksOf(text: string, secrets: readonly string[]): readonly string[] {
  return secrets.flatMap((secret, index) =>
    formsOf(secret)
      .filter(([, form]) => piecesOf(form).some((piece) => text.includes(piece)))
      .map(([name]) => `secret ${index} (${name})`),
  );
}

/**
 * The same search for many texts: fast, as it looks at each place of a text once.
 * @returns names as `leaksOf` gives them, each once.
 */
export function searchFor(secrets: readonly string[]): (text: string) => readonly string[] {
  const known = new Map<string, string>();
  /** Whether a piece may begin with two characters of these codes. */
  const begins = new Uint8Array(1 << 16);
  for (const [index, secret] of secrets.entries()) {
    for (const [name, form] of formsOf(secret)) {
      for (const piece of piecesOf(form)) {
        known.set(piece, `secret ${index} (${name})`);
        begins[pairAt(piece, 0)] = 1;
      }
    }
  }
  return (text) => {
    const found = new Set<string>();
    for (let at = 0; at + PIECE <= text.length; at++) {
      if (begins[pairAt(text, at)] === 0) continue;
      const name = known.get(text.slice(at, at + PIECE));
      if (name !== undefined) found.add(name);
    }
    return [...found];
  };
}

function pairAt(text: string, at: number): number {
  return ((text.charCodeAt(at) & 255) << 8) | (text.charCodeAt(at + 1) & 255);
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

function piecesOf(form: string): readonly string[] {
  return Array.from({ length: Math.max(1, form.length - PIECE + 1) }, (_, at) => form.slice(at, at + PIECE));
}
