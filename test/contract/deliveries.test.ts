// One delivery to several sinks is one transaction, whichever sink it is that fails: over the reference server, with
// the real drivers. What is looked at is where it ends: the keys at the vendor, and what every sink holds.

import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { openGithub } from "../stand-ins/github.ts";
import type { StandInFault } from "../stand-ins/http.ts";
import { openVercel } from "../stand-ins/vercel.ts";
import { expectConverged, expectEmpty, openStage, type Stage } from "./stage.ts";

const ADDRESS = "vercel.key.ci";
const FILE = "out/ci.key";
const file: JsonObject = { file: { path: FILE } };
/** Can be tried, and fails when it gets a value. */
const failing: JsonObject = { command: { argv: ["false"], undo: ["true"] } };

/** A kind of sink, set up for one stage. */
interface Rig {
  readonly sink: JsonObject;
  /** The value that it holds now. */
  readonly held: () => Promise<string | null>;
  /** From now on it can be tried, and fails when it gets a value; `false` ends that. */
  readonly fail: (fails: boolean) => Promise<void>;
}

interface RigCase {
  readonly name: string;
  readonly open: (stage: Stage) => Promise<Rig>;
}

const contentOf = (path: string) => readFile(path, "utf8").catch(() => null);

const command: RigCase = {
  name: "command",
  open: async ({ directory }) => {
    const at = (name: string) => join(directory, name);
    // Keeps what was there, as a program with an `undo` has to.
    await writeFile(
      at("store.sh"),
      "test ! -e refuse || exit 1; if test -e held; then mv held before; fi; cat > held",
    );
    await writeFile(
      at("undo.sh"),
      "test ! -e refuse || exit 0; rm -f held; if test -e before; then mv before held; fi",
    );
    return {
      sink: { command: { argv: ["sh", "store.sh"], undo: ["sh", "undo.sh"] } },
      held: () => contentOf(at("held")),
      fail: (fails) => (fails ? writeFile(at("refuse"), "") : rm(at("refuse"), { force: true })),
    };
  },
};

const github: RigCase = {
  name: "github_actions_secret",
  open: async ({ env }) => {
    const server = await openGithub("acme/web");
    onTestFinished(server.close);
    Object.assign(env, { GITHUB_API_URL: server.url, GITHUB_TOKEN: server.token });
    const refuse: StandInFault = { on: "PUT", answer: { status: 422, body: { message: "no" } } };
    return {
      sink: { github_actions_secret: { repository: "acme/web" } },
      held: async () => server.places.get("acme/web")?.secrets.get("CI")?.value ?? null,
      fail: async (fails) => void server.faults.splice(0, Infinity, ...(fails ? [refuse] : [])),
    };
  },
};

const vercel: RigCase = {
  name: "vercel_env",
  open: async ({ env }) => {
    const server = await openVercel(env.VERCEL_BASE_URL);
    onTestFinished(server.close);
    Object.assign(env, { VERCEL_BASE_URL: server.url, PROJECT_TOKEN: server.token });
    const refuse: StandInFault = { on: "POST projects/web/env", answer: { status: 400 } };
    const place = { project: "web", team: "acme", type: "encrypted", targets: ["production"] };
    return {
      sink: { vercel_env: { ...place, token: { env: "PROJECT_TOKEN" } } },
      held: async () => server.variables[0]?.value ?? null,
      fail: async (fails) => void server.faults.splice(0, Infinity, ...(fails ? [refuse] : [])),
    };
  },
};

const RIGS: readonly RigCase[] = [command, github, vercel];

interface Scene {
  readonly stage: Stage;
  readonly rig: Rig;
  /** Values of the keys that are live. */
  readonly live: () => Promise<readonly string[]>;
  readonly inFile: () => Promise<string | null>;
  readonly declare: (sinks: readonly JsonObject[], more?: JsonObject) => Promise<void>;
}

async function sceneOf({ open }: RigCase): Promise<Scene> {
  const stage = await openStage({ profile: "live", env: { PATH: process.env.PATH ?? "" } }, onTestFinished);
  const rig = await open(stage);
  return {
    stage,
    rig,
    live: async () => (await stage.state()).vercel.keys.map(({ secret }) => secret),
    inFile: () => contentOf(join(stage.directory, FILE)),
    declare: (deliver, more = {}) =>
      stage.declare({ vercel: { keys: { ci: { deliver: [...deliver], ...more } } } }),
  };
}

