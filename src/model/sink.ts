// Where a value that the vendor shows once is put. Plans hold these: a credential is named, never held.

import type { SecretSource } from "../base/expression.ts";

/** Types, not interfaces: what a plan holds is JSON. */
export type FileSink = {
  /** Relative paths are seen from the working directory. */
  readonly path: string;
  readonly format: "raw" | "dotenv" | "json";
  /** Of the entry in a dotenv or json file. */
  readonly name?: string;
};

export type CommandSink = {
  /** Program and arguments; it gets the value on its standard input. */
  readonly argv: readonly string[];
  /** Names of variables that the programs get beside `PATH` and `HOME`. */
  readonly env: readonly string[];
  /** Run before the value is made, without it. */
  readonly check?: readonly string[];
  /** Run to take the value away again, without it. */
  readonly undo?: readonly string[];
};

export type GithubSecretSink = {
  /** `owner/name`. */
  readonly repository?: string;
  /** Of the repository. */
  readonly environment?: string;
  /** In place of a repository. */
  readonly organization?: string;
  /** Which of the organization's repositories may use the secret. */
  readonly visibility?: "all" | "private" | "selected";
  readonly selected_repository_ids?: readonly number[];
  /** Of the secret. */
  readonly name: string;
  readonly token: SecretSource;
};

export type VercelEnvSink = {
  /** Id or name. */
  readonly project: string;
  /** Id or slug; left out: the stack's own. */
  readonly team?: string;
  /** Of the variable. */
  readonly name: string;
  readonly type: "encrypted" | "sensitive";
  readonly targets: readonly ("production" | "preview" | "development")[];
  readonly token: SecretSource;
};

export type Sink =
  | { readonly file: FileSink }
  | { readonly command: CommandSink }
  | { readonly github_actions_secret: GithubSecretSink }
  | { readonly vercel_env: VercelEnvSink }
  | { readonly stdout: Record<string, never> };
