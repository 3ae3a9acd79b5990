import { describe, expect, test } from "vitest";
import { explainTopic } from "../../src/app/explain/explain.ts";
import { findTopic, type Known } from "../../src/app/explain/topic.ts";
import type { Explanation } from "../../src/model/explanation.ts";
import { providers } from "../../src/providers/index.ts";
import { renderExplanationMarkdown } from "../../src/render/explanation-markdown.ts";
import { renderExplanationText } from "../../src/render/explanation-text.ts";
import { COLOURED, PLAIN } from "../../src/render/style.ts";

const known: Known = { providers, declared: [] };

function explained(text: string): Explanation {
  const topic = findTopic(text, known);
  if (topic === undefined) throw new Error(`${text} means nothing`);
  return explainTopic(topic, known);
}

const kind = explained("cloudflare.provider_config");
const field = explained("cloudflare.gateway.guardrails.prompt");

const HOSTILE = ["\u001b", "\u202e"];

/** A field as an address of a file whose author means ill. */
const declared: Explanation = {
  ...explained("vercel.rule.reason"),
  topic: "vercel.rule.a.reason",
  declared: {
    address: "vercel.rule.a",
    position: { file: "gate\u001b[31mform.yaml", line: 7, column: 5 },
    fields: [
      {
        path: "reason",
        value: "\u202e`**@everyone** <b>\u001b[2J",
        position: { file: "gate\u001b[31mform.yaml", line: 9, column: 15 },
      },
    ],
  },
  note: "a note",
};

describe("the text of an explanation", () => {
  test("of a kind, as wide as it gets", async () => {
    const text = renderExplanationText(kind, { style: PLAIN });
    await expect(text).toMatchFileSnapshot("__snapshots__/explanation/kind.txt");
  });

  test("of a kind on a terminal keeps to its width where words allow it", async () => {
    const text = renderExplanationText(kind, { style: PLAIN, width: 72 });
    await expect(text).toMatchFileSnapshot("__snapshots__/explanation/kind-72.txt");
    expect(text.split("\n").filter((line) => line.length > 72)).toEqual([]);
  });

  test("of a nested field, in colours", async () => {
    const text = renderExplanationText(field, { style: COLOURED });
    await expect(text).toMatchFileSnapshot("__snapshots__/explanation/field.txt");
  });

  test("of what a file sets shows no character that a terminal would act upon", async () => {
    const text = renderExplanationText(declared, { style: PLAIN });
    await expect(text).toMatchFileSnapshot("__snapshots__/explanation/declared.txt");
    expect(HOSTILE.filter((character) => text.includes(character))).toEqual([]);
  });
});

describe("the markdown of an explanation", () => {
  test("of a nested field", async () => {
    await expect(renderExplanationMarkdown(field)).toMatchFileSnapshot("__snapshots__/explanation/field.md");
  });

  test("of what a file sets means nothing but itself", async () => {
    const text = renderExplanationMarkdown(declared);
    await expect(text).toMatchFileSnapshot("__snapshots__/explanation/declared.md");
    expect(HOSTILE.filter((character) => text.includes(character))).toEqual([]);
  });
});
