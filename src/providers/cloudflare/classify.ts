// What Cloudflare means by an answer. Status, code and text decide together: authentication failures come as 400,
// throttling as 200, internal errors as 403 (codes as recorded by @distilled.cloud/cloudflare 0.30.3, 2026).

import { isObject } from "../../base/json.ts";
import type { RawAnswer, Verdict } from "../../provider/failure.ts";
import { shownGroup } from "./kinds/permission-names.ts";
import type { CredentialKind } from "./login.ts";

interface VendorError {
  readonly code: number | undefined;
  readonly message: string;
}

/** Judges an answer; `null` for a success. Reads all three error envelopes: they differ in what they leave out. */
export function classifyCloudflare(answer: RawAnswer, credential: CredentialKind = "token"): Verdict | null {
  const { status, body, json } = answer;
  const good = status >= 200 && status < 300;
  if (good && json && (!isObject(body) || body.success !== false)) return null;
  if (good && !json) {
    return { refused: "malformed", outcome: "unknown", message: "the answer is not JSON" };
  }
  const errors = readErrors(body);
  const message = errors.map((error) => error.message).join("; ");
  const code = errors.find((error) => error.code !== undefined)?.code;
  const verdict = judge(answer, errors[0], message);
  const hint = ELSEWHERE.test(message) ? NOT_FROM_HERE : hintOf(verdict.refused, code, answer, credential);
  return {
    ...verdict,
    message: message === "" ? plainMessage(answer) : message,
    ...(code === undefined ? {} : { vendor_code: String(code) }),
    ...(hint === undefined ? {} : { hint }),
  };
}

type Judgement = Pick<Verdict, "refused" | "outcome">;

const no = (refused: Verdict["refused"]): Judgement => ({ refused, outcome: "not-applied" });
const maybe = (refused: Verdict["refused"]): Judgement => ({ refused, outcome: "unknown" });

function judge(answer: RawAnswer, first: VendorError | undefined, message: string): Judgement {
  const { status, path } = answer;
  const says = (pattern: RegExp): boolean => pattern.test(message);
  // Once the answer to a route name that is taken (@distilled.cloud/cloudflare 0.30.3, 2026).
  if (status === 500 && says(/unique constraint.*routes\.name/i)) return no("exists");
  // A gateway create that answers 504 has been seen to exist afterwards, so no 5xx proves anything.
  if (status >= 500 || status === 408) return maybe("unavailable");
  if (status === 429 || first?.code === 971) return no("throttled");
  switch (first?.code) {
    case 6003: // malformed
    case 9103: // unknown e-mail or key, in a 403
    case 9106: // missing
      return no("authentication");
    case 9109:
      // Of the token itself, which is not valid (cert-manager#4465, 2021) or not to be used from here.
      if (says(/access token/i)) return no("authentication");
      return no(status === 403 ? "permission" : "authentication");
    case 10000:
      return no(status === 403 ? "permission" : "authentication");
    case 10001:
      // The same code stands for a permanent and for a passing refusal.
      return says(/not allowed/i) ? no("permission") : maybe("unavailable");
    case 7003:
      // No such route or account: says nothing about the thing that was asked for.
      return no("invalid");
    case 7002:
      return no("not-found");
    case 7001:
    case 7005:
      if (says(/already exists|already taken/i)) return no("exists");
      // The key of a provider config is stored asynchronously and "was not found" until that is done.
      if (says(/was not found/i)) return no(path.includes("/provider_configs") ? "waiting" : "not-found");
      if (says(/not found/i)) return no("not-found");
      if (says(/\blimit\b.*\b(?:reached|exceeded)|\b(?:reached|exceeded)\b.*\blimit\b|maximum number/i)) {
        return no("limit");
      }
      return no("invalid");
    case 1001:
      return no(says(/not[_ ]found/i) ? "not-found" : "invalid");
    case 1003:
      // With 409 the docs page "Custom Providers" (2026) gives it for a slug that is taken.
      return no(
        status === 409 || says(/already_exists|already exists|maximum_stores_exceeded/i)
          ? "exists"
          : "invalid",
      );
    default:
      return judgeByStatus(answer, message);
  }
}

function judgeByStatus({ status, body, json, header }: RawAnswer, message: string): Judgement {
  if (status === 401) return no("authentication");
  // A page is a firewall's or a proxy's, about one request: it says nothing of what the credential may do.
  const page = !json && /\bhtml\b/i.test(header("content-type") ?? "");
  if (status === 403) return no(page ? "malformed" : "permission");
  if (status === 409) return no("exists");
  if (/already exists/i.test(message)) return no("exists");
  // Only Cloudflare's own envelope can say that something is gone; a proxy's 404 cannot.
  if (!isObject(body) || body.success !== false) return no("malformed");
  return no(status === 404 && /not[_ ]found/i.test(message) ? "not-found" : "invalid");
}

function readErrors(body: unknown): readonly VendorError[] {
  if (!isObject(body) || !Array.isArray(body.errors)) return [];
  return body.errors.filter(isObject).map((error) => {
    const text = typeof error.message === "string" ? error.message : "";
    const path = Array.isArray(error.path) ? error.path.map(String).join(".") : "";
    return {
      code: typeof error.code === "number" ? error.code : undefined,
      message: path === "" ? text : `${path}: ${text}`,
    };
  });
}

function plainMessage({ json, header }: RawAnswer): string {
  return json ? "" : `not JSON but ${header("content-type") ?? "something else"}`;
}

function hintOf(
  refused: Verdict["refused"],
  code: number | undefined,
  answer: RawAnswer,
  credential: CredentialKind,
): string | undefined {
  if (refused === "permission") return permissionHint(answer, credential);
  if (refused === "authentication") return INVALID[credential];
  return code === 7003
    ? `check cloudflare.account_id, and that the ${NOUNS[credential]} is for this account`
    : undefined;
}

/** With the code 9109 (jeessy2/ddns-go#1341, 2024-12-14). */
const ELSEWHERE = /cannot use the access token from location/i;

const NOT_FROM_HERE =
  "the API token has a condition on the addresses that it is used from, and the one of this machine is not among them: change the condition, or use another token";

const NOUNS = { token: "API token", key: "Global API key" } as const;

const INVALID = {
  token:
    "the API token is not valid or has expired: check cloudflare.api_token, by default CLOUDFLARE_API_TOKEN",
  key: "e-mail and Global API key do not belong together, or the key was changed: check cloudflare.api_email and cloudflare.api_key, by default CLOUDFLARE_EMAIL and CLOUDFLARE_API_KEY",
} as const;

/** Permission groups by operation: OpenAPI 2026-10, `x-api-token-group`. */
function permissionHint({ method, path }: RawAnswer, credential: CredentialKind): string {
  const write = method !== "GET";
  const group = shownGroup(`${groupFor(path, write)} ${write ? "Write" : "Read"}`);
  return credential === "token"
    ? `the API token needs the permission group ${group} on this account`
    : `the user of the Global API key needs a role on this account that includes ${group}`;
}

function groupFor(path: string, write: boolean): string {
  if (/\/accounts\/[^/]+\/tokens(?:\/|$)/.test(path)) return "Account API Tokens";
  const store = path.includes("/secrets_store") || (write && path.includes("/provider_configs"));
  return store ? "Secrets Store" : "AI Gateway";
}
