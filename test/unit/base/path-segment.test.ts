import { describe, expect, test } from "vitest";
import { pathSegment } from "../../../src/base/path-segment.ts";

describe("a segment of a path", () => {
  test.each(["", ".", "..", "a\ud800b", "\udc00"])("is never %j", (text) => {
    expect(pathSegment(text)).toBeUndefined();
    expect(pathSegment(text)).toBeUndefined();
  });

  test.each(["...", "a/b", "../b", "%2e%2e", "a?b#c", "\u001b[31m", "pair 😀", "\0"])(
    "that says %j is one segment, and reads back as that",
    (text) => {
      const encoded = pathSegment(text) ?? "";
      const { pathname } = new URL(`http://host/a/${encoded}/z`);
      expect(pathname.split("/").map(decodeURIComponent)).toEqual(["", "a", text, "z"]);
    },
  );
});
