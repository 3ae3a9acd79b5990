// Bundles src/ into dist/: the command line, the library face, and shared chunks that load when a command needs
// them. Types are made by tsc beside it (package.json, "build").
//
// Dependencies are bundled in. One file per chunk instead of several hundred small ones halves the start-up of a
// plan, and what was tested is what runs. They stay in package.json, as the types of the library face name them.

import { chmod, readFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = JSON.parse(await readFile(`${root}/package.json`, "utf8"));

await rm(`${root}/dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { cli: "src/cli/main.ts", index: "src/index.ts" },
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  legalComments: "linked",
  define: { GATEFORM_VERSION: JSON.stringify(manifest.version) },
  logLevel: "warning",
  banner: {
    // CommonJS dependencies ask for Node's own modules by `require`, which ES modules do not have.
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
// npm makes a bin executable on installation; a checkout's own build should be, too.
await chmod(`${root}/dist/cli.js`, 0o755);
