// What stands between a client and a server passes requests on by this.

import { type Agent, type IncomingMessage, request as send } from "node:http";
import { buffer } from "node:stream/consumers";

export interface Carried {
  readonly status: number;
  /** Without those that are about the connection and the body's length on it. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/**
 * Has a request carried out.
 * @param body of the request, which has been read.
 * @returns the whole answer. Rejects where there is none.
 */
export function forward(agent: Agent, url: URL, asked: IncomingMessage, body: Buffer): Promise<Carried> {
  const { host: _, ...headers } = passedOn(asked);
  const options = { method: asked.method, agent, headers: { ...headers, "content-length": body.length } };
  return new Promise((resolve, reject) => {
    const request = send(url, options, (answer) => {
      buffer(answer).then(
        (content) => resolve({ status: answer.statusCode ?? 502, headers: passedOn(answer), body: content }),
        reject,
      );
    });
    request.once("error", reject);
    request.end(body);
  });
}

function passedOn({ headers }: IncomingMessage): IncomingMessage["headers"] {
  const { connection: _, "transfer-encoding": __, "content-length": ___, ...rest } = headers;
  return rest;
}
