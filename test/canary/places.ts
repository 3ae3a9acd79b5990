// Where values belong: the only kept texts in which the search after the whole suite may find a secret. Everything
// else that gateform prints or writes is searched for all of them.

export interface Place {
  /** The test file, from `test/` on, or a folder; without one, every test. */
  readonly test?: string;
  /** The whole name of a kept text: a path in a test's directory, or `stdout of …`. */
  readonly name: RegExp;
  /** Which secrets, by where they come from; without it, all. */
  readonly what?: RegExp;
  readonly why: string;
}

export const PLACES: readonly Place[] = [
  {
    name: /^stdout of gateform (?:serve|demo)\b/,
    what: /^(?:cloudflare|vercel)\.tokens of a server$/,
    why: "serve and demo tell how the server that they start is reached",
  },
  {
    name: /^out\/[\w.-]+$/,
    what: /^(?:cloudflare\.tokens|vercel\.keys) of a server$/,
    why: "the directory that tests and examples deliver one-time values to",
  },
  {
    test: "e2e/terminal.test.ts",
    name: /^stdout of gateform apply --auto-approve --reveal vercel\.key\.ci, on a terminal$/,
    what: /^vercel\.keys of a server$/,
    why: "the terminal of somebody who asked for the key",
  },
  {
    test: "e2e/sinks.test.ts",
    name: /^kept$/,
    what: /^vercel\.keys of a server$/,
    why: "the program that is given a key puts it there",
  },
  {
    test: "e2e/sinks.test.ts",
    name: /^environment$/,
    what: /^VAULT_TOKEN$/,
    why: "the program writes down its environment, in which this variable is wanted",
  },
  {
    test: "contract/deliveries.test.ts",
    name: /^(?:held|before)$/,
    what: /^vercel\.keys of a server$/,
    why: "the programs that are given keys put the latest and the one before there",
  },
  {
    test: "resilience/deliveries.test.ts",
    name: /^(?:held|before)$/,
    what: /^(?:cloudflare\.tokens|vercel\.keys) of a server$/,
    why: "the programs that are given keys and tokens put the latest and the one before there",
  },
  {
    test: "contract/noticed.test.ts",
    name: /^key$/,
    what: /^SECRET$/,
    why: "a file that a program prints a value from, to be referred to",
  },
  {
    test: "vercel-cli/",
    name: /^stdout of vercel$/,
    what: /^vercel\.keys of a server$/,
    why: "Vercel's own command line shows a key that it has made",
  },
  {
    test: "unit/app/create-uncertain.test.ts",
    name: /^(?:caller\.token|ci\.key)$/,
    what: /^(?:cloudflare\.tokens|vercel\.keys) of a server$/,
    why: "the files that the test delivers keys to",
  },
  {
    test: "e2e/commands.test.ts",
    name: /^state\.json$/,
    what: / of a server$/,
    why: "the file that a reference server keeps its state in",
  },
  {
    test: "contract/",
    name: /^secret\.txt$/,
    what: /^SECRET$/,
    why: "a file that the test puts a value into, to be referred to",
  },
];

/** True where a secret of one of these names belongs in such a text. */
export function belongs(
  text: { readonly test: string; readonly name: string },
  names: readonly string[],
): boolean {
  return PLACES.some(
    (place) =>
      (place.test === undefined || text.test.startsWith(place.test)) &&
      place.name.test(text.name) &&
      names.some((name) => place.what?.test(name) ?? true),
  );
}
