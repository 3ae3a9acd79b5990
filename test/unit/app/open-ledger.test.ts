// An http ledger as commands open it: its credential by reference, its lock given back however the process ends.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { openLedger } from "../../../src/app/open-ledger.ts";
import type { HttpCredential, LedgerPlace } from "../../../src/config/ledger-place.ts";
import { openNetwork } from "../../../src/provider/network.ts";
import { bundleScript, removeBundles, startScript } from "../ledger/child.ts";
import { type StateServer, startStateServer } from "../ledger/state-server.ts";
import { startProxy } from "../provider/proxy-server.ts";
import { withTls } from "../provider/tls-server.ts";

const CANARY = "canary-3Hn6Vb1Xc8";

let server: StateServer;
beforeEach(async () => {
  server = await startStateServer("gitlab");
});
afterEach(() => server.close());
afterAll(removeBundles);

function placeOf(credential?: HttpCredential): LedgerPlace {
  const { address, lock_address, unlock_address, update_method, lock_method, unlock_method } = server;
  const http = { address, lock_address, unlock_address, update_method, lock_method, unlock_method };
  return { http: credential === undefined ? http : { ...http, credential } };
}

const network = openNetwork({ env: {}, parallelism: 1 });

function open(credential: HttpCredential, command = "gateform plan", env: Record<string, string> = {}) {
  return openLedger(placeOf(credential), { env, cwd: tmpdir(), command, warn: () => undefined, network });
}

describe("the credential of an http ledger", () => {
  it("is sent as basic authentication, user name and password in UTF-8", async () => {
    server.accepts = [`Basic ${Buffer.from("gitlab-ci-token:pä:ss").toString("base64")}`];
    const backend = open(
      { username: "gitlab-ci-token", password: { env: "CI_JOB_TOKEN" } },
      "gateform plan",
      {
        CI_JOB_TOKEN: "pä:ss",
      },
    );
    expect(await backend.read()).toBeNull();
  });

  it("is sent as a bearer token, read from a file relative to the working directory", async () => {
    const directory = await mkdtemp(join(tmpdir(), "gateform-token-"));
    await writeFile(join(directory, "token"), "t-1\n");
    server.accepts = ["Bearer t-1"];
    const place = placeOf({ token: { file: "token" } });
    const backend = openLedger(place, {
      env: {},
      cwd: directory,
      command: "gateform plan",
      warn: () => undefined,
      network,
    });
    expect(await backend.read()).toBeNull();
    await rm(directory, { recursive: true });
  });

  it("that is missing is an error that names its reference, before anything is sent", async () => {
    await expect(open({ token: { env: "LEDGER_TOKEN" } }).read()).rejects.toMatchObject({
      code: "LEDGER_ACCESS",
      message: expect.stringMatching(/ledger\.http\.token \(env LEDGER_TOKEN\).*LEDGER_TOKEN is not set/),
    });
    expect(server.seen).toEqual([]);
  });

  it("that comes from a command is run for by apply, and not by plan", async () => {
    const source = { token: { command: [process.execPath, "-p", "'t-2'"] } };
    server.accepts = ["Bearer t-2"];
    for (const command of ["gateform apply", "gateform rotate"])
      expect(await open(source, command).read()).toBeNull();
    await expect(open(source, "gateform plan").read()).rejects.toMatchObject({ code: "LEDGER_ACCESS" });
  });

  it("that no header can carry is an error that names its reference", async () => {
    await expect(
      open({ token: { env: "T" } }, "gateform plan", { T: `${CANARY}\nx` }).read(),
    ).rejects.toMatchObject({
      code: "LEDGER_ACCESS",
      message: expect.not.stringContaining(CANARY),
      hint: expect.stringContaining("ledger.http.token (env T)"),
    });
  });

  it.each([CANARY, Buffer.from(`u:${CANARY}`).toString("base64")])(
    "is in no message when the server repeats it: %#",
    async (echo) => {
      server.fault("GET", { answer: 302, headers: { location: `/moved/${echo}` } });
      const backend = open({ username: "u", password: { env: "P" } }, "gateform plan", { P: CANARY });
      const error = await backend.read().catch((reason: unknown) => reason);
      expect(String(error)).toContain("/moved/[secret]");
    },
  );

  it("is in no message and no event when the server refuses it", async () => {
    server.accepts = [];
    const events: unknown[] = [];
    const backend = openLedger(placeOf({ username: "u", password: { env: "P" } }), {
      env: { P: CANARY },
      cwd: tmpdir(),
      command: "gateform apply",
      warn: () => undefined,
      network: openNetwork({ env: {}, parallelism: 1, onRequest: (event) => events.push(event) }),
    });
    const error = await backend.lock(0).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "LEDGER_ACCESS" });
    expect(events).toMatchObject([
      { type: "sent", provider: "ledger", method: "POST" },
      { type: "answered", status: 401 },
    ]);
    const text = JSON.stringify([error, String(error), events]);
    for (const form of [CANARY, Buffer.from(`u:${CANARY}`).toString("base64")])
      expect(text).not.toContain(form);
  });
});

