// Vercel's own CLI, in the version that vercel-cli.json beside this file names: installed once into a cache outside of the
// repository, by npm from whatever registry it is set up with, and unmodified. 158 MB.
//
//   node scripts/vercel-cli.mjs    installs it if it is missing, and prints the entry file

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";

const pins = fileURLToPath(new URL("vercel-cli.json", import.meta.url));

/** @returns {Promise<string>} the entry file of the installed CLI */
export async function installVercelCli() {
  const { dependencies } = JSON.parse(readFileSync(pins, "utf8"));
  const { XDG_CACHE_HOME: xdg = "" } = process.env;
  const base = join(isAbsolute(xdg) ? xdg : join(homedir(), ".cache"), "gateform");
  const folder = join(base, `vercel-cli-${dependencies.vercel}`);
  const entry = join(folder, "node_modules/vercel/dist/vc.js");
  const complete = () =>
    existsSync(entry) && readFileSync(join(folder, "package.json"), "utf8") === readFileSync(pins, "utf8");
  if (complete()) return entry;

  // Beside its place and then moved there, so that nobody ever meets half of it.
  const work = `${folder}.${process.pid}`;
  try {
    await mkdir(work, { recursive: true });
    await copyFile(pins, join(work, "package.json"));
    // Its optional dependencies are native helpers of builds and deployments, its scripts fetch more of them.
    const flags = ["--ignore-scripts", "--omit=optional", "--no-package-lock", "--no-audit", "--no-fund"];
    await npm(["install", ...flags], work);
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder).catch((error) => {
      // Somebody else was faster.
      if (!complete()) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return entry;
}

function npm(args, cwd) {
  return new Promise((resolve, reject) => {
    // stdout is for the path alone.
    const child = spawn("npm", args, { cwd, stdio: ["ignore", 2, 2] });
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`npm ${args[0]} ended with ${code}`)),
    );
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await installVercelCli());
