// What goes wrong with one request in twenty. Which ones follows from the seed and from the requests themselves.

import type { FaultRule } from "../../../src/reference-server/index.ts";

type Effect = FaultRule["effect"];

const status = (code: number, when: "before" | "after", headers: Record<string, string> = {}): Effect => ({
  kind: "status",
  status: code,
  when,
  headers,
});

const ANYWHERE: readonly Effect[] = [
  { kind: "drop", when: "before" },
  { kind: "drop", when: "after" },
  status(500, "before"),
  status(503, "after"),
  status(429, "before", { "retry-after": "0" }),
  { kind: "malformed" },
  { kind: "echo" },
  { kind: "latency", ms: 200 },
];
const READS: readonly Effect[] = [{ kind: "cut_list", keep: 0 }, { kind: "stale_list" }];

/** Reads are most of the requests: so that writes get their part, one in seven of them is struck. */
const SHARES = { GET: 0.05, POST: 0.15, PUT: 0.15, PATCH: 0.15, DELETE: 0.15 } as const;

export function faultsOf(seed: number): readonly FaultRule[] {
  return (Object.keys(SHARES) as (keyof typeof SHARES)[]).flatMap((method) => {
    const effects = method === "GET" ? [...ANYWHERE, ...READS] : ANYWHERE;
    return effects.map((effect) => ({ method, share: SHARES[method] / effects.length, seed, effect }));
  });
}
