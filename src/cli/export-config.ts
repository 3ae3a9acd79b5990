// What export, and a trace of what is live, connect with: the configuration where there is one, else what the
// environment says.

import { statSync } from "node:fs";
import { join } from "node:path";
import { loginOfEnvironment } from "../app/login.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { DEFAULT_NAMES } from "../config/files.ts";
import { type LoadedConfig, loadTexts } from "../config/load.ts";
import type { Ledger } from "../model/ledger.ts";
import { type AnyProvider, loginVariables } from "../provider/provider.ts";
import { providers } from "../providers/index.ts";
import { Failure, failureOf } from "./failure.ts";
import type { Env, Io } from "./io.ts";
import type { Options } from "./options.ts";
import { ledgerOf, loadRun, stackInput } from "./run.ts";

/** Where nobody says how the stack is called. */
const STACK = "main";

export interface ExportSource {
  readonly stack: ReturnType<typeof stackInput>;
  readonly ledger: Ledger | null;
  readonly config: LoadedConfig;
  readonly diagnostics: readonly Diagnostic[];
}

/** @param wanted names of the providers that are asked for. */
export async function exportSource(
  io: Io,
  options: Options,
  wanted: { readonly providers: readonly string[]; readonly named: boolean },
): Promise<ExportSource> {
  if (!hasFile(io, options)) return fromEnvironment(io, options, { ...wanted, command: "export" });
  const run = await loadRun(io, "export", options);
  const left = wanted.providers.filter((name) => !Object.hasOwn(run.config.providers, name));
  if (left.length === wanted.providers.length || (wanted.named && left.length > 0)) {
    throw new Failure("MISSING_CREDENTIAL", `the configuration has no block ${left.join(" and no block ")}`, {
      hint: `write the block with its account: ${left.map((name) => `\`${name}: { … }\``).join(", ")}`,
    });
  }
  const notes = left.map((name) => leftOut(name, `the configuration has no block \`${name}\``));
  return {
    stack: stackInput(io, run, options),
    ledger: await run.backend.read(),
    config: run.config,
    diagnostics: [...run.diagnostics, ...notes],
  };
}

/** Whether there is a file to read. With `> gateform.yaml` the shell has made an empty one by now. */
export function hasFile(io: Io, { file }: Pick<Options, "file">): boolean {
  return (
    file.length > 0 ||
    DEFAULT_NAMES.some((name) => (statSync(join(io.cwd, name), { throwIfNoEntry: false })?.size ?? 0) > 0)
  );
}

/** Accounts and credentials from variables alone. @throws Failure where not even one provider has them all. */
export async function fromEnvironment(
  io: Io,
  options: Options,
  wanted: {
    readonly providers: readonly string[];
    readonly named: boolean;
    readonly command: "export" | "trace";
  },
): Promise<ExportSource> {
  const notes: Diagnostic[] = [];
  const lines = ["version: 1", `stack: ${JSON.stringify(options.stack ?? STACK)}`];
  const missing: string[] = [];
  let connected = 0;
  for (const provider of providers.filter(({ name }) => wanted.providers.includes(name))) {
    const unset = unsetVariables(provider, io.env);
    if (unset.length === 0) {
      connected += 1;
      lines.push(`${provider.name}:`, ...settingLines(provider, io.env));
      continue;
    }
    missing.push(...unset);
    const half = hasSecrets(provider, io.env) && unset.length > 0;
    if (half || wanted.named) throw unsetFailure(unset, `${provider.title} needs it`);
    notes.push(leftOut(provider.name, `${unset.join(" and ")} ${unset.length === 1 ? "is" : "are"} not set`));
  }
  if (connected === 0)
    throw unsetFailure(missing, `there is no gateform.yaml either to say what to ${wanted.command}`);
  const { config, diagnostics } = loadTexts(
    { cwd: io.cwd, env: io.env, envAllow: [], providers, lenientEnv: false },
    [{ name: "environment", directory: io.cwd, text: `${lines.join("\n")}\n` }],
  );
  if (config === undefined) {
    // Positions would be those in a text that nobody wrote.
    const plain = diagnostics.map(({ position: _, snippet: __, ...rest }) => rest);
    throw failureOf("CONFIG_INVALID", "the environment cannot be used", plain);
  }
  // A ledger without its file: its addresses are to be kept all the same.
  const backend = ledgerOf(io, wanted.command, config);
  return {
    stack: stackInput(io, { config, diagnostics, backend }, options),
    ledger: await backend.read(),
    config,
    diagnostics: notes,
  };
}

function unsetFailure(names: readonly string[], why: string): Failure {
  return new Failure("MISSING_CREDENTIAL", `${names.join(", ")}: not set; ${why}`, {
    hint: "set account and credential in the environment, name another provider, or name a configuration with -f",
  });
}

function leftOut(provider: string, why: string): Diagnostic {
  return {
    severity: "note",
    code: "PROVIDER_LEFT_OUT",
    message: `${provider} is left out: ${why}`,
  };
}

/** Variables without which a provider cannot be connected; of several that would do, the first one. */
function unsetVariables(provider: AnyProvider, env: Env): string[] {
  const wanted = [
    ...loginVariables(provider, loginOfEnvironment(provider, env)).map((name) => [name]),
    ...Object.values(provider.settings_env),
  ];
  return wanted.flatMap((names) => (names.some((name) => isSet(env, [name])) ? [] : names.slice(0, 1)));
}

/** True when the environment has the secrets that connecting takes. */
function hasSecrets(provider: AnyProvider, env: Env): boolean {
  const { credentials } = loginOfEnvironment(provider, env);
  return isSet(
    env,
    credentials.flatMap((name) => provider.credentials[name]?.env ?? []),
  );
}

function settingLines(provider: AnyProvider, env: Env): string[] {
  return Object.entries(provider.settings_env).map(([setting, names]) => {
    const value = names.map((name) => env[name] ?? "").find((text) => text !== "") ?? "";
    // JSON text is YAML text; a "${" in it is no expression.
    return `  ${setting}: ${JSON.stringify(value).replaceAll("${", () => "$${")}`;
  });
}

function isSet(env: Env, names: readonly string[]): boolean {
  return names.every((name) => (env[name] ?? "") !== "");
}
