// Every effect of a run passes through here: it can be cut off before and after each one, and answers can be lost.

import { SinkError } from "../../src/app/sinks/sink.ts";
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
  /** Deliveries, counted from 0, that a sink refuses; and those that are gone when they are looked for. */
  readonly unwritten?: readonly number[];
  readonly unconfirmed?: readonly number[];
  /** Deliveries that a sink takes, and says that it did not. */
  readonly unsure?: readonly number[];
  /** Places among the sinks of an address that cannot bring back what they had. */
  readonly lasting?: readonly number[];
  /** Looks at the world after every effect. */
  readonly watch?: () => void;
}

export interface Effects {
  /** A request that writes. */
  readonly write: <T>(act: () => T) => Promise<T>;
  /** A write of the ledger, or what a sink does. */
  readonly local: (act: () => void) => Promise<void>;
  /** A delivery; gives its number. */
  readonly deliver: (act: () => void) => Promise<number>;
}

export function effectsWith(faults: Faults): Effects {
  let boundaries = 0;
  let requests = 0;
  let deliveries = 0;
  const boundary = (): void => {
    if (faults.cut !== undefined && boundaries >= faults.cut) throw new Cut("cut off");
    boundaries += 1;
  };
  const local = async (act: () => void): Promise<void> => {
    boundary();
    act();
    faults.watch?.();
    boundary();
  };
  return {
    local,
    deliver: async (act) => {
      const number = deliveries++;
      if (faults.unwritten?.includes(number) === true) throw new SinkError("SINK_IO", "The sink is full.");
      await local(act);
      if (faults.unsure?.includes(number) === true)
        throw new SinkError("SINK_UNREACHABLE", "No answer.", undefined, true);
      return number;
    },
    write: async (act) => {
      boundary();
      const number = requests++;
      if (faults.refused?.includes(number) === true) throw unavailable("not-applied");
      const result = act();
      faults.watch?.();
      boundary();
      if (faults.lost?.includes(number) === true) throw unavailable("unknown");
      return result;
    },
  };
}
