// Bundles src/ into dist/: the command line, the library face, and shared chunks that load when a command needs
// them. Types are made by tsc beside it (package.json, "build").
//
// Dependencies are bundled in. One file per chunk instead of several hundred small ones halves the start-up of a
// plan, and what was tested is what runs. They stay in package.json, as the types of the library face name them.

import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(await readFile(`${root}/package.json`, "utf8"));

const result = await build({
  absWorkingDir: root,
  entryPoints: { cli: "src/cli/main.ts", index: "src/index.ts" },
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  write: false,
  metafile: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  legalComments: "inline",
  alias: { undici: "./scripts/undici.mjs" },
  define: { GATEFORM_VERSION: JSON.stringify(manifest.version) },
  logLevel: "warning",
});

// CommonJS dependencies ask for Node's own modules by `require`, which ES modules do not have. Only the chunk with
// esbuild's stand-in for it gets one: `--version` is asked for often and loads no such chunk.
const REQUIRE =
  'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\n';

await rm(`${root}/dist`, { recursive: true, force: true });
for (const { path, text } of result.outputFiles) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text.includes("var __require = ") ? REQUIRE + text : text);
}
await writeFile(`${root}/dist/THIRD-PARTY-LICENSES.txt`, await licences(Object.keys(result.metafile.inputs)));
// npm makes a bin executable on installation; a checkout's own build should be, too.
await chmod(`${root}/dist/cli.js`, 0o755);

/** The licences of the packages that are in the bundle, as their terms ask for. */
async function licences(inputs) {
  const names = new Set(
    inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  const parts = [];
  for (const name of [...names].sort()) {
    const directory = `${root}/node_modules/${name}`;
    const { version } = JSON.parse(await readFile(`${directory}/package.json`, "utf8"));
    const file = (await readdir(directory)).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${name} has no licence file`);
    parts.push(`${name} ${version}\n\n${(await readFile(`${directory}/${file}`, "utf8")).trim()}\n`);
  }
  return parts.join(`\n${"-".repeat(80)}\n\n`);
}
