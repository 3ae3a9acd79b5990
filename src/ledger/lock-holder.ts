// Who holds a lock, and whether that process is still there. Certainty first: a holder that cannot be seen from
// here (another host, another container, before a reboot) is never taken for gone.

import { randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import * as z from "zod";

const holderSchema = z.object({
  /** Random; tells this lock from every other. */
  token: z.string().min(1),
  host: z.string(),
  /** Boot and process-id namespace: within one, a process id means one process at a time. Empty where unknown. */
  scope: z.string(),
  pid: z.int().min(1),
  /** Start time of the process in the kernel's ticks since boot, `null` where unknown. */
  started: z.string().nullable(),
  /** RFC 3339. */
  at: z.string(),
  command: z.string(),
});
export type LockHolder = Readonly<z.output<typeof holderSchema>>;

/** This process as the holder of a new lock. */
export function thisHolder(command: string): LockHolder {
  return {
    token: randomBytes(16).toString("hex"),
    host: hostname(),
    scope: currentScope(),
    pid: process.pid,
    started: startOf(process.pid)?.started ?? null,
    at: new Date().toISOString(),
    command,
  };
}

/** The holder that a lock file names, `null` where the file is cut short or not ours. */
export function parseHolder(text: string): LockHolder | null {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** True only when it is certain that the holder's process has ended. */
export function isGone(holder: LockHolder): boolean {
  if (holder.host !== hostname() || holder.scope !== currentScope()) return false;
  const now = startOf(holder.pid);
  if (now !== null && holder.started !== null) return now.ended || now.started !== holder.started;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    // Everything but "no such process" (EPERM above all) means that there is one.
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}

/** True only when it is certain that the holder is another process of this machine that still runs. */
export function isRunningHere(holder: LockHolder): boolean {
  const here = holder.host === hostname() && holder.scope === currentScope();
  return here && holder.pid !== process.pid && !isGone(holder);
}

/** The holder for messages: `process 4711 on build-3 (gateform apply) since 2026-10-05T09:30:00.000Z`. */
export function describeHolder(holder: LockHolder): string {
  const { pid, host, command, at } = holder;
  return `process ${pid} on ${plainText(host)} (${plainText(command)}) since ${plainText(at)}`;
}

/** Text that somebody else wrote into a lock, fit for a message. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, "\ufffd").slice(0, 120);
}

/** Tells this system's processes from those of other boots and containers; empty where unknown. */
export function currentScope(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return "";
  }
}

/** Start time and state from `/proc/<pid>/stat` (proc(5), fields 22 and 3); `null` where it cannot be read. */
function startOf(pid: number): { readonly started: string; readonly ended: boolean } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // Field 2 is the program's name in brackets and may itself hold blanks and brackets.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, started] = [fields[0], fields[19]];
    if (state === undefined || started === undefined) return null;
    return { started, ended: state === "Z" || state === "X" };
  } catch {
    return null;
  }
}
