// `gateform show`: what the stack owns; with an address, that resource alone; with a file, a saved plan.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseAddress } from "../../base/address.ts";
import { allRules } from "../all-rules.ts";
import type { Run } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import { showOwned } from "../show-owned.ts";
import { showPlan } from "../show-plan.ts";

export const show: Run = async (io, [what], options) => {
  if (what === undefined || isAddress(io, what)) return showOwned(io, what, options);
  if (existsSync(resolve(io.cwd, what))) return showPlan(io, what, options);
  throw new Failure("USAGE", `"${what}" is no address, and there is no plan in such a file`, {
    hint: "write an address as in vercel.rule.opus-to-haiku, or a file that `gateform plan --out` saved; without one, `gateform show` lists all",
  });
};

/** A file of that name comes first. */
function isAddress(io: Io, what: string): boolean {
  const kind = parseAddress(what)?.kind;
  return kind !== undefined && allRules.has(kind) && !existsSync(resolve(io.cwd, what));
}
