// YAML files as bytes: valid ones in every manner of writing, then with lines, marks and bytes put in, taken out and
// doubled; and files that were made to exhaust whoever reads them.

import fc from "fast-check";
import { stringify } from "yaml";
import type { Connection } from "../../src/reference-server/index.ts";
import { type ByteEdit, byteEdits, changed } from "./byte-edits.ts";
import { type ConfigDocument, configs, documentOf } from "./configs.ts";

interface Style {
  readonly flow: boolean;
  readonly quotes: "PLAIN" | "QUOTE_DOUBLE" | "QUOTE_SINGLE";
  readonly indent: number;
  readonly width: number;
}

/** A change to all of a file that keeps what it means, or nearly so. */
const MANNERS: Readonly<Record<string, (file: string) => string>> = {
  crlf: (file) => file.replaceAll("\n", "\r\n"),
  bom: (file) => `\ufeff${file}`,
  start: (file) => `---\n${file}`,
  end: (file) => `${file}...\n`,
  directive: (file) => `%YAML 1.2\n---\n${file}`,
  comments: (file) => file.replaceAll("\n", " # a comment: { not: read }\n"),
  remark: (file) => `# \u001b[31mred\u202e ${"x".repeat(500)}\n${file}`,
  blank: (file) => file.replaceAll("\n", "\n\n"),
  trailing: (file) => file.replaceAll("\n", "   \n"),
  unended: (file) => file.trimEnd(),
  extras: (file) => `${file}policy: { prune: !!str owned, max_deletes: 0x0A }\n`,
};
/** And such that do not. */
const BAD_MANNERS: Readonly<Record<string, (file: string) => string>> = {
  cr: (file) => file.replaceAll("\n", "\r"),
  old: (file) => `%YAML 1.1\n---\n${file}`,
  handle: (file) => `%TAG ! tag:evil.example,2026:\n---\n${file}`,
  tabs: (file) => file.replaceAll("  ", "\t"),
  second: (file) => `${file}---\n${file}`,
  twice: (file) => file + file,
  tag: (file) => file.replaceAll(": ", ": !!binary "),
};

export interface YamlDocument {
  readonly base:
    | { readonly text: number }
    | { readonly config: Omit<ConfigDocument, "edits" | "coloured">; readonly style: Style }
    | { readonly bomb: number; readonly size: number }
    | { readonly bytes: readonly number[] };
  readonly manners: readonly string[];
  readonly edits: readonly ByteEdit[];
  /** The file's encoding, where it is not UTF-8. */
  readonly encoding: "utf16le" | "latin1" | null;
  readonly coloured: boolean;
}

/** What YAML readers stumble over. */
const CHUNKS = [
  "&a ",
  "*a",
  "*unknown",
  "<<: *a",
  "<<: [*a, 1]",
  "<<: 1",
  "!!binary ",
  "!!set ",
  "!!js/function ",
  "!!timestamp ",
  "!<tag:evil.example> ",
  "? ",
  "? [a, b]\n: c\n",
  ": ",
  "- ",
  "--- ",
  "\n---\n",
  "\n...\n",
  "|\n",
  ">-\n",
  "|9\n",
  "'",
  '"',
  '"\\x1b[31m"',
  '"\\u202e"',
  '"\\ud800"',
  "{",
  "}",
  "[",
  "]",
  "{a: [",
  ",",
  "#",
  " #",
  "%",
  "@",
  "`",
  "\t",
  "\r",
  "\0",
  "\u0085",
  "\u2028",
  "\ufeff",
  "\u001b[2J",
  "\u009b31m",
  "\u202e",
  "__proto__: { a: 1 }\n",
  "constructor: { prototype: { a: 1 } }\n",
  "${env:OPENAI_API_KEY}",
  "${env:HOME:-x}",
  "${env:",
  "$${",
  "0o17",
  "1e999",
  ".inf",
  ".nan",
  "~",
  "null",
  "2026-11-21",
  "12:30:45",
  "0x1F",
  "9007199254740993",
];
const edit = byteEdits(CHUNKS);

