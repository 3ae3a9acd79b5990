// The sink `github_actions_secret`, over HTTP against a stand-in that opens what it is sent.

import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { openSink } from "../../../src/app/sinks/open-sink.ts";
import type { SinkContext } from "../../../src/app/sinks/sink.ts";
import type { GithubSecretSink } from "../../../src/model/sink.ts";
import { openNetwork } from "../../../src/provider/network.ts";
import { Secret } from "../../../src/provider/secret.ts";
import { leaksOf } from "../../canary/search.ts";
import { type Github, openGithub } from "../../stand-ins/github.ts";
import { sinkContext } from "./sink-context.ts";

const CANARY = "canary-7Qm2vB9sT4wZ8aLrN6cE1dF-ü";
const LONG_AGO = new Date("2020-01-10T14:59:22Z");
let github: Github;
beforeEach(async () => {
  github = await openGithub("acme/web", "acme/web#production", "acme/web#a/b", "acme");
});
afterEach(() => github.close());

function sink(
  secret: Partial<GithubSecretSink>,
  env: SinkContext["env"] = {},
  more: Partial<SinkContext> = {},
) {
  return openSink(
    { github_actions_secret: { name: "AI_KEY", token: { env: "GITHUB_TOKEN" }, ...secret } },
    sinkContext("/", { env: { GITHUB_API_URL: github.url, GITHUB_TOKEN: github.token, ...env }, ...more }),
  );
}
const web = { repository: "acme/web" };
const secretIn = (place: string) => github.places.get(place)?.secrets.get("AI_KEY");

describe("a secret of GitHub Actions", () => {
  const places: readonly (readonly [string, Partial<GithubSecretSink>, string, string])[] = [
    ["a repository", web, "acme/web", "acme/web: AI_KEY"],
    [
      "an environment",
      { ...web, environment: "production" },
      "acme/web#production",
      "acme/web (production): AI_KEY",
    ],
    [
      "an environment with a slash in its name",
      { ...web, environment: "a/b" },
      "acme/web#a/b",
      "acme/web (a/b): AI_KEY",
    ],
    ["an organization", { organization: "acme", visibility: "private" }, "acme", "acme: AI_KEY"],
  ];
  it.each(places)("of %s gets the value, sealed for its key", async (_, secret, place, target) => {
    const driver = sink(secret);
    await driver.try();
    expect(github.log.filter((line) => !line.startsWith("GET "))).toEqual([]);
    const delivery = await driver.deliver(new Secret(CANARY));
    await driver.confirm?.();
    expect(secretIn(place)?.value).toBe(CANARY);
    expect(delivery).toEqual({ sink: "github_actions_secret", target, at: "2026-10-05T00:00:00.000Z" });
  });

  it("of an organization says who may use it, with ids where they are selected", async () => {
    await sink({ organization: "acme", visibility: "all", selected_repository_ids: [7] }).deliver(
      new Secret(CANARY),
    );
    expect(secretIn("acme")).toMatchObject({ visibility: "all" });
    await sink({ organization: "acme", visibility: "selected", selected_repository_ids: [7] }).deliver(
      new Secret(CANARY),
    );
    expect(secretIn("acme")).toMatchObject({ visibility: "selected", selected_repository_ids: [7] });
  });

  it("is sealed for the key of the moment, which may be another one than when it was tried", async () => {
    const driver = sink(web);
    await driver.try();
    github.rotateKeys();
    await driver.deliver(new Secret(CANARY));
    expect(secretIn("acme/web")?.value).toBe(CANARY);
  });

  it("under a server of an enterprise keeps that one's path", async () => {
    const driver = sink(web, { GITHUB_API_URL: `${github.url}/api/v3/` });
    await expect(driver.try()).rejects.toMatchObject({ code: "SINK_NOT_FOUND" });
    expect(github.log[0]).toBe("GET /api/v3/repos/acme/web/actions/secrets/public-key");
  });
});