/** Applies, and expects the step of the key to fail with these words. */
async function fails({ stage }: Scene, words: string, allow_deletes = 0): Promise<void> {
  const result = await stage.apply({ allow_deletes });
  if (result.state !== "applied") throw new Error(JSON.stringify(result.diagnostics));
  const failed = result.report.results.filter(({ outcome }) => outcome === "failed");
  expect(failed).toMatchObject([{ address: ADDRESS, code: "DELIVERY_FAILED" }]);
  expect(failed[0]?.message).toContain(words);
}

describe.each(RIGS)("a new key that goes to a file and to $name", (rigCase) => {
  test("is in both, works, and leaves nothing to do", async () => {
    const scene = await sceneOf(rigCase);
    await scene.declare([file, scene.rig.sink]);
    expectConverged(await scene.stage.apply());
    const [value = "none"] = await scene.live();
    expect([await scene.inFile(), await scene.rig.held()]).toEqual([value, value]);
    expect((await scene.stage.ledger())?.resources[ADDRESS]?.delivered?.map(({ sink }) => sink)).toEqual([
      "file",
      rigCase.name,
    ]);
    expectEmpty(await scene.stage.plan());
  });

  test("is revoked when the first one fails, and is nowhere", async () => {
    const scene = await sceneOf(rigCase);
    await scene.declare([scene.rig.sink, file]);
    await scene.rig.fail(true);
    await fails(scene, "the new one was revoked and taken out of the sinks again");
    expect([await scene.live(), await scene.inFile(), await scene.rig.held()]).toEqual([[], null, null]);
  });

  test.each(["the file", "it"])(
    "is revoked when the second one fails, and taken out of %s",
    async (first) => {
      const scene = await sceneOf(rigCase);
      await scene.rig.fail(first === "the file");
      await scene.declare(first === "the file" ? [file, scene.rig.sink] : [scene.rig.sink, failing]);
      await fails(scene, "the new one was revoked and taken out of the sinks again");
      expect([await scene.live(), await scene.inFile(), await scene.rig.held()]).toEqual([[], null, null]);
      await scene.rig.fail(false);
      await scene.declare([file, scene.rig.sink]);
      expectConverged(await scene.stage.apply());
      expect([await scene.inFile(), await scene.rig.held()]).toEqual([
        (await scene.live())[0],
        await scene.inFile(),
      ]);
    },
  );
});

describe.each(RIGS)("a key in $name that is replaced", (rigCase) => {
  const later = { expires_at: new Date(Date.now() + 30 * 86_400_000).toISOString() };

  async function replaced(other: JsonObject, words: string): Promise<Scene & { readonly old: string }> {
    const scene = await sceneOf(rigCase);
    await scene.declare([scene.rig.sink]);
    expectConverged(await scene.stage.apply());
    const [old = "none"] = await scene.live();
    await scene.declare([scene.rig.sink, other], later);
    await fails(scene, words, 1);
    return { ...scene, old };
  }

  test("stays as it was when a file fails, which goes first and has its content back", async () => {
    const scene = await sceneOf(rigCase);
    await scene.declare([scene.rig.sink]);
    expectConverged(await scene.stage.apply());
    const [old = "none"] = await scene.live();
    await scene.declare([file, scene.rig.sink], later);
    const path = join(scene.stage.directory, "out");
    // After it was tried, and before it is written.
    const blocked = await scene.stage.apply({ allow_deletes: 1 }, (backend) => ({
      ...backend,
      write: async (...args) => {
        await backend.write(...args);
        await writeFile(path, "").catch(() => undefined);
      },
    }));
    expect(blocked.state).toBe("applied");
    expect([await scene.live(), await scene.rig.held()]).toEqual([[old], old]);
  });

  test("leaves its consumer with a live key when another one fails, and the next run finishes", async () => {
    const { stage, declare, live, inFile, rig, old } = await replaced(
      { command: { argv: ["false"] } },
      "stays live beside the old one",
    );
    expect(await live()).toHaveLength(2);
    expect(await live()).toContain(await rig.held());
    await declare([rig.sink, file], later);
    expectConverged(await stage.apply({ allow_deletes: 3 }));
    expect(await live()).toContain(await rig.held());
    expect([await inFile(), (await rig.held()) === old]).toEqual([await rig.held(), false]);
  });
});
