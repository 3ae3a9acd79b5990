// Which servers a ledger may be on. Files name the address, and whoever may propose a change of a file would decide
// where the ledger's credential goes, and what this machine asks in its network; so the environment of the run has to
// name the host, too.

import { isIPv6 } from "node:net";
import { isLoopback } from "../config/base-url.ts";
import type { HttpPlace } from "../config/ledger-place.ts";
import { LedgerError } from "../ledger/backend.ts";

const VARIABLE = "GATEFORM_LEDGER_HOSTS";

/** @throws LedgerError `LEDGER_HOST` for an address on a host that nothing but a file names. */
export function checkLedgerHosts(place: HttpPlace, env: Readonly<Record<string, string | undefined>>): void {
  const named = (env[VARIABLE] ?? "").split(/[\s,]+/).filter((entry) => entry !== "");
  const gitlab = env.GITLAB_CI === "true" ? [env.CI_SERVER_URL ?? ""] : [];
  const allowed = [...named, ...gitlab].flatMap((entry) => hostOf(entry) ?? []);
  const foreign = (["address", "lock_address", "unlock_address"] as const).flatMap((name) => {
    const url = new URL(place[name]);
    const known = isLoopback(url.hostname) || allowed.some((host) => isAt(url, host));
    return known ? [] : [{ name, host: url.host }];
  });
  if (foreign.length === 0) return;
  // All at once, so that setting the variable is one step.
  const hosts = foreign.filter((item, at) => foreign.findIndex(({ host }) => host === item.host) === at);
  const found = hosts.map(({ name, host }) => `ledger.http.${name} is on ${host}`).join(", ");
  const right = named.filter((entry) => hostOf(entry) !== undefined);
  const wrong = named.filter((entry) => hostOf(entry) === undefined).map((entry) => `"${entry}"`);
  throw new LedgerError(
    "LEDGER_HOST",
    `${found}, and only a file says so: nothing was sent there${wrong.length === 0 ? "" : `; ${VARIABLE} has ${wrong.join(", ")}, which names no host`}`,
    `where it is right, set ${VARIABLE}=${[...right, ...hosts.map(({ host }) => host)].join(",")} in the environment of the run`,
  );
}

interface Host {
  readonly hostname: string;
  /** Without one, the usual one of the address's scheme. */
  readonly port: number | undefined;
}

/** `host`, `host:port`, `[::1]:port`, `::1` or a URL, as which a job on GitLab has its own GitLab. */
function hostOf(entry: string): Host | undefined {
  const place = entry.replace(/^[a-z]+:\/\//i, "").replace(/[/?#].*$/s, "");
  const authority = isIPv6(place) ? `[${place}]` : place;
  // Names with a * are none: URL would take them for names like any.
  if (authority.includes("*") || !URL.canParse(`http://${authority}`)) return undefined;
  const port = /:(\d+)$/.exec(authority)?.[1];
  return {
    hostname: new URL(`http://${authority}`).hostname,
    port: port === undefined ? undefined : Number(port),
  };
}

function isAt(url: URL, { hostname, port }: Host): boolean {
  if (url.hostname !== hostname) return false;
  if (port === undefined) return url.port === "";
  return port === Number(url.port === "" ? (url.protocol === "https:" ? 443 : 80) : url.port);
}
