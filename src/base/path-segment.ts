// Text as one segment of a URL's path.

/** Half of a pair of code units: no character, so that no URL can say it. */
export const LONE_SURROGATE = /\p{Cs}/gu;

/** The text encoded; `undefined` where it would lead elsewhere, as nothing and dots do, or cannot be encoded. */
export function pathSegment(text: string): string | undefined {
  const elsewhere = text === "" || text === "." || text === "..";
  return elsewhere || text.search(LONE_SURROGATE) !== -1 ? undefined : encodeURIComponent(text);
}