describe("the lock of an http ledger", () => {
  /** A process that locks, says so, and ends as it is told. */
  const locker = () =>
    bundleScript(`
      import { openLedger } from "./src/app/open-ledger.ts";
      import { openNetwork } from "./src/provider/network.ts";
      const place = JSON.parse(process.argv[2]);
      const env = { T: "t-3", ...JSON.parse(process.argv[3] ?? "{}") };
      const network = openNetwork({ env, parallelism: 1 });
      const backend = openLedger(place, { env, cwd: ".", command: "gateform apply", warn: console.error, network });
      await backend.lock(0);
      console.log("locked");
      process.stdin.once("data", (how) => {
        if (String(how).trim() === "throw") throw new Error("a mistake");
        process.exit(0);
      });
    `);

  it.each(["exit", "throw"])(
    "is given back when its process ends by %s without releasing it",
    async (how) => {
      server.accepts = ["Bearer t-3"];
      const child = startScript(await locker(), JSON.stringify(placeOf({ token: { env: "T" } })));
      expect(await child.line()).toBe("locked");
      expect(server.lock).not.toBeNull();
      child.tell(how);
      await child.ended();
      expect(server.lock).toBeNull();
    },
  );

  it("is given back through the proxy that the ledger is reached by", async () => {
    server.accepts = ["Bearer t-3"];
    const proxy = await startProxy({ credential: "me:secret" });
    const env = { HTTP_PROXY: `http://me:secret@${proxy.host}` };
    const place = placeOf({ token: { env: "T" } });
    const child = startScript(await locker(), JSON.stringify(place), JSON.stringify(env));
    expect(await child.line()).toBe("locked");
    child.tell("exit");
    await child.ended();
    expect(server.lock).toBeNull();
    expect(proxy.asked).toEqual([`POST ${server.lock_address}`, `DELETE ${server.unlock_address}`]);
  });

  it("is given back by TLS through a proxy, too", async () => {
    const { origin } = new URL(server.address);
    const secure = await withTls(origin);
    const proxy = await startProxy();
    vi.stubEnv("NODE_EXTRA_CA_CERTS", secure.ca);
    onTestFinished(() => void vi.unstubAllEnvs());
    const place = JSON.stringify(placeOf()).replaceAll(origin, secure.url);
    const child = startScript(await locker(), place, JSON.stringify({ HTTPS_PROXY: proxy.url }));
    expect(await child.line()).toBe("locked");
    expect(server.lock).not.toBeNull();
    child.tell("exit");
    await child.ended();
    expect(server.lock).toBeNull();
    const tunnel = `CONNECT ${new URL(secure.url).host}`;
    expect(proxy.asked).toEqual([tunnel, tunnel]);
  });

  it.runIf(process.platform === "linux")(
    "of a killed process is stale, names it, and goes by unlock",
    async () => {
      const child = startScript(await locker(), JSON.stringify(placeOf()));
      expect(await child.line()).toBe("locked");
      child.process.kill("SIGKILL");
      await child.ended();
      const backend = openLedger(placeOf(), {
        env: {},
        cwd: tmpdir(),
        command: "gateform apply",
        warn: () => undefined,
        network,
      });
      await expect(backend.lock(0)).rejects.toMatchObject({
        code: "LEDGER_LOCK_STALE",
        message: expect.stringContaining(`process ${child.process.pid} on`),
      });
      expect(await backend.breakLock()).toMatchObject({ state: "held" });
      await (await backend.lock(0)).release();
    },
  );
});

