/**
 * The whole memory of the server as one plain JSON value, and the check that a data or seed file is one.
 */
import * as z from "zod";
import { cloudflareState } from "./cloudflare/state.ts";
import { type KeyRecord, type VercelState, vercelState } from "./vercel/state.ts";

const stateSchema = z.strictObject({
  format: z.literal(1).default(1),
  /** Counts every id ever given out, so that none returns. */
  sequence: z.int().min(0).default(0),
  cloudflare: cloudflareState.prefault({}),
  vercel: vercelState.prefault({}),
});

export type State = Omit<z.infer<typeof stateSchema>, "vercel"> & { vercel: VercelState };

/**
 * Reads a state from untrusted JSON.
 * @throws Error whose message lists every mistake with its path; `origin` says where the JSON came from.
 */
export function parseState(value: unknown, origin: string): State {
  const parsed = stateSchema.safeParse(value);
  if (parsed.success) return positioned(parsed.data);
  const mistakes = parsed.error.issues.map(
    (issue) => `  ${issue.path.join(".") || "(top)"}: ${issue.message}`,
  );
  throw new Error(`${origin} is not a state of the reference server:\n${mistakes.join("\n")}`);
}

/** Gives keys without a position one after all that are taken, and the counter a start above them. */
function positioned(state: z.infer<typeof stateSchema>): State {
  let last = state.vercel.keys.reduce((most, key) => Math.max(most, key.position ?? 0), state.sequence);
  const keys = state.vercel.keys.map((key): KeyRecord => {
    if (key.position !== undefined) return { ...key, position: key.position };
    last += 1;
    return { ...key, position: last };
  });
  return { ...state, sequence: last, vercel: { ...state.vercel, keys } };
}
