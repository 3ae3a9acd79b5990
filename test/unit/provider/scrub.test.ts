import fc from "fast-check";
import { expect, test } from "vitest";
import { looksMasked, markOf } from "../../../src/provider/mask.ts";
import { scrub } from "../../../src/provider/scrub.ts";
import { Secret } from "../../../src/provider/secret.ts";
import { leaksOf } from "../../canary/search.ts";

const secretText = fc.string({ minLength: 8, maxLength: 60, unit: "grapheme-ascii" });

test("no eight characters of a secret stay in a text, in any form that it may be echoed in", () => {
  fc.assert(
    fc.property(secretText, fc.nat(4), fc.string(), fc.string(), (value, form, before, after) => {
      const forms = [
        value,
        JSON.stringify(value).slice(1, -1),
        encodeURIComponent(value),
        encodeURIComponent(value).replace(/%../g, (code) => code.toLowerCase()),
        Buffer.from(value).toString("base64"),
      ];
      const clean = scrub(`${before} ${forms[form]} ${after}`, [new Secret(value)]);
      for (let at = 0; at + 8 <= value.length; at++) {
        expect(clean.includes(value.slice(at, at + 8)) && !"[secret]".includes(value.slice(at, at + 8))).toBe(
          false,
        );
      }
      const shown = forms[form] as string;
      if (!"[secret]".includes(shown)) expect(clean).not.toContain(shown);
    }),
  );
});

test.each([
  ["base64 with its own characters", Buffer.from([0xfb, 0xff, 0xbf, 0xfe]).toString("latin1").repeat(3)],
])("a secret is found in %s", (_, value) => {
  const encoded = Buffer.from(value).toString("base64");
  expect(encoded).toMatch(/[+/]/);
  expect(scrub(`a ${encoded} b`, [new Secret(value)])).toBe("a [secret] b");
});

test("a secret that no URL could hold is hidden like any", () => {
  const value = "half a pair: \ud800, and more";
  expect(scrub(`a ${value} b`, [new Secret(value)])).toBe("a [secret] b");
});

test("of a secret inside a longer text in base64, at any offset and in any alphabet, no eight characters stay", () => {
  const value = 'Kx9"q/Wz+8Zm%7Lp&Rt5Vb\u00ff~~~???';
  for (const before of ["", "u", "us", "user:"]) {
    for (const encoding of ["base64", "base64url"] as const) {
      const echo = Buffer.from(`${before}${value} and more`).toString(encoding);
      expect(leaksOf(scrub(`bad ${echo} given`, [new Secret(value)]), [value])).toEqual([]);
    }
  }
});

const groups = (text: string, size: number, between: string): string =>
  (text.match(new RegExp(`.{1,${size}}`, "gs")) ?? []).join(between);
const hex = (value: string): string => Buffer.from(value).toString("hex");
const base64 = (value: string): string => Buffer.from(value).toString("base64");

test.each<[string, (value: string) => string]>([
  ["lines", (value) => groups(value, 4, "\n")],
  ["lines of mail", (value) => groups(value, 6, "=\r\n")],
  ["lines of an answer's JSON", (value) => groups(base64(value), 6, "\\n")],
  ["a list", (value) => JSON.stringify(value.match(/.{1,5}/g))],
  ["groups", (value) => groups(value, 5, " ")],
  ["groups that look like one", (value) => groups(value, 5, "\u200b")],
  ["pieces with escapes for a terminal between them", (value) => groups(value, 7, "\u001b[0m")],
  ["capitals", (value) => value.toUpperCase()],
  ["small letters", (value) => value.toLowerCase()],
  ["hex in capitals", (value) => hex(value).toUpperCase()],
  ["bytes in hex", (value) => groups(hex(value), 2, " ")],
  ["base64 with its padding moved", (value) => `==${groups(base64(value), 7, "=")}`],
  ["percents of percents of percents", (value) => groups(hex(value), 2, "%2525").replace(/^/, "%2525")],
])("of a secret in %s no letter is shown", (_, form) => {
  const value = "sk-proj-Ab12Cd34Ef56Gh78Ij90KlMnOpQrStUv";
  const rest = /^refused (.*) given$/s.exec(scrub(`refused ${form(value)} given`, [new Secret(value)]))?.[1];
  expect(rest?.replace(/^=+/, "").replace("[secret]", "")).toMatch(/^(?:\\n|\W)*$/);
});

