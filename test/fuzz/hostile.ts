// Texts, names and values that were made to do harm somewhere.

import fc from "fast-check";
import type { JsonValue } from "../../src/base/json.ts";
import { MARKDOWN_ATTACKS, TERMINAL_ATTACKS } from "../golden/sample-hostile.ts";
import { COMMANDS, SECRET_NAMES } from "./place.ts";

/** A query that must never be asked with. */
export const SMUGGLED = "gateform_fuzz";

/** What would leave its place in a URL. */
const URL_TRICKS = [
  "..",
  ".",
  "%2e%2e",
  "%2E%2e%2f",
  "../tokens",
  "..\\tokens",
  "a/b",
  "/",
  `a?${SMUGGLED}=1`,
  `a&${SMUGGLED}=1`,
  "a#b",
  "a;b",
  "a%00b",
  "http://evil.example/",
  "//evil.example",
  "@evil.example",
  "verify",
];

/** What would leave its place in the file system. Absolute ones stay below the root of the tests. */
export const PATH_TRICKS: readonly string[] = [
  "../up.key",
  "../../up/and/up.key",
  "link/through.key",
  "linked.json",
  "loop",
  "loop/x",
  "dangling",
  "dangling/x.key",
  "secrets/openai.key",
  "secrets",
  ".",
  "./",
  "nul\0byte",
  "line\nbreak.key",
  "\u001b[31mred.key",
  "bidi\u202egnp.key",
  ".git/config",
  ".git/hooks/pre-commit",
  "x/.GIT/y",
  "gateform.yaml",
  "./a/../gateform.yaml",
  "link/../gateform.yaml",
  ".gateform/fuzz.ledger.json",
  ".gateform/fuzz.ledger.json.lock",
  "product.json",
  `${"d/".repeat(60)}deep.key`,
  `${"n".repeat(300)}.key`,
  "~/home.key",
  "$HOME/home.key",
  "C:\\windows.key",
  "café.key",
  "`id`.key",
  "<img src=x>.key",
];

/** Names that mean something to JavaScript, to YAML or to gateform. */
export const NAMES: readonly string[] = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "then",
  "length",
  "0",
  "-1",
  "",
  " ",
  "<<",
  "$secret",
  "$ref",
  "$remove",
  "ref",
  "env",
  "id",
  "null",
  "true",
  "~",
];

/** Text for places where any text may stand. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...TERMINAL_ATTACKS) },
  { weight: 3, arbitrary: fc.constantFrom(...MARKDOWN_ATTACKS) },
  { weight: 3, arbitrary: fc.constantFrom(...URL_TRICKS) },
  { weight: 2, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.constantFrom(...PATH_TRICKS) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("${env:GATEFORM_SHOWN}", "${env:OPENAI_API_KEY}", "$${x}", "${env:"),
  },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom("x".repeat(300), "世`@ ".repeat(500), "``` ".repeat(50)) },
);

const scalar: fc.Arbitrary<JsonValue> = fc.oneof(
  text,
  fc.constantFrom<JsonValue>(null, true, false, 0, -1, 1, 1.5, 1e21, 1e-7, 2 ** 53, -(2 ** 31), 1e308),
  fc.integer(),
);

const source: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom(...SECRET_NAMES).map((env) => ({ env })),
  fc.constantFrom("secrets/openai.key", "loop", "dangling", ".", "nul\0").map((file) => ({ file })),
  fc.constantFrom(...COMMANDS).map((command) => ({ command: [...command] })),
);

/** Any JSON, with the marks that mean something to gateform among it. */
export const value: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 5, arbitrary: scalar },
  { weight: 1, arbitrary: source },
  { weight: 1, arbitrary: source.map((from) => ({ $secret: { source: from } })) },
  { weight: 1, arbitrary: text.map(($ref) => ({ $ref })) },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), text), scalar, { maxKeys: 3 }),
  },
);