describe("trying", () => {
  it.each([
    ["a repository that is not there", { repository: "acme/none" }, "no repository acme/none"],
    ["an environment that is not there", { ...web, environment: "none" }, "acme/web has no environment none"],
    ["an organization that is not there", { organization: "none" }, "no organization none"],
  ])("%s says which part is missing", async (_, secret, words) => {
    await expect(sink(secret).try()).rejects.toMatchObject({ code: "SINK_NOT_FOUND" });
    await expect(sink(secret).try()).rejects.toThrow(words);
  });

  it("a token that is missing, or not valid, says where it comes from", async () => {
    await expect(sink(web, { GITHUB_TOKEN: "" }).try()).rejects.toMatchObject({
      code: "SINK_CREDENTIAL",
      hint: "set GITHUB_TOKEN for this run",
    });
    await expect(sink(web, { GITHUB_TOKEN: "ghp_other" }).try()).rejects.toMatchObject({
      code: "SINK_CREDENTIAL",
      hint: expect.stringContaining("env GITHUB_TOKEN"),
    });
  });

  it("a token of somebody without write access, or an archived repository, is refused", async () => {
    github.repository.permissions = { push: false };
    await expect(sink(web).try()).rejects.toMatchObject({ code: "SINK_FORBIDDEN" });
    github.repository.permissions = undefined;
    await sink(web).try();
    github.repository.archived = true;
    await expect(sink(web).try()).rejects.toThrow("archived");
  });

  it.each(["GITHUB_KEY", "1KEY", "A-B", ""])(
    "the name %j is refused before anything is asked",
    async (name) => {
      await expect(sink({ ...web, name }).try()).rejects.toMatchObject({ code: "SINK_NAME" });
      expect(github.log).toEqual([]);
    },
  );

  it.each(["acme/..", "../web", "acme", "acme/web/actions", "acme/"])(
    "the repository %j, which leads out of its place, is refused before anything is asked",
    async (repository) => {
      await expect(sink({ repository }).try()).rejects.toMatchObject({ code: "SINK_NAME" });
      expect(github.log).toEqual([]);
    },
  );

  it.each(["http://github.example", "ftp://127.0.0.1", "https://u:p@github.example", "github"])(
    "the server %j is refused before anything is asked",
    async (url) => {
      await expect(sink(web, { GITHUB_API_URL: url }).try()).rejects.toMatchObject({ code: "SINK_ADDRESS" });
    },
  );

  it.each([
    ["too short", "AAAA"],
    ["a point that nothing can be sealed for", Buffer.alloc(32).toString("base64")],
    ["another such point", `AQ${"A".repeat(41)}=`],
  ])("a server that gives no key is an error: %s", async (_, key) => {
    github.faults.push({ on: "GET public-key", answer: { status: 200, body: { key_id: "1", key } } });
    await expect(sink(web).try()).rejects.toMatchObject({ code: "SINK_REFUSED" });
  });
});

describe("an answer that is none", () => {
  it.each(["before", "after"] as const)("%s the request was carried out is asked for again", async (drop) => {
    github.faults.push({ on: "PUT", times: 1, drop });
    const driver = sink(web);
    await driver.deliver(new Secret(CANARY));
    expect(secretIn("acme/web")?.value).toBe(CANARY);
  });

  it("of a rate limit is waited for, as 403, too", async () => {
    const headers = { "retry-after": "0" };
    github.faults.push(
      { on: "PUT", times: 1, answer: { status: 403, headers, body: { message: "secondary rate limit" } } },
      { on: "PUT", times: 1, answer: { status: 429, headers, body: {} } },
    );
    await sink(web).deliver(new Secret(CANARY));
    expect(secretIn("acme/web")?.value).toBe(CANARY);
  });

  it("with the server's words has neither token nor value in them", async () => {
    const message = `no ${CANARY} for ${github.token}`;
    github.faults.push({ on: "PUT", answer: { status: 422, body: { message } } });
    const failure = await sink(web)
      .deliver(new Secret(CANARY))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "SINK_REFUSED",
      message: expect.stringContaining(": no [secret]"),
    });
    expect(String(failure)).not.toContain(CANARY.slice(0, 8));
    expect(String(failure)).not.toContain(github.token.slice(0, 8));
  });
});

const PROXY = { status: 404, body: "no such host" };

describe("an answer that a proxy gives in GitHub's place", () => {
  const FROM_BETWEEN = { code: "SINK_UNREACHABLE", hint: expect.stringContaining("proxy") };

  it("tells of no secret that it is not there, so that none is deleted that was", async () => {
    github.put("acme/web", "AI_KEY", "old", LONG_AGO);
    github.faults.push({ on: "GET AI_KEY", times: 1, answer: PROXY });
    const driver = sink(web);
    await expect(driver.deliver(new Secret(CANARY))).rejects.toMatchObject(FROM_BETWEEN);
    await driver.undo();
    expect(secretIn("acme/web")?.value).toBe("old");
  });

  it("takes back no value: the secret is still there, and that is an error", async () => {
    const driver = sink(web);
    await driver.deliver(new Secret(CANARY));
    github.faults.push({ on: "DELETE", answer: PROXY });
    await expect(driver.undo()).rejects.toMatchObject(FROM_BETWEEN);
    expect(secretIn("acme/web")?.value).toBe(CANARY);
  });
});

