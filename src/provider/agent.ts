// Connections by undici, which loads with the first request: most commands only read files, and loading it takes a
// fifth of their start. Knows no vendor and no retries.

import type { Dispatcher } from "undici";
import type { DispatchOptions } from "./dispatch.ts";

export interface Outgoing {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body?: string | undefined;
}

export interface Connections {
  /** Sends one request, once. Rejects with what undici throws, and with `ProxyError`. */
  readonly send: (url: URL, request: Outgoing) => Promise<Dispatcher.ResponseData>;
  /** Ends the connections when their requests have ended; a later request opens new ones. */
  readonly close: () => Promise<void>;
}

/** Opens connections as they are needed, one pool per origin. */
export function openConnections(options: DispatchOptions): Connections {
  let opened: Promise<Connections> | undefined;
  return {
    send: async (url, request) => {
      opened ??= import("./dispatch.ts").then(({ openDispatch }) => openDispatch(options));
      return (await opened).send(url, request);
    },
    close: async () => {
      const ending = opened;
      opened = undefined;
      await (await ending)?.close();
    },
  };
}
