// `gateform explain`: what a kind, a field, a check or a code means. No network, and no file but for an address of it.

import { declaredFacts } from "../../app/explain/declared.ts";
import { explainTopic } from "../../app/explain/explain.ts";
import { findTopic, type Known, nearTopics, type Topic } from "../../app/explain/topic.ts";
import { suggest } from "../../base/suggest.ts";
import type { LoadedConfig } from "../../config/load.ts";
import type { Explanation } from "../../model/explanation.ts";
import { providers } from "../../providers/index.ts";
import { renderExplanationMarkdown } from "../../render/explanation-markdown.ts";
import { renderExplanationText } from "../../render/explanation-text.ts";
import { jsonText } from "../../render/json-text.ts";
import { exactLine } from "../../render/safe-text.ts";
import type { Run } from "../command.ts";
import { Failure, failureOf } from "../failure.ts";
import type { Io } from "../io.ts";
import type { Options } from "../options.ts";
import { emit } from "../output.ts";
import { loadFiles, outputsOf } from "../run.ts";

export const explain: Run = async (io, [text = ""], options) => {
  const outputs = outputsOf(io, options);
  const found = await lookUp(io, text, options);
  if (found === undefined) throw unknown(text, { providers, declared: [] });
  const columns = io.outColumns();
  const render = (width?: number) => (style: Io["outStyle"]) =>
    renderExplanationText(found, { style, ...(width === undefined ? {} : { width }) });
  emit(
    io,
    outputs,
    {
      text: render(),
      json: () => jsonText(found),
      markdown: () => renderExplanationMarkdown(found),
    },
    render(columns)(io.outStyle),
  );
  return 0;
};

/** Reads the files only where the text may be an address of theirs. */
async function lookUp(io: Io, text: string, options: Options): Promise<Explanation | undefined> {
  const alone: Known = { providers, declared: [] };
  const topic = findTopic(text, alone);
  if (topic !== undefined && addressOf(topic) === undefined) return explainTopic(topic, alone);
  if (topic === undefined && !text.includes(".")) return undefined;
  const { config, note } = await readFiles(io, options);
  const declared = (config?.desired.resources ?? []).flatMap((item) =>
    item.implied === true ? [] : [item.address],
  );
  const known: Known = { providers, declared };
  const settled = findTopic(text, known);
  if (settled === undefined) throw unknown(text, known);
  return withDeclared(settled, explainTopic(settled, known), config, note, declared);
}

function withDeclared(
  topic: Topic,
  general: Explanation,
  config: LoadedConfig | undefined,
  note: string | undefined,
  declared: readonly string[],
): Explanation {
  const address = addressOf(topic);
  if (address === undefined) return general;
  const explanation = {
    ...general,
    topic: topic.type === "field" ? `${address}.${topic.row.path}` : address,
  };
  if (config === undefined) return note === undefined ? explanation : { ...explanation, note };
  const facts = declaredFacts(config, address, topic.type === "field" ? topic.row.path : undefined);
  if (facts !== undefined) return { ...explanation, declared: facts };
  const near = suggest(address, declared);
  return {
    ...explanation,
    note: `${address} is not declared in ${config.sources.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
  };
}

function addressOf(topic: Topic): string | undefined {
  return "address" in topic ? topic.address : undefined;
}

/** The files, unless there are none or they have mistakes; with `-f` that is a failure. */
async function readFiles(
  io: Io,
  options: Options,
): Promise<{ readonly config?: LoadedConfig; readonly note?: string }> {
  const { config, diagnostics } = await loadFiles(io, options, { lenientEnv: true });
  if (config !== undefined) return { config };
  if (options.file.length > 0) throw failureOf("CONFIG_INVALID", "the files cannot be used", diagnostics);
  return {
    note: diagnostics.some(({ code }) => code === "NO_FILE")
      ? "There is no gateform.yaml here, so what it sets is not shown"
      : "gateform.yaml has mistakes, so what it sets is not shown; `gateform validate` says which",
  };
}

function unknown(text: string, known: Known): Failure {
  const near = nearTopics(text, known);
  const last = near.at(-1);
  return new Failure("USAGE", `there is nothing called "${exactLine(text)}" to explain`, {
    hint:
      last === undefined
        ? "`gateform explain` lists what there is; a field is KIND.FIELD"
        : `did you mean ${near.length === 1 ? last : `${near.slice(0, -1).join(", ")} or ${last}`}?`,
  });
}
