/**
 * What the built-in provider behind both gateways answers, in the shape of an OpenAI chat completion. It says what it
 * was called with and never a whole key.
 */

/** What every answer counts, whatever was asked. */
export const USAGE = { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 };

interface Completion {
  /** Makes the answer one of its own. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** As the client is told. */
  readonly model: string;
  readonly content: string;
  /** What the provider was called with. */
  readonly echo: object;
  /** Beside role and content. */
  readonly message?: object;
}

/** The answer to a call that arrives. */
export function completion({ id, now, model, content, echo, message = {} }: Completion): object {
  return {
    id: `chatcmpl-${id}`,
    object: "chat.completion",
    created: Math.floor(now / 1000),
    model,
    choices: [{ index: 0, message: { role: "assistant", content, ...message }, finish_reason: "stop" }],
    usage: USAGE,
    echo,
  };
}

/** The end of a key as it may be shown. Short keys show nothing: four characters would be too much of them. */
export function tail(key: string): string {
  return key.length >= 12 ? ` …${key.slice(-4)}` : "";
}