test("what has nothing to do with a secret stays as it is", () => {
  const text = 'gateway "support" (id 8f2a-77): limit of 10 reached, try https://x.test/a%20b in 5 s';
  expect(scrub(text, [new Secret("sk-proj-Ab12Cd34Ef56Gh78")])).toBe(text);
});

test("a text without end is cut before it is searched", () => {
  const started = performance.now();
  expect(scrub("x".repeat(10_000_000), [new Secret("0123456789")])).toHaveLength(401);
  expect(performance.now() - started).toBeLessThan(3_000);
});

test("a short secret is hidden as a whole", () => {
  expect(scrub("the key abc1 is bad", [new Secret("abc1")])).toBe("the key [secret] is bad");
});

test("two secrets with common parts are both hidden", () => {
  const one = "first-0123456789";
  const two = "0123456789-second";
  expect(scrub(`${one} ${two}`, [new Secret(one), new Secret(two)])).toBe("[secret] [secret]");
});

test("text without secrets stays as it is", () => {
  expect(scrub("The gateway was not found", [new Secret("sk-something-else")])).toBe(
    "The gateway was not found",
  );
});

test.each([
  ["sk-***", true],
  ["•••• 1234", true],
  ["[REDACTED]", true],
  ["sk-a...z", true],
  ["sk-live-0123456789", false],
  ["Bearer abc*def", false],
])("%s looks masked: %s", (value, masked) => {
  expect(looksMasked(new Secret(value))).toBe(masked);
});

test("a live secret becomes a mark with a fingerprint where one can be made", () => {
  const print = (value: string) => (value.length > 5 ? `k:${value.length}` : undefined);
  expect(markOf(new Secret("longer"), print)).toEqual({ $secret: { fingerprint: "k:6" } });
  expect(markOf(new Secret("short"), print)).toEqual({ $secret: {} });
  expect(markOf(new Secret("***"), print)).toEqual({ $secret: { masked: true } });
});

test.each([
  ["HTML", (text: string) => text.replace(/[^a-z]/gi, (char) => `&#${char.codePointAt(0)};`)],
  [
    "HTML, in hex",
    (text: string) => text.replace(/./g, (char) => `&#x${char.codePointAt(0)?.toString(16)};`),
  ],
  ["HTML, by name", (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")],
  [
    "JSON, every character",
    (text: string) => text.replace(/./g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`),
  ],
  ["JSON with slashes", (text: string) => text.replaceAll("/", "\\/").replaceAll('"', '\\"')],
  ["JSON in JSON", (text: string) => JSON.stringify(JSON.stringify(text))],
  ["URLs twice", (text: string) => encodeURIComponent(encodeURIComponent(text))],
  [
    "URLs, every character",
    (text: string) => text.replace(/./g, (char) => `%${char.charCodeAt(0).toString(16)}`),
  ],
  ["a URL in JSON", (text: string) => JSON.stringify(encodeURIComponent(text))],
  ["URLs in HTML", (text: string) => text.replace(/./g, (char) => `&#37;${char.charCodeAt(0).toString(16)}`)],
  ["hex", (text: string) => Buffer.from(text).toString("hex")],
])("no piece of a secret full of special characters stays in %s", (_, encode) => {
  // Marks so close that no plain piece is left between them.
  const value = 'k3/Q&x<7"p/Zz&4/w"M<t/9b&Lq/r';
  const clean = scrub(`before ${encode(value)} after`, [new Secret(value)]);
  expect(clean).toContain("[secret]");
  expect(clean.replaceAll("[secret]", "").replace(/[^A-Za-z0-9]/g, "")).toBe("beforeafter");
});

test("what looks like an escape and is none stays", () => {
  const text = "100% of &nothing; at C:\\temp, &#99999999; %zz";
  expect(scrub(text, [new Secret("canary-0123456789")])).toBe(text);
});
