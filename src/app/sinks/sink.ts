// The port for sinks: where a value that the vendor shows only once is put.

import type { Address } from "../../base/address.ts";
import type { SecretSource } from "../../base/expression.ts";
import type { Delivery } from "../../model/ledger.ts";
import type { Network } from "../../provider/network.ts";
import type { Secret } from "../../provider/secret.ts";
import type { ResolvedSecret } from "../secrets.ts";

export type SinkErrorCode =
  | "SINK_PATH" // a place that no value is written to: a link, a directory, inside .git
  | "SINK_NAME" // dotenv and json need the name of an entry
  | "SINK_GIT_TRACKS" // git would track the file
  | "SINK_GIT_UNKNOWN" // inside a work tree, and git cannot say whether it would
  | "SINK_CONTENT" // the file is there and other entries in it cannot be kept
  | "SINK_VALUE" // the format cannot hold this value, or a terminal would act on it
  | "SINK_LOST" // the value is not there after it was written
  | "SINK_IO" // the system refused
  | "SINK_COMMAND" // a program that cannot be run, or that ended without success
  | "SINK_ADDRESS" // the environment names no usable URL of a sink's server
  | "SINK_CREDENTIAL" // the credential of a sink is not at hand, or not valid
  | "SINK_FORBIDDEN" // the credential may not write there
  | "SINK_NOT_FOUND" // there is no such place, or the credential does not see it
  | "SINK_REFUSED" // the sink's server does not take the value
  | "SINK_UNREACHABLE" // no whole answer of the sink's server
  | "SINK_TAKEN" // something else is there under this name
  | "SINK_KEPT" // the value cannot be taken away again
  | "SINK_NOT_REVEALED" // stdout without --reveal
  | "SINK_NO_TERMINAL"; // stdout that is no terminal, or under CI

/** A sink that cannot take a value. Neither message nor hint holds a value or any content of a file. */
export class SinkError extends Error {
  readonly code: SinkErrorCode;
  readonly hint: string | undefined;
  /** It may have taken the value all the same: an answer was lost. */
  readonly unsure: boolean;

  constructor(code: SinkErrorCode, message: string, hint?: string, unsure = false) {
    super(message);
    this.unsure = unsure;
    this.name = "SinkError";
    this.code = code;
    this.hint = hint;
  }
}

/** One sink for one value. All functions reject with `SinkError` and nothing else for what the world refuses. */
export interface SinkDriver {
  /** Tries all that can be tried before the value exists. Changes nothing. */
  try(): Promise<void>;
  /** Puts the value there, whole or not at all. */
  deliver(value: Secret): Promise<Delivery>;
  /** Whether `undo` could not bring back what is there now, as far as `try` has seen; left out: it could. */
  keeps?(): boolean;
  /** Looks whether the delivered value is there. */
  confirm?(): Promise<void>;
  /**
   * Takes back what `deliver` did, also where it failed half-way; does nothing where it did nothing. Rejects where the
   * value may still be there afterwards.
   */
  undo(): Promise<void>;
  /** `undo` brings back the very value that was there before, or rejects. Without it, it may leave nothing there. */
  readonly restores?: true;
}

/** What a sink needs of the run that it is opened in. */
export interface SinkRun {
  /** Directory that relative programs and files are seen from. */
  readonly cwd: string;
  /** For sinks that are reached over HTTP. */
  readonly network: Network;
  /** Aborted: end what runs. */
  readonly signal?: AbortSignal;
  /** The value of a reference to a sink's own credential. */
  readonly resolve: (source: SecretSource) => Promise<ResolvedSecret>;
  /** What the stack itself knows of a vendor that it is connected to. */
  readonly vendor: (name: string) => { readonly account: string; readonly base_url?: string } | undefined;
}

export interface SinkContext extends SinkRun {
  /** The resource whose value it is. */
  readonly address: Address;
  /** Directory that targets are shown and recorded relative to. */
  readonly base: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--reveal` names this address. */
  readonly revealed: boolean;
  /** The place that `print` writes to is a terminal that a person looks at. */
  readonly terminal: boolean;
  readonly ci: boolean;
  /** Shows a value once; only the command line writes to streams. */
  readonly print: (address: Address, value: Secret) => void | Promise<void>;
  /** ms since 1970. */
  readonly now: () => number;
}
