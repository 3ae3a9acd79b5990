// What Vercel means by an answer. Its envelope is `{error: {code, message, …}}`; the CLI (64.0.2) also takes `err`.

import { isObject, type JsonObject } from "../../base/json.ts";
import type { RawAnswer, Verdict } from "../../provider/failure.ts";

/** Judges an answer; `null` for a success. */
export function classifyVercel({ status, body, json, header }: RawAnswer): Verdict | null {
  if (status >= 200 && status < 300) {
    return json ? null : { refused: "malformed", outcome: "unknown", message: "the answer is not JSON" };
  }
  const error = readError(body);
  const message =
    typeof error?.message === "string"
      ? error.message
      : json
        ? ""
        : `not JSON but ${header("content-type") ?? "something else"}`;
  return {
    refused: judge(status, error, message),
    // Only a server's or a gateway's failure leaves open whether the request was carried out.
    outcome: status >= 500 || status === 408 ? "unknown" : "not-applied",
    message,
    ...(typeof error?.code === "string" ? { vendor_code: error.code } : {}),
  };
}

function judge(status: number, error: JsonObject | undefined, message: string): Verdict["refused"] {
  if (status >= 500 || status === 408) return "unavailable";
  if (status === 429) {
    // The key-count cap comes as a 429 with `name` and a number as `limit` (SDK 1.28.35); waiting does not help.
    return typeof error?.limit === "number" && typeof error.name === "string" ? "limit" : "throttled";
  }
  if (error === undefined) return "malformed";
  switch (status) {
    case 401:
      return "authentication";
    case 403:
      return error.invalidToken === true ||
        /invalid token|token is (?:not valid|invalid|expired)/i.test(message)
        ? "authentication"
        : "permission";
    case 404:
      // An unknown route has the same code as an unknown id and must not be taken for one. Whoever names a thing
      // `endpoint-eu` does not say so.
      return /(?:^|\s)endpoint\s/i.test(message) ? "invalid" : "not-found";
    case 409:
      return "exists";
    case 402:
      return "limit";
    default:
      return "invalid";
  }
}

function readError(body: unknown): JsonObject | undefined {
  if (!isObject(body)) return undefined;
  if (isObject(body.error)) return body.error;
  if (isObject(body.err)) return body.err;
  return typeof body.message === "string" ? body : undefined;
}
