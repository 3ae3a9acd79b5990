import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { emptyLedger } from "../../../src/ledger/documents.ts";
import { fileBackend } from "../../../src/ledger/file-backend.ts";
import type { Ledger } from "../../../src/model/ledger.ts";
import { bundleScript, removeBundles, startScript } from "./child.ts";

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "gateform-ledger-"));
  path = join(directory, "state", "acme.ledger.json");
});
afterAll(removeBundles);
afterEach(() => rm(directory, { recursive: true, force: true }));

const first = (): Ledger => ({ ...emptyLedger("acme", { vercel: "team_1" }), serial: 1 });
const bumped = (ledger: Ledger): Ledger => ({ ...ledger, serial: ledger.serial + 1 });
const modeOf = async (target: string) => (await stat(target)).mode & 0o777;

describe("reading", () => {
  it("refuses a damaged ledger by code, under the name that messages show", async () => {
    await mkdir(join(directory, "state"));
    await writeFile(path, "{");
    await expect(fileBackend({ path, shown: ".gateform/acme.json" }).read()).rejects.toMatchObject({
      code: "LEDGER_UNREADABLE",
      message: expect.stringContaining(".gateform/acme.json"),
    });
  });

  it.each([
    ["a symbolic link", (target: string) => symlink("elsewhere.json", target)],
    ["a directory", (target: string) => mkdir(target)],
  ])("and writing refuse %s and leave it as it is", async (_name, make) => {
    await mkdir(join(directory, "state"));
    await make(path);
    const backend = fileBackend({ path });
    await expect(backend.read()).rejects.toMatchObject({ code: "LEDGER_PATH" });
    await expect(backend.write(first(), 0)).rejects.toMatchObject({ code: "LEDGER_PATH" });
    expect(await readdir(join(directory, "state"))).toEqual(["acme.ledger.json"]);
  });
});

describe("writing", () => {
  it("makes a file of mode 0600 in a directory of mode 0700", async () => {
    await fileBackend({ path }).write(first(), 0);
    expect(await modeOf(path)).toBe(0o600);
    expect(await modeOf(join(directory, "state"))).toBe(0o700);
  });

  it("brings a file of a wider mode back to 0600", async () => {
    const backend = fileBackend({ path });
    const ledger = first();
    await backend.write(ledger, 0);
    await chmod(path, 0o644);
    await backend.write(bumped(ledger), 1);
    expect(await modeOf(path)).toBe(0o600);
  });

  it("leaves nothing but the ledger behind", async () => {
    await fileBackend({ path }).write(first(), 0);
    expect(await readdir(join(directory, "state"))).toEqual(["acme.ledger.json"]);
  });

  it("that is killed between the temporary file and the rename leaves the old ledger, and the next lock sweeps", async () => {
    const ledger = first();
    await fileBackend({ path }).write(ledger, 0);
    const script = await bundleScript(`
      import fs from "node:fs";
      import { syncBuiltinESMExports } from "node:module";
      import { fileBackend } from "./src/ledger/file-backend.ts";
      fs.promises.rename = () => process.kill(process.pid, "SIGKILL");
      syncBuiltinESMExports();
      const backend = fileBackend({ path: process.argv[2] });
      const ledger = await backend.read();
      await backend.write({ ...ledger, serial: 2 }, 1);
      console.log("not reached");
    `);
    expect(await startScript(script, path).ended()).toBe("SIGKILL");
    const left = await readdir(join(directory, "state"));
    expect(left).toHaveLength(2); // the kill came after the temporary file was there
    const backend = fileBackend({ path });
    expect(await backend.read()).toEqual(ledger);
    const lock = await backend.lock(0);
    await lock.release();
    expect(await readdir(join(directory, "state"))).toEqual(["acme.ledger.json"]);
  });

  it("that the system refuses is LEDGER_IO, names the reason and removes its temporary file", async () => {
    await writeFile(join(directory, "state"), "a file where the directory should be");
    await expect(fileBackend({ path }).write(first(), 0)).rejects.toMatchObject({
      code: "LEDGER_IO",
      message: expect.stringContaining(path),
    });
    expect(await readdir(directory)).toEqual(["state"]);
  });
});