describe("undoing", () => {
  it("takes away a secret that was not there before", async () => {
    const driver = sink(web);
    await driver.deliver(new Secret(CANARY));
    await driver.undo();
    await driver.undo();
    expect(secretIn("acme/web")).toBeUndefined();
  });

  it("cannot bring back what was there before: the value stays, and that is an error", async () => {
    github.put("acme/web", "AI_KEY", "old", LONG_AGO);
    const driver = sink(web);
    await driver.deliver(new Secret(CANARY));
    await expect(driver.undo()).rejects.toMatchObject({ code: "SINK_KEPT" });
    expect(secretIn("acme/web")?.value).toBe(CANARY);
  });

  it("does nothing where nothing was written", async () => {
    github.put("acme/web", "AI_KEY", "old", LONG_AGO);
    await sink(web).undo();
    const refused = sink(web);
    github.faults.push({ on: "PUT", times: 1, answer: { status: 422, body: {} } });
    await expect(refused.deliver(new Secret(CANARY))).rejects.toThrow("422");
    await refused.undo();
    const unsure = sink(web);
    github.faults.push({ on: "PUT", answer: { status: 502, headers: { "retry-after": "999" } } });
    await expect(unsure.deliver(new Secret(CANARY))).rejects.toMatchObject({ code: "SINK_UNREACHABLE" });
    await unsure.undo();
    expect(secretIn("acme/web")?.value).toBe("old");
  });

  it("finds out what became of a request without an answer", async () => {
    for (const before of [false, true]) {
      github.faults.push(
        { on: "PUT", times: 1, drop: "after" },
        { on: "PUT", times: 1, answer: { status: 401 } },
      );
      if (before) github.put("acme/web", "AI_KEY", "old", LONG_AGO);
      const driver = sink(web);
      await expect(driver.deliver(new Secret(CANARY))).rejects.toMatchObject({ code: "SINK_CREDENTIAL" });
      if (before) await expect(driver.undo()).rejects.toMatchObject({ code: "SINK_KEPT" });
      else await driver.undo();
      expect(secretIn("acme/web")?.value).toBe(before ? CANARY : undefined);
    }
  });

  it("leaves alone what somebody else has written since", async () => {
    const driver = sink(web);
    await driver.deliver(new Secret(CANARY));
    github.put("acme/web", "AI_KEY", "theirs", new Date(Date.now() + 60_000));
    await driver.undo();
    expect(secretIn("acme/web")?.value).toBe("theirs");
  });
});

it("keeps a value once another one was there, as trying has seen", async () => {
  const driver = sink(web);
  await driver.try();
  expect(driver.keeps?.()).toBe(false);
  github.put("acme/web", "AI_KEY", "old", LONG_AGO);
  await driver.try();
  expect(driver.keeps?.()).toBe(true);
});

it("that may not write says what writing takes, where GitHub does", async () => {
  const headers = { "x-accepted-github-permissions": "secrets=write" };
  github.faults.push({
    on: "PUT",
    answer: { status: 403, headers, body: { message: "Resource not accessible" } },
  });
  await expect(sink(web).deliver(new Secret(CANARY))).rejects.toMatchObject({
    code: "SINK_FORBIDDEN",
    hint: expect.stringContaining("this takes secrets=write"),
  });
});

it("shows nothing of its token where GitHub repeats it in the name of a request", async () => {
  const headers = { "x-github-request-id": `r-${github.token}` };
  github.faults.push({ on: "GET", answer: { status: 500, headers, body: { message: github.token } } });
  const seen: unknown[] = [];
  const network = openNetwork({ env: {}, parallelism: 1, onRequest: (event) => seen.push(event) });
  onTestFinished(() => network.close());
  await sink(web, {}, { network })
    .try()
    .catch((error: unknown) => seen.push(String(error)));
  expect(JSON.stringify(seen)).toContain("r-[secret]");
  expect(leaksOf(JSON.stringify(seen), [github.token])).toEqual([]);
});

describe("confirming", () => {
  it("is an error where the secret is gone, or was not changed", async () => {
    const driver = sink(web);
    await driver.deliver(new Secret(CANARY));
    await driver.confirm?.();
    github.put("acme/web", "AI_KEY", "old", LONG_AGO);
    await expect(driver.confirm?.()).rejects.toMatchObject({ code: "SINK_LOST" });
    github.places.get("acme/web")?.secrets.clear();
    await expect(driver.confirm?.()).rejects.toMatchObject({ code: "SINK_LOST" });
  });
});
