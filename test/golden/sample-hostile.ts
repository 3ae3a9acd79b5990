// Text that would do harm where it is printed as it is.

/** Escape sequences, bidi overrides, invisible characters, line breaks, a lone surrogate. */
export const TERMINAL_ATTACKS: readonly string[] = [
  "\u001b[2J\u001b[31mcleared",
  "\u009b31mC1",
  "\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007",
  "safe\u202Egnihton\u202C",
  "zero\u200bwidth",
  "one\ntwo\r\nthree",
  "tab\there",
  "line\u2028separator",
  "lone \ud800 surrogate",
  "tag \u{e0041} character",
  "\u0000\u007f",
];

/** HTML, fences, tables, mentions, references, links, emphasis, comments. */
export const MARKDOWN_ATTACKS: readonly string[] = [
  "</code></summary></details><img src=x onerror=alert(1)>",
  "```\n</details>\n# heading",
  "`````",
  "`tick",
  "a | b | c",
  "@octocat and @acme/admins",
  "closes #1, GH-2, acme/web#3",
  "https://evil.example www.evil.example",
  "[text](https://evil.example)",
  "![image](https://evil.example/x.png)",
  "**bold** _it_ ~~no~~ $x$ \\",
  "--> <!-- comment",
  "- item",
  "1. item",
  "# heading",
  "> quote",
  "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  "&lt;script&gt;",
];
