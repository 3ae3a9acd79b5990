// Everything that can fail without a write, before the first one: secrets, sinks, what the vendor lets us see.

import type { Address } from "../base/address.ts";
import { type Diagnostic, hasErrors } from "../base/diagnostic.ts";
import { describeSource } from "../base/expression.ts";
import { type Plan, renewsValue, type Step } from "../model/plan.ts";
import type { Secret } from "../provider/secret.ts";
import { sourceKey, sourcesIn } from "./materialise.ts";
import { openSinks, type SinkSetting } from "./open-sinks.ts";
import type { SinkDriver, SinkRun } from "./sinks/sink.ts";
import type { Stack } from "./stack.ts";

export interface Prepared {
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly sinks: ReadonlyMap<string, readonly SinkDriver[]>;
  /** With an error among them the run must not start. */
  readonly diagnostics: readonly Diagnostic[];
}

/** @param plan with the steps that are to be carried out, and no others. */
export async function prepare(stack: Stack, setting: SinkSetting, plan: Plan): Promise<Prepared> {
  const secrets = new Map<string, Secret>();
  const sinks = new Map<string, readonly SinkDriver[]>();
  const diagnostics: Diagnostic[] = [];
  for (const step of plan.steps) {
    if (step.body === undefined || step.action === "adopt" || step.action === "record") continue;
    for (const source of sourcesIn(step.body.fields)) {
      const resolved = await stack.resolver.resolve(source);
      if ("secret" in resolved) secrets.set(sourceKey(source), resolved.secret);
      else if (step.action !== "check-secret")
        diagnostics.push(missingSecret(stack, step, describeSource(source), resolved.problem));
    }
    if ((step.action === "create" || renewsValue(step)) && step.body.deliver !== undefined) {
      const opened = await openSinks(step.address, step.body.deliver, setting, sinkRun(stack));
      sinks.set(step.id, opened.sinks);
      diagnostics.push(...opened.problems.map((problem) => ({ ...problem, ...at(stack, step.address) })));
    }
  }
  for (const provider of stack.providers) {
    const session = stack.sessions.get(provider.name);
    if (session !== undefined && provider.preflight !== undefined && !hasErrors(diagnostics)) {
      diagnostics.push(...(await provider.preflight(session.api as never, plan)));
    }
  }
  return { secrets, sinks, diagnostics };
}

function sinkRun({ cwd, network, signal, resolver, sessions, config }: Stack): SinkRun {
  return {
    cwd,
    network,
    resolve: resolver.resolve,
    vendor: (name) => {
      const account = sessions.get(name)?.account;
      const base_url = config.providers[name]?.settings.base_url;
      if (account === undefined) return undefined;
      return { account, ...(typeof base_url === "string" ? { base_url } : {}) };
    },
    ...(signal === undefined ? {} : { signal }),
  };
}

function missingSecret(stack: Stack, step: Step, source: string, problem: Diagnostic): Diagnostic {
  return {
    ...problem,
    code: "MISSING_SECRET",
    address: step.address,
    message: `${step.address} cannot be ${step.action === "create" ? "created" : "updated"} without its secret (${source}). ${problem.message}`,
    ...at(stack, step.address),
  };
}

function at(stack: Stack, address: Address): Pick<Diagnostic, "position"> {
  const position = stack.config.locate(address)?.position;
  return position === undefined ? {} : { position };
}
