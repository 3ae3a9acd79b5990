// What a command is: the function that runs it, and what the table says of it.

import type { Io } from "./io.ts";
import type { OptionName, Options } from "./options.ts";

/** Runs a command. @returns the exit code; failures are thrown. */
export type Run = (io: Io, args: readonly string[], options: Options) => Promise<number>;

export interface CommandSpec {
  /** With its arguments, as commander reads them: `forget <address...>`. */
  readonly usage: string;
  readonly summary: string;
  /** Below the summary in the command's own help. */
  readonly details?: string;
  readonly options: readonly OptionName[];
  readonly examples: readonly string[];
  readonly load: () => Promise<Run>;
}

export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly CommandSpec[];
}
