// Bodies in both directions: secrets revealed only for sending, answers bounded and parsed.

import type { Dispatcher } from "undici";
import type { Method, RawAnswer } from "./failure.ts";
import type { ResolvedValue } from "./kind.ts";
import { Secret } from "./secret.ts";
import { UnreadableError } from "./transport.ts";

/** Largest answer that is read, in bytes. */
export const MAX_BODY = 10 * 1024 * 1024;

/** Plain JSON for sending; the secrets met on the way are added to `met`, so that an echo can be recognised. */
export function revealed(value: ResolvedValue, met: Secret[]): unknown {
  if (value instanceof Secret) {
    met.push(value, ...value.parts());
    return value.reveal();
  }
  if (Array.isArray(value)) return value.map((item: ResolvedValue) => revealed(item, met));
  if (typeof value !== "object" || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) out[key] = revealed(item as ResolvedValue, met);
  return out;
}

/**
 * Reads an answer to its end.
 * @throws UnreadableError beyond `MAX_BODY` bytes and for what is no text, and whatever undici throws when the connection breaks off.
 */
export async function readAnswer(
  method: Method,
  path: string,
  response: Dispatcher.ResponseData,
): Promise<RawAnswer> {
  const text = await readText(response, MAX_BODY);
  return { method, path, status: response.statusCode, header: headerOf(response), ...parse(text) };
}

/** Reads a body of at most `max` bytes as text; otherwise as `readAnswer`. */
export async function readText(response: Dispatcher.ResponseData, max: number): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response.body) {
    // undici's body is a byte stream: every part is a Buffer.
    size += (part as Buffer).length;
    if (size > max) throw new UnreadableError(`answered too much: more than ${max} bytes`);
    parts.push(part as Buffer);
  }
  const bytes = Buffer.concat(parts);
  // What a refusal says matters less than that it is one.
  if (size === 0 || response.statusCode >= 300) return bytes.toString("utf8");
  const coding = headerOf(response)("content-encoding")?.trim().toLowerCase() ?? "";
  if (coding !== "" && coding !== "identity")
    throw new UnreadableError("answered compressed, although it was asked not to");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UnreadableError("answered with bytes that are not UTF-8");
  }
}

/** Looks up a header by its lower-case name; of several of one name, the first. */
export function headerOf({ headers }: Dispatcher.ResponseData): (name: string) => string | undefined {
  return (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
}

/** An empty body counts as JSON: some answers have none. */
function parse(text: string): { readonly body: unknown; readonly json: boolean } {
  if (text === "") return { body: undefined, json: true };
  try {
    return { body: JSON.parse(text), json: true };
  } catch {
    return { body: undefined, json: false };
  }
}
