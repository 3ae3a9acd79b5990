// Runs the domain checks as validate and as a plan do: on a real file, over a live state made up for the test.

import { runChecks } from "../../../src/app/checks.ts";
import type { Diagnostic } from "../../../src/base/diagnostic.ts";
import type { LoadedConfig } from "../../../src/config/load.ts";
import type { LiveResource, LiveState } from "../../../src/model/live.ts";
import type { Check } from "../../../src/provider/check.ts";
import { providers } from "../../../src/providers/index.ts";
import { loadFiles } from "../config/support.ts";

export const checks: readonly Check[] = providers.flatMap((provider) => provider.checks);

/** A live state that was read to its end. */
export function live(...resources: LiveResource[]): LiveState {
  const kinds = providers.flatMap((provider) => provider.kinds);
  return {
    accounts: {},
    actors: {},
    absent: [],
    resources,
    readings: kinds.map(({ rules }) => ({ kind: rules.kind, complete: true })),
  };
}

/** Reads files with the real providers; they must be without mistake. */
export async function loaded(...layers: readonly string[]): Promise<LoadedConfig> {
  const files = Object.fromEntries(layers.map((text, index) => [`${index}.yaml`, text]));
  const { config, diagnostics } = await loadFiles(files, {
    files: Object.keys(files),
    providers,
    lenientEnv: true,
  });
  if (config === undefined) throw new Error(`not loaded: ${JSON.stringify(diagnostics, null, 2)}`);
  return config;
}

/** What all checks find; without `state` as in validate. */
export function findings(config: LoadedConfig, state?: LiveState): readonly Diagnostic[] {
  return runChecks({ ...config, providers, ...(state === undefined ? {} : { live: state }) });
}

export function codesOf(list: readonly Diagnostic[]): readonly string[] {
  return list.map(({ code }) => code);
}
