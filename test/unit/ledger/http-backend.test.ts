// What only an http ledger has to get right: answers that are lost, refused, or none of a state server's.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { emptyLedger, printLedger } from "../../../src/ledger/documents.ts";
import { thisHolder } from "../../../src/ledger/lock-holder.ts";
import { lockInfoOf } from "../../../src/ledger/lock-info.ts";
import type { Ledger } from "../../../src/model/ledger.ts";
import { backendOf } from "./places.ts";
import { type StateServer, startStateServer } from "./state-server.ts";

const first = (): Ledger => ({ ...emptyLedger("acme", {}), serial: 1 });
const bumped = (ledger: Ledger): Ledger => ({ ...ledger, serial: ledger.serial + 1 });
const CANARY = "canary-5Tz8Qw2Lp9";
const LOGIN = {
  answer: 200,
  body: `<!DOCTYPE html><title>Sign in</title>${CANARY}`,
  headers: { "content-type": "text/html; charset=utf-8" },
};
const DROPPED = { drop: "after" } as const;

let server: StateServer;
beforeEach(async () => {
  server = await startStateServer("terraform");
});
afterEach(() => server.close());

const methods = () => server.seen.map(({ method }) => method);
/** What a promise was refused with; it must be. */
const refused = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason as Error & { readonly code: string; readonly hint?: string },
  );
  if (error === undefined) throw new Error("was not refused");
  expect(`${error.message} ${error.hint}`).not.toContain("canary");
  return error;
};

describe("an http ledger that cannot be read", () => {
  it.each([
    ["an error of the server", { answer: 500 }],
    ["a gateway's error", { answer: 502, body: CANARY }],
    ["a broken connection", { drop: "before" } as const],
    ["too many requests", { answer: 429 }],
  ])("for %s is asked for again", async (_, effect) => {
    server.state = printLedger(first());
    server.fault("GET", effect, effect);
    expect(await backendOf(server).read()).toMatchObject({ stack: "acme" });
    expect(methods()).toEqual(["GET", "GET", "GET"]);
  });

  it.each([
    ["an error that stays", { answer: 500 }, "LEDGER_IO"],
    ["a web page", LOGIN, "LEDGER_UNREADABLE"],
    ["a web page with an error", { ...LOGIN, answer: 400 }, "LEDGER_IO"],
    ["a status of its own", { answer: 418, body: CANARY }, "LEDGER_IO"],
    [
      "a project that GitLab hides",
      { answer: 404, body: '{"message":"404 Project Not Found"}' },
      "LEDGER_ACCESS",
    ],
  ])("for %s is an error, never no ledger", async (_, effect, code) => {
    server.fault("GET", effect, effect, effect, effect);
    expect((await refused(backendOf(server).read())).code).toBe(code);
  });

  it("because the server is gone is an error", async () => {
    await server.close();
    expect((await refused(backendOf(server).read())).code).toBe("LEDGER_IO");
  });

  it.each([
    ["404", { answer: 404, body: "<html>nginx</html>" }],
    ["204", { answer: 204 }],
    ["an empty 200", { answer: 200 }],
  ])("is not the same as %s, which is none", async (_, effect) => {
    server.fault("GET", effect);
    expect(await backendOf(server).read()).toBeNull();
  });

  it.each([401, 403])(
    "for want of rights (%i) names the credential's reference and not its value",
    async (answer) => {
      server.fault("GET", { answer, body: CANARY });
      const known = backendOf(server, {
        token: CANARY,
        credential: "ledger.http.token (env LEDGER_TOKEN)",
      });
      const { code, message } = await refused(known.read());
      expect(code).toBe("LEDGER_ACCESS");
      expect(message).toContain("ledger.http.token (env LEDGER_TOKEN)");
      server.fault("GET", { answer });
      const unknown = await refused(backendOf(server).read());
      expect(unknown.hint).toContain("username and password, or token");
    },
  );

  it("because it moved is an error that names the place, which is not asked", async () => {
    const other = await startStateServer("terraform");
    server.fault("GET", { answer: 302, headers: { location: `${other.address}?private_token=${CANARY}` } });
    const { code, message } = await refused(backendOf(server, { token: CANARY }).read());
    expect(code).toBe("LEDGER_IO");
    expect(message).toContain(other.address);
    expect(other.seen).toEqual([]);
    await other.close();
  });

  it("because it moved to an address with the credential in it is told without that", async () => {
    server.fault("GET", { answer: 307, headers: { location: `https://login.test/${CANARY}/x` } });
    const { message } = await refused(backendOf(server, { token: CANARY }).read());
    expect(message).toContain("https://login.test/[secret]/x");
  });
});

