/**
 * The provider behind every gateway: it says what it was called with, in the shape of an OpenAI chat completion, and
 * nothing else. So a test can see which provider, model, path and key a gateway chose. It never says a whole key.
 */
import { json, type Reply } from "../../http.ts";
import { type Credential, labelOf } from "./credentials.ts";
import { USAGE } from "./prices.ts";

export interface UpstreamCall {
  readonly provider: string;
  readonly model: string;
  readonly path: string;
  /** Where a custom provider lives. */
  readonly baseUrl: string | undefined;
  readonly credential: Credential;
}

/** The answer to a call that arrives. `id` makes it one of its own, `now` is in milliseconds since 1970. */
export function echo(call: UpstreamCall, id: string, now: number): unknown {
  const { provider, model, path, baseUrl } = call;
  const credential = labelOf(call.credential);
  const url = baseUrl === undefined ? undefined : `${baseUrl.replace(/\/$/, "")}/${path}`;
  return {
    id: `chatcmpl-${id}`,
    object: "chat.completion",
    created: Math.floor(now / 1000),
    model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: `${provider} ${model} at /${path} with ${credential}` },
        finish_reason: "stop",
      },
    ],
    usage: USAGE,
    echo: { provider, model, path: `/${path}`, credential, ...(url === undefined ? {} : { url }) },
  };
}

/** A provider's own error, which the gateway hands on: what a call without a key gets, or what a fault asks for. */
export function providerError(status: number): Reply {
  const message =
    status === 401 ? "You didn't provide an API key." : `Injected failure ${status} of the provider`;
  const type =
    status === 401 ? "invalid_request_error" : status === 429 ? "rate_limit_error" : "server_error";
  return json(status, { error: { message, type, param: null, code: null } });
}
