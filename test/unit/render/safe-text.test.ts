import { describe, expect, test } from "vitest";
import {
  cutAround,
  cutMiddle,
  cutPair,
  exactLine,
  quoted,
  safeJson,
  safeLine,
} from "../../../src/render/safe-text.ts";

describe("safe text", () => {
  test("shows an escape sequence instead of sending it", () => {
    expect(safeLine("\u001b[31mred")).toBe("\\u001b[31mred");
  });

  test("puts several lines into one", () => {
    expect(safeLine("one \r\n\t two\tthree")).toBe("one two three");
  });

  test("shows line breaks where every character matters", () => {
    expect(exactLine("a\r\n\tb")).toBe("a\\r\\n\\tb");
  });

  test.each(["\u202e", "\u2066", "\u200b", "\ufeff", "\u2028", "\u0085", "\u007f", "\ud800"])(
    "escapes %j",
    (character) => {
      expect(safeLine(`a${character}b`)).toMatch(/^a\\u[0-9a-f]{4}b$/);
    },
  );

  test.each(["\u3164", "\u115f", "\u034f", "\ufe0f", "\u{e0100}", "\u2800", "\u00a0", "\u3000"])(
    "escapes %j, which looks like a blank or like nothing",
    (character) => {
      expect(safeLine(`a${character}b`)).toMatch(/^a(?:\\u[0-9a-f]{4})+b$/);
    },
  );

  test("leaves letters, accents and emoji of all scripts", () => {
    for (const text of ["Grüße", "世界", "مرحبا", "e\u0301", "👋"]) expect(safeLine(text)).toBe(text);
  });

  test("quotes a string as JSON that means the same", () => {
    const text = 'say "hi"\n\u202e\u{e0041}\\';
    expect(JSON.parse(quoted(text))).toBe(text);
    expect(quoted(text)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test("keeps the line breaks of JSON text", () => {
    expect(safeJson('{\n  "a": "\u200e"\n}')).toBe('{\n  "a": "\\u200e"\n}');
  });
});

describe("cutting", () => {
  test("leaves out the middle and keeps to the length", () => {
    expect(cutMiddle("abcdefghij", 5)).toBe("ab…ij");
    expect(cutMiddle("abcde", 5)).toBe("abcde");
  });

  test("never splits a surrogate pair", () => {
    for (let max = 3; max < 12; max++) expect(cutMiddle("👋".repeat(8), max)).not.toMatch(/\p{Cs}/u);
  });

  test("shows two texts around their difference when it is in the middle", () => {
    const [before, after] = cutPair(
      `${"a".repeat(50)}1${"a".repeat(50)}`,
      `${"a".repeat(50)}2${"a".repeat(50)}`,
      20,
    );
    expect(before).toBe(`…${"a".repeat(6)}1${"a".repeat(11)}…`);
    expect(after).toBe(before.replace("1", "2"));
  });

  test("shows the difference between a text and its beginning", () => {
    const [before, after] = cutPair("a".repeat(50), "a".repeat(99), 20);
    expect(before.length).toBeLessThanOrEqual(20);
    expect(before).not.toBe(after);
  });

  test("around a place keeps that place", () => {
    expect(cutAround(`${"-".repeat(100)}X${"-".repeat(100)}`, 100, 20)).toContain("X");
  });
});
