// The search for secrets in everything that gateform printed and wrote while the tests ran. What it goes by is in
// test/canary/, which is TypeScript: it is bundled first.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Words of the product itself are in its output, too: whatever stands here tells of no leak. */
const ORDINARY = ["src", "schemas"];
/** The reference server's own credentials stand there. */
const NOT_ORDINARY = /reference-server/;
/** What tests and `npm run generate` write into the tree. */
const WRITTEN = [
  /^test\/.*__snapshots__\//,
  /^docs\/(?:contract\.md|reference\/|diagnostics\/)/,
  /^schemas\//,
];

/**
 * @param directory what test/canary/kept.ts has filled.
 * @param printed what the test runner printed and reported, by name.
 */
export async function searchForSecrets(directory, printed) {
  const bundle = join(root, "node_modules/.cache/gateform/secrets.mjs");
  await build({
    absWorkingDir: root,
    entryPoints: ["test/canary/after.ts"],
    outfile: bundle,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "warning",
  });
  const { searchKept } = await import(bundle);
  const ordinary = await textsOf(ORDINARY, (path) => !NOT_ORDINARY.test(path));
  const written = await textsOf(["test", "docs", "schemas"], (path) =>
    WRITTEN.some((rule) => rule.test(path)),
  );
  return searchKept({ directory, more: new Map([...written, ...printed]), ordinary: [...ordinary.values()] });
}

/** What to say of a search, without any value. */
export function wordsOf({ values, bytes, found, regular }) {
  const problems = [
    ...found,
    ...regular.map(
      (what) => `${what} is too regular to be told from ordinary text: take a canary("…") for it`,
    ),
  ];
  const searched = `${values.toLocaleString("en")} values in ${(bytes / 1e6).toFixed(0)} MB`;
  return {
    problems,
    words: `${searched}: ${problems.length === 0 ? "none found" : `${problems.length} FOUND`}`,
  };
}

/** Path → text of the files below some folders. */
async function textsOf(folders, wanted) {
  const texts = new Map();
  for (const folder of folders) {
    for (const entry of await readdir(join(root, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(root.length);
      if (entry.isFile() && wanted(name)) texts.set(name, await readFile(path, "utf8"));
    }
  }
  return texts;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { problems, words } = wordsOf(await searchForSecrets(process.argv[2], new Map()));
  for (const problem of problems) console.error(problem);
  console.log(words);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