describe("the server of a ledger", () => {
  const address = "https://state.example:8443/acme";
  const asked = (
    env: Record<string, string>,
    more: Partial<Record<"address" | "lock_address" | "unlock_address", string>> = {},
  ) =>
    openLedger(
      {
        http: {
          address,
          lock_address: address,
          unlock_address: address,
          update_method: "POST",
          lock_method: "LOCK",
          unlock_method: "UNLOCK",
          credential: { token: { env: "T" } },
          ...more,
        },
      },
      { env: { T: CANARY, ...env }, cwd: tmpdir(), command: "gateform plan", warn: () => undefined, network },
    );

  it.each([
    ["nothing", {}],
    ["another host", { GATEFORM_LEDGER_HOSTS: "git.example" }],
    ["the host with another port", { GATEFORM_LEDGER_HOSTS: "state.example" }],
    ["the end of its name", { GATEFORM_LEDGER_HOSTS: "example:8443" }],
    ["no host", { GATEFORM_LEDGER_HOSTS: "*, ://" }],
    ["another GitLab", { GITLAB_CI: "true", CI_SERVER_URL: "https://gitlab.example" }],
    ["a GitLab outside of its jobs", { CI_SERVER_URL: "https://state.example:8443" }],
  ])("is refused where the environment names %s", (_, env) => {
    expect(() => asked(env)).toThrow(expect.objectContaining({ code: "LEDGER_HOST" }));
  });

  it.each([
    ["alone", { GATEFORM_LEDGER_HOSTS: "state.example:8443" }],
    ["among others", { GATEFORM_LEDGER_HOSTS: "git.example, STATE.example:8443" }],
    ["with its scheme", { GATEFORM_LEDGER_HOSTS: "https://state.example:8443/" }],
    ["as the GitLab of the job", { GITLAB_CI: "true", CI_SERVER_URL: "https://state.example:8443" }],
  ])("is taken where the environment names it %s", (_, env) => {
    expect(asked(env).describe()).toContain("state.example");
  });

  it.each([
    ["state.example", "https://state.example/x", true],
    ["state.example", "http://state.example/x", true],
    ["state.example:80", "http://state.example/x", true],
    ["state.example:443", "https://state.example/x", true],
    ["state.example:443", "http://state.example/x", false],
    ["state.example:80", "http://state.example:8080/x", false],
    ["http://state.example:80/", "http://state.example/x", true],
    ["2001:db8::1", "https://[2001:db8::1]/x", true],
    ["2001:DB8:0::1", "https://[2001:db8::1]/x", true],
    ["[2001:db8::1]:8443", "https://[2001:db8::1]:8443/x", true],
    ["2001:db8::1", "https://[2001:db8::1]:8443/x", false],
    ["*.example", "https://state.example/x", false],
  ])("named as %s is that of %s: %s", (named, url, taken) => {
    const open = () =>
      asked({ GATEFORM_LEDGER_HOSTS: named }, { address: url, lock_address: url, unlock_address: url });
    if (taken) expect(open).not.toThrow();
    else expect(open).toThrow(expect.objectContaining({ code: "LEDGER_HOST" }));
  });

  it("is refused with those entries of the variable that name no host", () => {
    const env = { GATEFORM_LEDGER_HOSTS: "git.example *.example" };
    expect(() => asked(env)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('has "*.example", which names no host'),
        hint: expect.stringContaining("=git.example,state.example:8443 "),
      }),
    );
  });

  it.each(["lock_address", "unlock_address"])("is refused as that of %s alone, too", (name) => {
    const env = { GATEFORM_LEDGER_HOSTS: "state.example:8443" };
    expect(() => asked(env, { [name]: "https://evil.example/x" })).toThrow(/evil\.example/);
  });

  it("is refused with all hosts that are missing at once, so that one variable settles it", () => {
    const addresses = {
      lock_address: "https://locks.example/x",
      unlock_address: "https://locks.example/y",
    };
    const hint = expect.stringContaining("GATEFORM_LEDGER_HOSTS=state.example:8443,locks.example ");
    expect(() => asked({}, addresses)).toThrow(expect.objectContaining({ hint }));
    expect(asked({ GATEFORM_LEDGER_HOSTS: "state.example:8443,locks.example" }, addresses)).toBeDefined();
  });
});
