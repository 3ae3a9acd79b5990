// Every effect of a run passes through here: it can be cut off before and after each one, and answers can be lost.

import { unavailable } from "./kinds.ts";

/** The process is gone. */
export class Cut extends Error {}

export interface Faults {
  /** The run ends at this boundary, counted from 0 over all requests, deliveries and ledger writes. */
  readonly cut?: number;
  /** Requests, counted from 0, that are carried out and whose answer is lost. */
  readonly lost?: readonly number[];
  /** Requests, counted from 0, that are refused with nothing done. */
  readonly refused?: readonly number[];
}

export interface Effects {
  /** A request that writes. */
  readonly write: <T>(act: () => T) => Promise<T>;
  /** A delivery or a write of the ledger. */
  readonly local: (act: () => void) => Promise<void>;
}

export function effectsWith(faults: Faults): Effects {
  let boundaries = 0;
  let requests = 0;
  const boundary = (): void => {
    if (faults.cut !== undefined && boundaries >= faults.cut) throw new Cut("cut off");
    boundaries += 1;
  };
  return {
    write: async (act) => {
      boundary();
      const number = requests++;
      if (faults.refused?.includes(number) === true) throw unavailable("not-applied");
      const result = act();
      boundary();
      if (faults.lost?.includes(number) === true) throw unavailable("unknown");
      return result;
    },
    local: async (act) => {
      boundary();
      act();
      boundary();
    },
  };
}