describe("a write", () => {
  it("under the lock carries the lock's id, and keeps the query of the address", async () => {
    const backend = backendOf({ ...server, address: `${server.address}?workspace=a` });
    const lock = await backend.lock(0);
    await backend.write(first(), 0);
    const [post] = server.seen.filter(({ method }) => method === "POST");
    expect(Object.fromEntries(new URLSearchParams(post?.url.split("?")[1]))).toEqual({
      workspace: "a",
      ID: server.lock?.ID,
    });
    await lock.release();
  });

  it("whose answer is lost is looked up and not repeated when it is there", async () => {
    server.fault("POST", DROPPED);
    const ledger = first();
    await backendOf(server).write(ledger, 0);
    expect(await backendOf(server).read()).toEqual(ledger);
    expect(methods().filter((method) => method === "POST")).toHaveLength(1);
  });

  it.each([
    ["an error after it was stored", { after: 500 }, 1],
    ["an error before it was stored", { answer: 503 }, 2],
    ["a connection that broke off before", { drop: "before" } as const, 2],
  ])("answered by %s is looked up, and repeated only when it is not there", async (_, effect, posts) => {
    server.fault("POST", effect);
    const ledger = first();
    await backendOf(server).write(ledger, 0);
    expect(await backendOf(server).read()).toEqual(ledger);
    expect(methods().filter((method) => method === "POST")).toHaveLength(posts);
  });

  it("answered by a web page, and not there afterwards, is an error", async () => {
    server.fault("POST", LOGIN);
    expect((await refused(backendOf(server).write(first(), 0))).code).toBe("LEDGER_IO");
    expect(methods()).toEqual(["GET", "POST", "GET"]);
  });

  it("that is refused again and again ends in an error, and what is stored is what was", async () => {
    const ledger = first();
    await backendOf(server).write(ledger, 0);
    const failing = { answer: 503, body: CANARY };
    server.fault("POST", failing, failing, failing, failing);
    expect((await refused(backendOf(server).write(bumped(ledger), 1))).code).toBe("LEDGER_IO");
    expect(await backendOf(server).read()).toEqual(ledger);
  });

  it.each([
    [403, "LEDGER_ACCESS"],
    [413, "LEDGER_IO"],
  ])("that is refused for good (%i) is not repeated", async (answer, code) => {
    server.fault("POST", { answer });
    expect((await refused(backendOf(server).write(first(), 0))).code).toBe(code);
    expect(methods()).toEqual(["GET", "POST"]);
  });

  it("that is not what its server expects (412) is a conflict", async () => {
    server.fault("POST", { answer: 412 });
    expect((await refused(backendOf(server).write(first(), 0))).code).toBe("LEDGER_CONFLICT");
    expect(methods()).toEqual(["GET", "POST", "GET"]);
  });

  it("whose lock somebody took away is a conflict", async () => {
    const backend = backendOf(server);
    const lock = await backend.lock(0);
    server.lock = { ID: "other" };
    expect((await refused(backend.write(first(), 0))).code).toBe("LEDGER_CONFLICT");
    expect(server.state).toBeNull();
    await lock.release();
  });
});

