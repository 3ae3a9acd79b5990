// Checks an answer against the shape that we read, so that a surprise is an error with a name, not a crash.

import type { z } from "zod";
import { deeperThan } from "../base/json.ts";
import { pathSegment } from "../base/path-segment.ts";
import { ProviderError } from "./error.ts";

/** A successful answer as the HTTP client hands it on. */
export interface Answer {
  /** `GET /ai-gateway/gateways`, for messages. */
  readonly what: string;
  readonly method: string;
  readonly status: number;
  readonly request_id: string | undefined;
  /** Parsed JSON; `undefined` for an empty body. */
  readonly body: unknown;
  /** Makes text of the answer safe to print. */
  readonly clean: (text: string) => string;
}

/**
 * The body in the given shape.
 * @throws ProviderError `malformed`, naming the first three members that are wrong, never their values; after a
 * write the outcome is unknown.
 */
export function shaped<T>(shape: z.ZodType<T>, answer: Answer): T {
  const oddity = oddityIn(answer.body);
  const parsed = oddity === undefined ? shape.safeParse(answer.body) : undefined;
  if (parsed?.success === true) return parsed.data;
  const wrong = parsed?.error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.map(String).join(".") || "body"}: ${issue.message}`) ?? [oddity];
  throw new ProviderError(
    `${answer.what} was answered in a form we do not know (${answer.clean(wrong.join("; "))})`,
    {
      refused: "malformed",
      outcome: answer.method === "GET" ? "not-applied" : "unknown",
      status: answer.status,
      ...(answer.request_id === undefined ? {} : { request_id: answer.request_id }),
    },
  );
}

/** Levels of nesting; everything that recurses over values is safe far beyond it. */
const MAX_DEPTH = 200;
/** Members by which we mark our own values: one from a vendor would be taken for a secret of this machine. */
const RESERVED = ["$secret", "$ref", "__proto__"];

/** What no answer of a vendor has, wherever its shape leaves a part open. */
function oddityIn(body: unknown): string | undefined {
  if (deeperThan(body, MAX_DEPTH)) return `body: nested deeper than ${MAX_DEPTH} levels`;
  const rest: unknown[] = [body];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (typeof next !== "object" || next === null) continue;
    const found = RESERVED.find((name) => Object.hasOwn(next as object, name));
    if (found !== undefined) return `body: a member is called ${found}`;
    for (const inner of Object.values(next)) if (typeof inner === "object") rest.push(inner);
  }
  return undefined;
}

/**
 * One path segment.
 * @throws ProviderError `invalid` for what would change the path instead of naming something in it, or is in no URL.
 */
export function segment(id: string): string {
  const encoded = pathSegment(id);
  if (encoded !== undefined) return encoded;
  throw new ProviderError(`"${id}" cannot be an id`, { refused: "invalid", outcome: "not-applied" });
}
