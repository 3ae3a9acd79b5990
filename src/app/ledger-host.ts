// Which servers a ledger may be on. Files name the address, and whoever may propose a change of a file would decide
// where the ledger's credential goes, and what this machine asks in its network; so the environment of the run has to
// name the host, too.

import { isLoopback } from "../config/base-url.ts";
import type { HttpPlace } from "../config/ledger-place.ts";
import { LedgerError } from "../ledger/backend.ts";

const VARIABLE = "GATEFORM_LEDGER_HOSTS";

/** @throws LedgerError `LEDGER_HOST` for an address on a host that nothing but a file names. */
export function checkLedgerHosts(place: HttpPlace, env: Readonly<Record<string, string | undefined>>): void {
  const allowed = hostsOf(env);
  const foreign = (["address", "lock_address", "unlock_address"] as const).flatMap((name) => {
    const { host, hostname } = new URL(place[name]);
    return isLoopback(hostname) || allowed.has(host) ? [] : [{ name, host }];
  });
  if (foreign.length === 0) return;
  // All at once, so that setting the variable is one step.
  const hosts = foreign.filter((item, at) => foreign.findIndex(({ host }) => host === item.host) === at);
  const found = hosts.map(({ name, host }) => `ledger.http.${name} is on ${host}`).join(", ");
  throw new LedgerError(
    "LEDGER_HOST",
    `${found}, and only a file says so: nothing was sent there`,
    `where it is right, set ${VARIABLE}=${[...allowed, ...hosts.map(({ host }) => host)].join(",")} in the environment of the run`,
  );
}

/** Hosts with a port where it is none of the usual ones; a job on GitLab has its own GitLab's. */
function hostsOf(env: Readonly<Record<string, string | undefined>>): ReadonlySet<string> {
  const named = (env[VARIABLE] ?? "").split(/[\s,]+/).filter((entry) => entry !== "");
  const gitlab = env.GITLAB_CI === "true" ? [env.CI_SERVER_URL ?? ""] : [];
  return new Set(
    [...named, ...gitlab].flatMap((entry) => {
      const url = entry.includes("://") ? entry : `https://${entry}`;
      return URL.canParse(url) ? [new URL(url).host] : [];
    }),
  );
}
