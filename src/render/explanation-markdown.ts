// An explanation as markdown: a page of the documentation, or an answer in a pull request.

import type { Explanation } from "../model/explanation.ts";
import { positionText } from "./diagnostics-text.ts";
import { declaredItems, examplesOf, rowWords, sentence, shownFields } from "./explanation-text.ts";
import { codeSpan, fenced, prose } from "./markdown-text.ts";

export function renderExplanationMarkdown(it: Explanation): string {
  const { declared, note } = it;
  const heading = it.topic === "" ? it.title : it.topic;
  const blocks = [
    `# ${/^[A-Z_]+$/.test(heading) || it.topic === "" ? heading : codeSpan(heading)}`,
    ...(it.topic === "" ? [] : [`**${prose(it.title)}**`]),
    prose(sentence(it.summary)),
    bullets(it.facts.map(({ label, text }) => `${prose(label)}: ${prose(text)}`)),
    ...(declared === undefined
      ? []
      : [
          `## In the file\n\n${codeSpan(positionText(declared.position))}`,
          bullets(declaredItems(declared).map(([text, place]) => `${codeSpan(text)} at ${codeSpan(place)}`)),
        ]),
    ...(note === undefined ? [] : [prose(sentence(note))]),
    ...(it.examples.length === 0 ? [] : [`For example ${examplesOf(it).map(codeSpan).join(" or ")}`]),
    ...(it.fields.length === 0 ? [] : ["## Fields"]),
    bullets(
      shownFields(it).map(
        ({ path, description, ...row }) =>
          `${codeSpan(path)} (${prose(rowWords(row))}): ${prose(description)}`,
      ),
    ),
    ...it.lists.flatMap(({ heading: title, items }) => [
      `## ${title}`,
      bullets(items.map(({ name, text }) => `${codeSpan(name)}: ${prose(text)}`)),
    ]),
    ...it.parts.flatMap(({ heading: title, text, yaml }) => [
      `## ${title}`,
      ...(text === undefined ? [] : [prose(text)]),
      ...(yaml === undefined ? [] : [fenced("yaml", yaml.trimEnd().split("\n"))]),
    ]),
    ...(it.vendor_pages.length === 0 ? [] : ["## See also"]),
    bullets(
      it.vendor_pages.map(({ title, url }) => (url === undefined ? prose(title) : `[${title}](${url})`)),
    ),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}
