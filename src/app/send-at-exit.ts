// One last request while the process ends. Node runs nothing asynchronous any more then, so another process sends it.

import { spawnSync } from "node:child_process";
import type { Secret } from "../provider/secret.ts";

/** Milliseconds that the end of the process may be held up. */
const TIMEOUT = 10_000;

/** Reads the request from its standard input: arguments and environment are for everybody to see. */
const SCRIPT = `
let text = "";
process.stdin.setEncoding("utf8").on("data", (part) => { text += part; }).on("end", () => {
  const { url, ...init } = JSON.parse(text);
  fetch(url, { ...init, redirect: "manual" }).catch(() => {});
});
`;

/** Sends and waits for the answer, which it does not look at. Never throws. */
export function sendAtExit(
  request: { readonly method: string; readonly url: URL; readonly body?: string },
  authorization: Secret | undefined,
): void {
  spawnSync(process.execPath, ["-e", SCRIPT], {
    input: JSON.stringify({
      url: request.url.href,
      method: request.method,
      ...(request.body === undefined ? {} : { body: request.body }),
      headers: {
        "content-type": "application/json",
        "user-agent": "gateform",
        ...(authorization === undefined ? {} : { authorization: authorization.reveal() }),
      },
    }),
    stdio: ["pipe", "ignore", "ignore"],
    timeout: TIMEOUT,
    windowsHide: true,
  });
}
