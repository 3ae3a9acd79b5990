// `gateform ledger forget` and `ledger unlock`: repairs that a person asks for by name. No vendor is asked.

import { authorOf } from "../../app/author.ts";
import { forgetAddresses } from "../../app/ledger-commands.ts";
import { hasErrors } from "../../base/diagnostic.ts";
import { jsonText } from "../../render/json-text.ts";
import { marker, prose } from "../../render/markdown-text.ts";
import { safeLine } from "../../render/safe-text.ts";
import type { Run } from "../command.ts";
import { failureOf } from "../failure.ts";
import { emit, type Product } from "../output.ts";
import { loadRun, outputsOf } from "../run.ts";

export const forget: Run = async (io, addresses, options) => {
  const outputs = outputsOf(io, options);
  const { backend, diagnostics } = await loadRun(io, "ledger forget", options);
  const { problems, others } = await forgetAddresses(backend, addresses, options.lockTimeout, {
    at: new Date().toISOString(),
    ...authorOf(io.env),
  });
  if (hasErrors(problems)) throw failureOf("NOT_FORGOTTEN", "the ledger is as it was", problems);
  const also =
    others.length === 0
      ? ""
      : ` So is what had not gone yet, and nothing else knows of: ${others.map(safeLine).join(", ")}.`;
  const sentence = `Forgotten: ${addresses.join(", ")}. What ${addresses.length === 1 ? "it names" : "they name"} is live and no longer this stack's.${also}`;
  emit(io, outputs, said(sentence, { forgotten: addresses, also_live: others, diagnostics }));
  return 0;
};

export const unlock: Run = async (io, _args, options) => {
  const outputs = outputsOf(io, options);
  const { backend, diagnostics } = await loadRun(io, "ledger unlock", options);
  const found = await backend.breakLock();
  const place = backend.describe();
  const unlocked = found.state === "held";
  const sentence = unlocked
    ? `Unlocked: ${place}, which was held by ${found.by}.`
    : `There was no lock on ${place}.`;
  const holder = unlocked ? { held_by: found.by } : {};
  emit(io, outputs, said(sentence, { unlocked, ...holder, diagnostics }));
  return 0;
};

function said(sentence: string, facts: Readonly<Record<string, unknown>>): Product {
  return {
    text: () => `${sentence}\n`,
    json: () => jsonText({ format: 1, ...facts }),
    markdown: () => `${marker("apply")}\n\n${prose(sentence)}\n`,
  };
}