const style: fc.Arbitrary<Style> = fc.record({
  flow: fc.boolean(),
  quotes: fc.constantFrom("PLAIN" as const, "QUOTE_DOUBLE" as const, "QUOTE_SINGLE" as const),
  indent: fc.constantFrom(1, 2, 8),
  width: fc.constantFrom(0, 20, 80),
});

/** Small files in the hand of people. `ACCOUNT` and `TEAM` stand for those of the server. */
const TEXTS: readonly string[] = [
  "version: 1\nstack: fuzz\ncloudflare:\n  account_id: ${env:CLOUDFLARE_ACCOUNT_ID}\n  gateways:\n    support:\n      cache_ttl: 300\n      rate_limiting_interval: 60\n      rate_limiting_limit: 100\n",
  "version: 1\nstack: fuzz\nvercel:\n  team: TEAM\n  rules:\n    a: &deny { type: deny, source: openai/gpt-5.5, reason: &why |\n      two\n      lines\n    }\n    b: { <<: *deny, source: openai/gpt-5.1, enabled: false }\n".replace(
    "|\n      two\n      lines\n    ",
    '"two words" ',
  ),
  "version: 1\nstack: fuzz\ndefaults:\n  vercel.rule: &d\n    enabled: true\nvercel:\n  team: 'TEAM'\n  rules:\n    c: { <<: [*d], type: rewrite, source: openai/gpt-5.5, destination: anthropic/claude-haiku-4.5,\n         reason: \"tab\\there \\u00e9\" }\n",
  "version: 1\nstack: fuzz\nvercel:\n  team: TEAM\n  keys:\n    ci:\n      budget: {limit: 5e2, refresh_period: monthly}\n      deliver:\n        - file:\n            path: >-\n              out/ci.key\n            format: dotenv\n",
  '{"version": 1, "stack": "fuzz", "vercel": {"team": "TEAM", "virtual_models": {"fast": {"kind": "alias", "model": "openai/gpt-5.1"}}}}',
  "? version\n: 1\n? stack\n: fuzz\ncloudflare:\n    account_id: ACCOUNT\n    gateways: { }\n    custom_providers: {acme: {name: !!str Acme LLM, base_url: https://llm.acme.com}}\n",
  "version: 1\nstack: fuzz\ncloudflare: { account_id: ACCOUNT, gateways: { support: { provider_configs: { openai: { secret: { file: secrets/openai.key } } } } } }\n",
];

/** Files of a few kilobytes that mean much more, or lie very deep, or are very large. */
const BOMBS: readonly ((size: number) => string)[] = [
  (size) => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level <= Math.min(size, 40); level++)
      lines.push(
        `a${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(", ")}]`,
      );
    return `${lines.join("\n")}\n`;
  },
  (size) => {
    const lines = ["m0: &m0 { a: 1, b: 2 }"];
    for (let level = 1; level <= Math.min(size, 200); level++)
      lines.push(`m${level}: &m${level} { <<: [*m${level - 1}, *m${level - 1}], k${level}: *m${level - 1} }`);
    return `${lines.join("\n")}\n`;
  },
  (size) => "[".repeat(size * 300) + "]".repeat(size * 300),
  (size) => "{a: ".repeat(size * 300),
  (size) =>
    Array.from({ length: Math.min(size * 20, 3000) }, (_, level) => `${" ".repeat(level)}a:`).join("\n"),
  (size) => "- ".repeat(size * 200),
  (size) => `version: 1\nstack: ${"x".repeat(size * 20_000)}\n`,
  (size) => `a: "${"\\u001b".repeat(size * 2000)}"\n`,
  (size) => `${Array.from({ length: size * 100 }, (_, index) => `k${index}: v`).join("\n")}\n`,
  (size) =>
    `vercel: { team: x, rules: { ${Array.from({ length: size * 20 }, (_, index) => `r${index}: { type: deny, source: o/m${index} }`).join(", ")} } }`,
  (size) => "same: 1\n".repeat(size * 50),
  (size) => `a: &a\n  b: *a\n${"c: *a\n".repeat(size)}`,
  (size) => `a: |\n${"  line\n".repeat(size * 200)}`,
  (size) => "# comment\n".repeat(size * 500),
  (size) => `${"? ".repeat(size * 50)}a`,
  (size) => `a: ${"!!str ".repeat(size * 20)}b`,
  (size) => `x: ${"&a ".repeat(size * 20)}b`,
  (size) =>
    `x: ${"9".repeat(size * 100)}\ny: ${"1".repeat(size * 50)}.${"0".repeat(size * 50)}e${"9".repeat(size)}\n`,
  (size) => `version: 1\nstack: a\nx: ${"${env:A:-".repeat(size * 20)}${"}".repeat(size * 20)}\n`,
  (size) => "'".repeat(size * 501),
  (size) => "\n\t".repeat(size * 100),
];

