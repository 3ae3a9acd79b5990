// Files of named entries, edited as text: one entry changes, everything else stays as it is.

/**
 * How a file holds named values. `source` is an entry as it stands in the file: a dotenv line, the text of a JSON
 * value.
 */
export interface EntryFormat {
  /** What is wrong with the text, as the end of a sentence, or `null`. The other functions need sound text. */
  readonly fault: (text: string) => string | null;
  /** The entry that readers see: the last one of that name. */
  readonly find: (text: string, name: string) => string | null;
  /** The entry for a value, in the manner of the one that it replaces; `null` where the format cannot hold it. */
  readonly encode: (name: string, value: string, previous: string | null) => string | null;
  /** The text with that entry, and no other of its name; `null` takes it away. */
  readonly put: (text: string, name: string, source: string | null) => string;
  readonly isEmpty: (text: string) => boolean;
}
