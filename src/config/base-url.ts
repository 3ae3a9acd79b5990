// `base_url` in a file: requests carry the credential there, so only the vendor's hosts and this machine will do.
// Whoever runs gateform may name any other host by environment variable.

import type { AnyProvider } from "../provider/provider.ts";
import type { Report } from "./report.ts";
import { quote } from "./source.ts";
import { type MapNode, markOf, placeAt } from "./tree.ts";

/** Reports a `base_url` of a provider block that does not stay with the vendor or on this machine. */
export function checkBaseUrl(report: Report, provider: AnyProvider, block: MapNode): void {
  const place = placeAt(block, ["base_url"], block.at);
  if (place.node?.type !== "scalar" || place.node.hole || typeof place.node.value !== "string") return;
  const problem = problemOf(place.node.value, provider.hosts);
  if (problem === undefined) return;
  // Text before an @ in a URL may be a password.
  const found = place.node.value.includes("@") ? "" : ` ${quote(place.node.expression ?? place.node.value)}`;
  if (found === "") report.hide(place.node.at);
  report.add("FOREIGN_BASE_URL", {
    message: `base_url${found} ${problem}; in a file it may name ${provider.hosts.join(", ")} or this machine`,
    hint: `to send requests elsewhere, set ${provider.base_url_env} in the environment of the run`,
    at: markOf(place),
  });
}

function problemOf(text: string, hosts: readonly string[]): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return "is no http or https URL";
  if (url.username !== "" || url.password !== "") return "carries a user name or password";
  if (isLoopback(url.hostname)) return undefined;
  if (!hosts.includes(url.hostname)) return "names a foreign host";
  if (url.protocol !== "https:") return "is not https";
  return url.port === "" ? undefined : "names a port of its own";
}

/** True for a host name, as `URL` gives it, that never leaves this machine. */
export function isLoopback(hostname: string): boolean {
  // URL gives IPv4 addresses in their one dotted form, so 127.1 and 0x7f000001 arrive as 127.0.0.1.
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
