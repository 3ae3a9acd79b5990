import { describe, expect, test } from "vitest";
import { fingerprintWith, MIN_SALTED_LENGTH } from "../../../src/base/digest.ts";
import { compareFingerprints } from "../../../src/base/expression.ts";

const LONG = "a-secret-of-more-than-twenty-characters";
const SALT = "the-salt-of-a-ledger";

describe("a fingerprint", () => {
  const salted = fingerprintWith(undefined, SALT);
  const keyed = fingerprintWith("operator-key", SALT);

  test("is the same for the same value and another for another", () => {
    expect(salted(LONG)).toBe(salted(LONG));
    expect(salted(LONG)).not.toBe(salted(`${LONG}!`));
  });

  test("holds nothing of the value", () => {
    for (let at = 0; at + 6 <= LONG.length; at++) expect(salted(LONG)).not.toContain(LONG.slice(at, at + 6));
  });

  test("carries the id of its key, so that those of another key do not compare", () => {
    expect(keyed(LONG)).not.toBe(salted(LONG));
    expect(compareFingerprints(keyed(LONG), salted(LONG))).toBe("not-comparable");
    expect(compareFingerprints(keyed(LONG), keyed(`${LONG}!`))).toBe("different");
    expect(compareFingerprints(keyed(LONG), fingerprintWith("operator-key", "another-salt")(LONG))).toBe(
      "same",
    );
  });

  test("is not made of a short value that the salt beside it would give away", () => {
    expect(salted("x".repeat(MIN_SALTED_LENGTH - 1))).toBeUndefined();
    expect(salted("x".repeat(MIN_SALTED_LENGTH))).toBeDefined();
    expect(keyed("short")).toBeDefined();
  });
});
