/**
 * The provider behind every gateway: it says what it was called with and nothing else. So a test can see which
 * provider, model, path and key a gateway chose.
 */
import { completion } from "../../echo.ts";
import { json, type Reply } from "../../http.ts";
import type { ProviderRecord } from "../custom-provider-shapes.ts";
import { type Credential, labelOf } from "./credentials.ts";

export interface UpstreamCall {
  readonly provider: string;
  readonly model: string;
  readonly path: string;
  readonly custom: ProviderRecord | undefined;
  readonly credential: Credential;
}

/** The answer to a call that arrives. `id` makes it one of its own, `now` is in milliseconds since 1970. */
export function echo(call: UpstreamCall, id: string, now: number): unknown {
  const { provider, model, path, custom } = call;
  const credential = labelOf(call.credential);
  return completion({
    id,
    now,
    model,
    content: `${provider} ${model} at /${path} with ${credential}`,
    echo: {
      provider,
      model,
      path: `/${path}`,
      credential,
      ...(custom === undefined ? {} : heard(custom, path)),
    },
  });
}

/** Where a custom provider was called and the names of its own headers; their values may be credentials. */
function heard({ base_url, headers }: ProviderRecord, path: string): object {
  const names = Object.keys(headers === null ? {} : JSON.parse(headers));
  // `{base_url}/{path}` (docs *Custom Providers*, 2026).
  return { url: `${base_url.replace(/\/$/, "")}/${path}`, headers: names };
}

/** A provider's own error, which the gateway hands on: what a call without a key gets, or what a fault asks for. */
export function providerError(status: number): Reply {
  const message =
    status === 401 ? "You didn't provide an API key." : `Injected failure ${status} of the provider`;
  const type =
    status === 401 ? "invalid_request_error" : status === 429 ? "rate_limit_error" : "server_error";
  return json(status, { error: { message, type, param: null, code: null } });
}