describe("the lock of a server", () => {
  it.each([404, 405, 501])("that answers %i is refused: there is no way without a lock", async (answer) => {
    server.fault("LOCK", { answer });
    const { code, message } = await refused(backendOf(server).lock(0));
    expect(code).toBe("LEDGER_NO_LOCK");
    expect(message).toContain("never written without a lock");
  });

  it.each(["", "OK"])("that a small server gives as HTML, with the text %j, is taken", async (body) => {
    server.fault("LOCK", { ...LOGIN, body });
    server.fault("POST", { ...LOGIN, body });
    const ledger = first();
    await backendOf(server).lock(0);
    await expect(backendOf(server).write(ledger, 0)).resolves.toBeUndefined();
    expect(methods()).toEqual(["LOCK", "GET", "POST"]);
  });

  it.runIf(process.platform === "linux")(
    "that always another run has left behind is waited for no longer than asked",
    async () => {
      const left = () => JSON.stringify(lockInfoOf({ ...thisHolder("gateform apply"), started: "1" }));
      server.fault("LOCK", ...Array.from({ length: 5 }, () => ({ answer: 423, body: left() })));
      expect((await refused(backendOf(server).lock(0))).code).toBe("LEDGER_LOCKED");
      expect(methods()).toEqual(["LOCK", "LOCK"]);
    },
  );

  it("whose answer is lost is ours all the same", async () => {
    server.fault("LOCK", DROPPED);
    const lock = await backendOf(server).lock(0);
    expect(server.lock).not.toBeNull();
    await lock.release();
    expect(server.lock).toBeNull();
  });

  it("that may have been taken, and cannot be told, is given back", async () => {
    server.fault("LOCK", { after: 500 }, { answer: 500 }, { answer: 500 }, { answer: 500 });
    expect((await refused(backendOf(server).lock(0))).code).toBe("LEDGER_IO");
    expect(server.lock).toBeNull();
  });

  it("that is taken with a success the protocol does not have is given back", async () => {
    server.fault("LOCK", { after: 201 });
    expect((await refused(backendOf(server).lock(0))).code).toBe("LEDGER_IO");
    expect(server.lock).toBeNull();
  });

  it.each([
    ["too many requests", [{ answer: 429 }, { answer: 429 }, { answer: 429 }]],
    ["a refusal", [{ answer: 401 }]],
    ["connections that break off before", Array(3).fill({ drop: "before" })],
  ] as const)(
    "that was taken by a lost answer is given back where the next tries end in %s",
    async (_, effects) => {
      server.fault("LOCK", DROPPED, ...effects);
      await refused(backendOf(server).lock(0));
      expect(server.lock).toBeNull();
    },
  );

  it("that another run holds is left alone, whatever the first try came to", async () => {
    server.lock = { ID: "other", Who: "alice@laptop", Created: "2026-11-20T12:00:00Z" };
    server.fault("LOCK", DROPPED);
    expect((await refused(backendOf(server).lock(0))).code).toBe("LEDGER_LOCKED");
    expect(methods()).toEqual(["LOCK", "LOCK"]);
  });

  it("that is given back by a lost answer is given back", async () => {
    const warnings: string[] = [];
    const lock = await backendOf(server, { warn: (message) => warnings.push(message) }).lock(0);
    server.fault("UNLOCK", DROPPED);
    await lock.release();
    expect(server.lock).toBeNull();
    expect(warnings).toEqual([]);
  });

  it("that cannot be given back is said, and does not undo what the run did", async () => {
    const warnings: string[] = [];
    const lock = await backendOf(server, { warn: (message) => warnings.push(message) }).lock(0);
    const failing = { answer: 503, body: CANARY };
    server.fault("UNLOCK", failing, failing, failing, failing);
    await lock.release();
    expect(warnings).toEqual([expect.stringContaining("gateform ledger unlock")]);
    expect(warnings.join()).not.toContain("canary");
  });

  it("that Terraform or a person holds is named by who, and unlock removes it", async () => {
    server.lock = {
      ID: "5f3c0b1e-8d60-4b3c-9d0e-0d5c7d1d6c55",
      Operation: "OperationTypeApply",
      Who: "alice@laptop",
      Created: "2026-11-20T12:00:00Z",
    };
    const { code, message } = await refused(backendOf(server).lock(0));
    expect(code).toBe("LEDGER_LOCKED");
    expect(message).toContain("alice@laptop since 2026-11-20T12:00:00Z");
    expect(await backendOf(server).breakLock()).toEqual({
      state: "held",
      by: "alice@laptop since 2026-11-20T12:00:00Z",
    });
    expect(server.lock).toBeNull();
  });

  it("whose holder has the credential for a name is told without that", async () => {
    server.lock = { ID: `id-${CANARY}`, Who: `u ${CANARY}`, Created: CANARY };
    const { message } = await refused(backendOf(server, { token: CANARY }).lock(0));
    expect(message).toContain("u [secret] since [secret]");
  });

  it("whose holder the server does not name is locked, and unlock removes nothing", async () => {
    server.fault("LOCK", { answer: 423 }, { answer: 423, body: CANARY });
    expect((await refused(backendOf(server).lock(0))).code).toBe("LEDGER_LOCKED");
    expect((await refused(backendOf(server).breakLock())).code).toBe("LEDGER_LOCKED");
    expect(methods()).toEqual(["LOCK", "LOCK"]);
  });

  it.runIf(process.platform === "linux")(
    "whose holder gave it back and ended while the answer was on its way is taken, not called stale",
    async () => {
      const ended = lockInfoOf({ ...thisHolder("gateform apply"), started: "1" });
      server.fault("LOCK", { answer: 423, body: JSON.stringify(ended) });
      const lock = await backendOf(server).lock(0);
      expect(methods()).toEqual(["LOCK", "LOCK"]);
      await lock.release();
    },
  );

  it("that GitLab gives is known by its holder's id, although GitLab answers with the asker's own words", async () => {
    const gitlab = await startStateServer("gitlab");
    const lock = await backendOf(gitlab).lock(0);
    const { message } = await refused(backendOf(gitlab).lock(0));
    expect(message).toContain(`process ${process.pid} on`);
    expect(message).toContain("since 2026-11-20 12:00:00 UTC, by alice");
    await lock.release();
    await gitlab.close();
  });
});
