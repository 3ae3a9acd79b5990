// What a lock on a server says about its holder, in the form of Terraform's lock info
// (hashicorp/terraform internal/states/statemgr/locker.go, `LockInfo`).
//
// The one member that every server gives back as the holder wrote it is `ID`: GitLab answers a refused lock with the
// holder's ID, its own user name and time as `Who` and `Created`, but with `Operation`, `Info`, `Version` and `Path` of
// the one who asks (lib/api/terraform/state.rb, `post '/lock'`, https://gitlab.com/gitlab-org/gitlab, 2026). So the
// holder's process is written into the ID, which may have 255 characters there.

import { createHash } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { isObject } from "../base/json.ts";
import { LEDGER_FORMAT } from "../model/ledger.ts";
import { currentScope, describeHolder, type LockHolder, plainText } from "./lock-holder.ts";

/** Terraform's lock info. */
export interface LockInfo {
  readonly ID: string;
  readonly Operation: string;
  readonly Info: string;
  readonly Who: string;
  /** Of the ledger's form: what whoever finds the lock must be able to read. */
  readonly Version: string;
  readonly Created: string;
  readonly Path: string;
}

/** What a refused lock tells about its holder. */
export interface HeldBy {
  readonly id: string;
  /** The holder's process, where the lock is one of gateform's. */
  readonly holder: LockHolder | null;
  /** For messages. */
  readonly words: string;
}

/** The info that `mine` locks with. */
export function lockInfoOf(mine: LockHolder): LockInfo {
  return {
    ID: idOf(mine),
    Operation: mine.command,
    Info: describeHolder(mine),
    Who: `${userName()}@${mine.host}`,
    Version: String(LEDGER_FORMAT),
    Created: mine.at,
    // GitLab wants the member to be there, and Terraform leaves it empty for this backend.
    Path: "",
  };
}

/**
 * Reads the info that comes with a refused lock; `null` where it names no holder.
 * @param clean makes the server's text safe to print.
 */
export function readHeldBy(text: string, clean: (text: string) => string): HeldBy | null {
  const info = parse(text);
  const id = textOf(info, "ID");
  if (id === undefined || id === "") return null;
  const who = clean(textOf(info, "Who") ?? "");
  const at = clean(textOf(info, "Created") ?? "an unknown time");
  const holder = holderOf(id, at);
  if (holder === null) return { id, holder, words: `${plainText(who || clean(id))} since ${plainText(at)}` };
  // `Who` of gateform's own says nothing new; a server's user name does.
  const by = who === "" || who.endsWith(`@${holder.host}`) ? "" : `, by ${plainText(who)}`;
  return { id, holder, words: `${describeHolder(holder)}${by}` };
}

/** `gateform:apply:build-3:4711:123456:0f1e2d3c4b5a6978:<token>` */
function idOf({ token, command, host, pid, started, scope }: LockHolder): string {
  const words = command.replace(/^gateform /, "").replaceAll(" ", "-");
  return ["gateform", words, safeHost(host), pid, started ?? "-", digest(scope), token].join(":");
}

const ID =
  /^gateform:([a-z-]{1,40}):([^:]{1,60}):([0-9]{1,10}):(-|[0-9]{1,20}):([0-9a-f]{16}):([0-9a-f]{32})$/;

function holderOf(id: string, at: string): LockHolder | null {
  const [, words, host, pid, started, scope, token] = ID.exec(id) ?? [];
  if (words === undefined || host === undefined || token === undefined) return null;
  const here = hostname();
  return {
    token,
    // Names and scopes are shortened in an ID; those of this machine are given whole again, to be compared.
    host: host === safeHost(here) ? here : host,
    scope: scope === digest(currentScope()) ? currentScope() : `other ${scope}`,
    pid: Number(pid),
    started: started === undefined || started === "-" ? null : started,
    at,
    command: `gateform ${words.replaceAll("-", " ")}`,
  };
}

function safeHost(host: string): string {
  return host.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(0, 60) || "_";
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user need not have a name.
    return "unknown";
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOf(info: unknown, name: keyof LockInfo): string | undefined {
  const value = isObject(info) ? info[name] : undefined;
  return typeof value === "string" ? value : undefined;
}