const manner = fc.constantFrom(...Object.keys(MANNERS));
const whole = fc.record({
  base: fc.oneof(
    { weight: 2, arbitrary: fc.record({ text: fc.nat({ max: TEXTS.length - 1 }) }) },
    {
      weight: 1,
      // Edits are made to the text here.
      arbitrary: fc.record({ config: configs.map(({ edits: _, coloured: __, ...rest }) => rest), style }),
    },
  ),
  manners: fc.uniqueArray(manner, { maxLength: 3 }),
  edits: fc.constant<readonly ByteEdit[]>([]),
  encoding: fc.constant(null),
  coloured: fc.boolean(),
});
const broken = fc.record({
  base: fc.oneof(
    { weight: 3, arbitrary: fc.record({ text: fc.nat({ max: TEXTS.length - 1 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({ config: configs.map(({ edits: _, coloured: __, ...rest }) => rest), style }),
    },
  ),
  manners: fc.uniqueArray(fc.oneof(manner, fc.constantFrom(...Object.keys(BAD_MANNERS))), { maxLength: 2 }),
  edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
  encoding: fc.oneof(
    { weight: 20, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom("utf16le" as const, "latin1" as const) },
  ),
  coloured: fc.boolean(),
});
const exhausting = fc.record({
  base: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        bomb: fc.nat({ max: BOMBS.length - 1 }),
        size: fc.integer({ min: 1, max: 60 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ bytes: fc.array(fc.nat({ max: 255 }), { maxLength: 200 }) }) },
  ),
  manners: fc.constant<readonly string[]>([]),
  edits: fc.array(edit, { maxLength: 1 }),
  encoding: fc.constant(null),
  coloured: fc.boolean(),
});

export const yamls: fc.Arbitrary<YamlDocument> = fc.oneof(
  { weight: 12, arbitrary: whole },
  { weight: 7, arbitrary: broken },
  { weight: 3, arbitrary: exhausting },
);

/** The file of a document. */
export function bytesOfFile(
  { base, manners, edits, encoding }: YamlDocument,
  connection: Connection,
): Buffer {
  let bytes: Buffer;
  if ("bytes" in base) bytes = Buffer.from(base.bytes);
  else {
    let file = textOf(base, connection);
    for (const name of manners) file = (MANNERS[name] ?? BAD_MANNERS[name])?.(file) ?? file;
    bytes = Buffer.from(file, encoding ?? "utf8");
  }
  for (const change of edits) bytes = changed(bytes, change);
  return bytes;
}

function textOf(base: Exclude<YamlDocument["base"], { bytes: unknown }>, connection: Connection): string {
  const { cloudflare, vercel } = connection;
  if ("text" in base)
    return (TEXTS[base.text] ?? "")
      .replaceAll("ACCOUNT", cloudflare.account_id)
      .replaceAll("TEAM", vercel.team);
  if ("bomb" in base) return BOMBS[base.bomb]?.(base.size) ?? "";
  const { flow, quotes, indent, width } = base.style;
  return stringify(documentOf(base.config, connection), {
    collectionStyle: flow ? "flow" : "block",
    defaultStringType: quotes,
    defaultKeyType: "PLAIN",
    indent,
    lineWidth: width,
  });
}
