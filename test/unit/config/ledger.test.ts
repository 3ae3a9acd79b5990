import { describe, expect, test } from "vitest";
import { at, diagnose, document, loadFiles, loadGood, mistake } from "./support.ts";

const CANARY = "canary-7Lm2Rk9Wd4";
const ADDRESS = "https://git.example/api/v4/projects/42/terraform/state/acme";
const http = (members: string) => `ledger:\n  http: { ${members} }\n`;

describe("an http ledger", () => {
  test("has defaults for everything but its address", async () => {
    const { ledger } = await loadGood(http(`address: "${ADDRESS}"`));
    expect(ledger).toEqual({
      http: {
        address: ADDRESS,
        lock_address: ADDRESS,
        unlock_address: ADDRESS,
        update_method: "POST",
        lock_method: "LOCK",
        unlock_method: "UNLOCK",
      },
    });
  });

  test("unlocks where it locks, and takes its password's file relative to the file that names it", async () => {
    const { config } = await loadFiles(
      {
        "d/a.yaml": document(
          http(
            `address: "${ADDRESS}", lock_address: "${ADDRESS}/lock", lock_method: POST, unlock_method: DELETE, username: bot, password: { file: token }`,
          ),
        ),
      },
      { files: ["d/a.yaml"] },
    );
    expect(config?.ledger).toMatchObject({
      http: {
        lock_address: `${ADDRESS}/lock`,
        unlock_address: `${ADDRESS}/lock`,
        lock_method: "POST",
        unlock_method: "DELETE",
        credential: { username: "bot", password: { file: "d/token" } },
      },
    });
  });

  test("takes ${env:…} in its address, but not of the name that holds its credential", async () => {
    const body = (name: string) =>
      http(`address: "https://git.example/\${env:${name}}", token: { env: GATEFORM_TOKEN }`);
    const env = { GATEFORM_STATE: "acme", GATEFORM_TOKEN: CANARY };
    const { ledger } = await loadGood(body("GATEFORM_STATE"), { env });
    expect(ledger).toMatchObject({ http: { address: "https://git.example/acme" } });
    const refused = await mistake(body("GATEFORM_TOKEN"), { env });
    expect(refused.code).toBe("ENV_IS_SECRET");
  });

  test.each([
    ["no URL", `address: "git.example/state"`, "no http or https URL"],
    ["another scheme", `address: "ftp://git.example/state"`, "no http or https URL"],
    ["a password in it", `address: "https://u:${CANARY}@git.example/state"`, "user name or password"],
    ["a part that is never sent", `address: "${ADDRESS}#x"`, "after #"],
    ["plain http for a credential", `address: "http://git.example/s", token: { env: T }`, "not https"],
    [
      "plain http for a credential, to lock",
      `address: "${ADDRESS}", lock_address: "http://git.example/s", username: u, password: { env: T }`,
      "ledger.http.lock_address",
    ],
  ])("with %s is refused at its place, and no password is shown", async (_, members, words) => {
    const found = await diagnose(http(members));
    expect(found).toMatchObject([{ code: "LEDGER_ADDRESS", message: expect.stringContaining(words) }]);
    expect(found[0]?.position?.line).toBe(4);
    expect(JSON.stringify(found)).not.toContain("canary");
  });

  test.each([
    ["of this machine", `address: "http://127.0.0.1:8080/s", token: { env: T }`],
    ["that wants no credential", `address: "http://state.internal/s"`],
  ])("on plain http is taken for a server %s", async (_, members) => {
    expect(await diagnose(http(members))).toEqual([]);
  });

  test.each([
    ["a user name alone", "username: u", "username needs a password"],
    ["a password alone", "password: { env: P }", "password needs a username"],
    ["a colon in the user name", 'username: "a:b", password: { env: P }', "without a colon"],
    ["two credentials", "username: u, password: { env: P }, token: { env: T }", "one credential"],
  ])("with %s is refused", async (_, members, words) => {
    const { message } = await mistake(http(`address: "${ADDRESS}", ${members}`));
    expect(message).toContain(words);
  });

  test.each(["token", "password"])("with its %s written out is refused without showing it", async (name) => {
    const found = await diagnose(http(`address: "${ADDRESS}", username: u, ${name}: ${CANARY}`));
    expect(found.map(({ code }) => code)).toContain("LITERAL_SECRET");
    expect(JSON.stringify(found)).not.toContain("canary");
  });

  test.each([
    ["by default", "ALPHA_TOKEN", "alpha: { account_id: a }"],
    ["by the file", "MY_TOKEN", "alpha: { account_id: a, api_token: { env: MY_TOKEN } }"],
  ])("is never shown a vendor's credential, named %s", async (_, variable, block) => {
    const found = await mistake(`${http(`address: "${ADDRESS}", token: { env: ${variable} }`)}${block}\n`);
    expect(found).toMatchObject({ code: "LEDGER_CREDENTIAL", message: expect.stringContaining(variable) });
  });

  test("is never shown the key of the fingerprints", async () => {
    const found = await mistake(http(`address: "${ADDRESS}", token: { env: GATEFORM_LEDGER_KEY }`));
    expect(found).toMatchObject({ code: "LEDGER_CREDENTIAL" });
  });

  test("is never shown a vendor's credential from a file, however its path is written", async () => {
    const block = "alpha: { account_id: a, api_token: { file: keys/alpha } }";
    const found = await mistake(
      `${http(`address: "${ADDRESS}", token: { file: ./keys/../keys/alpha }`)}${block}\n`,
    );
    expect(found).toMatchObject({ code: "LEDGER_CREDENTIAL" });
    expect(
      await diagnose(`${http(`address: "${ADDRESS}", token: { file: keys/ledger }`)}${block}\n`),
    ).toEqual([]);
    expect(at(found)).toMatch(/^4:/);
  });
});

describe("the place of a ledger", () => {
  test.each([
    ["two of them", "ledger: { file: a.json, http: { address: https://git.example/s } }", "keep one"],
    ["none", "ledger: {}", "names no place"],
  ])("is one: %s is an error that says what to write", async (_, body, words) => {
    expect((await mistake(body)).message).toContain(words);
  });

  test("that an overlay names replaces the other one, in both directions", async () => {
    const file = "ledger: { file: l.json }\n";
    const server = `ledger: { http: { address: "${ADDRESS}" } }\n`;
    const load = async (base: string, over: string) =>
      (await loadFiles({ "a.yaml": document(base), "b.yaml": over }, { files: ["a.yaml", "b.yaml"] })).config
        ?.ledger;
    expect(await load(file, server)).toMatchObject({ http: { address: ADDRESS } });
    expect(await load(server, file)).toMatchObject({ file: expect.stringMatching(/\/l\.json$/) });
    expect(await load(server, "ledger: { http: { lock_method: POST } }\n")).toMatchObject({
      http: { address: ADDRESS, lock_method: "POST" },
    });
  });

  test("that two files of one layer name differently is an error", async () => {
    const { diagnostics } = await loadFiles(
      {
        "d/a.yaml": document("ledger: { file: l.json }\n"),
        "d/b.yaml": `ledger: { http: { address: "${ADDRESS}" } }\n`,
      },
      { files: ["d"] },
    );
    expect(diagnostics).toMatchObject([{ code: "DUPLICATE_VALUE" }]);
  });
});
