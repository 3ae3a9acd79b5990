// Writes the generated parts of the documentation. With --check it writes nothing and fails when one differs from
// what is checked in. What they consist of is in pages.ts; esbuild turns that into something that Node 20 runs.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bundle = `${root}/node_modules/.cache/gateform/generate-docs.mjs`;

await build({
  absWorkingDir: root,
  entryPoints: ["scripts/docs/pages.ts"],
  outfile: bundle,
  bundle: true,
  packages: "external",
  format: "esm",
  platform: "node",
  logLevel: "warning",
});
const { generatedDocs } = await import(bundle);

const stale = [];
for (const [path, text] of Object.entries(await generatedDocs(root))) {
  const before = await readFile(`${root}/${path}`, "utf8").catch(() => undefined);
  if (before !== text) stale.push([path, text]);
}
if (process.argv.includes("--check")) {
  for (const [path] of stale) console.error(`${path} is not what the code generates`);
  if (stale.length > 0) {
    console.error("run `node scripts/docs/generate.mjs` and commit the result");
    process.exitCode = 1;
  }
} else {
  for (const [path, text] of stale) {
    await mkdir(dirname(`${root}/${path}`), { recursive: true });
    await writeFile(`${root}/${path}`, text);
    console.log(`wrote ${path}`);
  }
  if (stale.length === 0) console.log("all generated documentation is up to date");
}
