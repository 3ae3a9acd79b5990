// The sink `vercel_env`, over HTTP against a stand-in that checks what it is sent.

import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { openSink } from "../../../src/app/sinks/open-sink.ts";
import type { SinkContext } from "../../../src/app/sinks/sink.ts";
import type { VercelEnvSink } from "../../../src/model/sink.ts";
import { openNetwork } from "../../../src/provider/network.ts";
import { Secret } from "../../../src/provider/secret.ts";
import { leaksOf } from "../../canary/search.ts";
import type { StandInFault } from "../../stand-ins/http.ts";
import { openVercel, type Vercel } from "../../stand-ins/vercel.ts";
import { sinkContext } from "./sink-context.ts";

const CANARY = "canary-7Qm2vB9sT4wZ8aLrN6cE1dF";
const value = new Secret(CANARY);
let vercel: Vercel;
beforeEach(async () => {
  vercel = await openVercel();
});
afterEach(() => vercel.close());

function sink(variable: Partial<VercelEnvSink> = {}, more: Partial<SinkContext> = {}) {
  return openSink(
    {
      vercel_env: {
        project: "web",
        team: "acme",
        name: "AI_KEY",
        type: "encrypted",
        targets: ["production"],
        token: { env: "VERCEL_TOKEN" },
        ...variable,
      },
    },
    sinkContext("/", { env: { VERCEL_BASE_URL: vercel.url, VERCEL_TOKEN: vercel.token }, ...more }),
  );
}
const written = () =>
  vercel.variables.map(({ key, type, target, value: text }) => [key, type, target.join(), text].join(" "));
const writes = () => vercel.log.filter((line) => !line.startsWith("GET "));

describe("a variable of a Vercel project", () => {
  it.each([
    ["sensitive", ["production", "preview"]],
    ["encrypted", ["production", "preview", "development"]],
  ] as const)("that is %s gets the value, for its targets", async (type, targets) => {
    const driver = sink({ type, targets });
    await driver.try();
    expect(writes()).toEqual([]);
    const delivery = await driver.deliver(value);
    await driver.confirm?.();
    expect(written()).toEqual([`AI_KEY ${type} ${targets.join()} ${CANARY}`]);
    expect(delivery).toEqual({
      sink: "vercel_env",
      target: `web (${targets.join(", ")}): AI_KEY`,
      at: "2026-10-05T00:00:00.000Z",
    });
  });

  it("that is there gets the new value and keeps its id; others of its name stay as they are", async () => {
    const { id } = vercel.put({ target: ["preview", "production"] });
    vercel.put({ target: ["development"] });
    vercel.put({ target: ["preview"], gitBranch: "next" });
    vercel.put({ key: "OTHER" });
    const driver = sink({ targets: ["production", "preview"] });
    await driver.try();
    await driver.deliver(value);
    expect(vercel.variables.map((item) => item.value)).toEqual([CANARY, "old", "old", "old"]);
    expect(vercel.variables[0]?.id).toBe(id);
  });

  it.each([
    ["by the id of its team", { team: "team_0123456789abcdef01234567" }, {}],
    [
      "in the stack's own team and at the stack's own server",
      { team: undefined },
      { vendor: () => ({ account: "team_0123456789abcdef01234567", base_url: vercel.url }), env: {} },
    ],
  ])("is found %s", async (_, { team }, more) => {
    const driver = openSink(
      {
        vercel_env: {
          project: "prj_web",
          ...(team === undefined ? {} : { team }),
          name: "AI_KEY",
          type: "encrypted",
          targets: ["preview"],
          token: { env: "VERCEL_TOKEN" },
        },
      },
      sinkContext("/", {
        ...more,
        env: { VERCEL_TOKEN: vercel.token, ...("env" in more ? {} : { VERCEL_BASE_URL: vercel.url }) },
      }),
    );
    await driver.try();
    await driver.deliver(value);
    expect(written()).toEqual([`AI_KEY encrypted preview ${CANARY}`]);
  });
});

describe("trying", () => {
  it("a project that is not there, or in another team, says so", async () => {
    await expect(sink({ project: "none" }).try()).rejects.toMatchObject({ code: "SINK_NOT_FOUND" });
    await expect(sink({ team: "other" }).try()).rejects.toThrow(
      "no project web for this token in team other",
    );
  });

  it("a token that is not valid says where it comes from", async () => {
    const env = { VERCEL_BASE_URL: vercel.url, VERCEL_TOKEN: "vcp_other" };
    await expect(sink({}, { env }).try()).rejects.toMatchObject({
      code: "SINK_FORBIDDEN",
      hint: expect.stringContaining("env VERCEL_TOKEN"),
    });
  });

  it.each([
    ["of another type", { type: "sensitive" }, "write `type: sensitive`"],
    ["of plain text", { type: "plain" }, "remove the variable"],
    ["for more targets", { target: ["production", "preview"] }, "write these targets"],
  ])(
    "a variable that is there %s is refused, as a new value would not change that",
    async (_, there, hint) => {
      vercel.put(there);
      await expect(sink().try()).rejects.toMatchObject({
        code: "SINK_TAKEN",
        hint: expect.stringContaining(hint),
      });
      expect(writes()).toEqual([]);
    },
  );

  it.each(["..", ""])(
    "the project %j, which leads out of its place, is refused before anything is asked",
    async (project) => {
      await expect(sink({ project }).try()).rejects.toMatchObject({ code: "SINK_NAME" });
      expect(vercel.log).toEqual([]);
    },
  );

  it("an answer that is no list, or only a part of one, is an error", async () => {
    vercel.faults.push({ on: "GET env", answer: { status: 200, body: { key: "AI_KEY" } }, times: 1 });
    await expect(sink().try()).rejects.toMatchObject({ code: "SINK_REFUSED" });
    const body = { envs: [], pagination: { next: 123 } };
    vercel.faults.push({ on: "GET env", answer: { status: 200, body } });
    await expect(sink().try()).rejects.toThrow("only a part");
  });

  it.each(["type", "id", "key"])(
    "a variable without its %s is an error, and not taken for none",
    async (lost) => {
      vercel.put({});
      const body = { envs: vercel.variables.map((item) => ({ ...item, [lost]: undefined })) };
      vercel.faults.push({ on: "GET env", answer: { status: 200, body }, times: 1 });
      const driver = sink();
      await expect(driver.deliver(value)).rejects.toMatchObject({ code: "SINK_REFUSED" });
      await driver.undo();
      expect(written()).toEqual(["AI_KEY encrypted production old"]);
    },
  );
});

describe("a delivery that is not taken", () => {
  it("in Vercel's words has neither token nor value in them", async () => {
    const message = `no ${CANARY} for ${vercel.token}`;
    const failed = [{ error: { code: "x", message: `no ${CANARY}` } }];
    for (const answer of [
      { status: 400, body: { error: { code: "bad_request", message } } },
      { status: 201, body: { created: [], failed } },
    ]) {
      vercel.faults.push({ on: "POST", answer, times: 1 });
      const failure = await sink()
        .deliver(value)
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({
        code: "SINK_REFUSED",
        message: expect.stringContaining(": no [secret]"),
      });
      expect(String(failure)).not.toContain(CANARY.slice(0, 8));
      expect(String(failure)).not.toContain(vercel.token.slice(0, 8));
    }
  });

  it("as a team's policy made it sensitive is taken away again", async () => {
    vercel.policy = true;
    const driver = sink();
    await expect(driver.deliver(value)).rejects.toMatchObject({ code: "SINK_REFUSED" });
    await driver.undo();
    expect(written()).toEqual([]);
  });

  it("for want of an answer is asked for again, and makes one variable", async () => {
    vercel.faults.push({ on: "POST", drop: "after", times: 1 });
    await sink().deliver(value);
    expect(written()).toEqual([`AI_KEY encrypted production ${CANARY}`]);
  });
});

describe("undoing", () => {
  it("takes away a variable that was not there before", async () => {
    const driver = sink();
    await driver.deliver(value);
    await driver.undo();
    await driver.undo();
    expect(written()).toEqual([]);
  });

  it("brings back what an encrypted one had before", async () => {
    vercel.put({ value: "before" });
    const driver = sink();
    await driver.deliver(value);
    await driver.undo();
    expect(written()).toEqual(["AI_KEY encrypted production before"]);
  });

  it("cannot bring back what a sensitive one had, nor what the token may not read: an error", async () => {
    vercel.put({ type: "sensitive" });
    const sensitive = sink({ type: "sensitive" });
    await sensitive.deliver(value);
    await expect(sensitive.undo()).rejects.toMatchObject({ code: "SINK_KEPT" });
    vercel.put({ target: ["preview"] });
    vercel.faults.push({ on: "GET env/env2", answer: { status: 403 } });
    const unreadable = sink({ targets: ["preview"] });
    await unreadable.deliver(value);
    await expect(unreadable.undo()).rejects.toMatchObject({ code: "SINK_KEPT" });
  });

  it("does nothing where nothing was written", async () => {
    vercel.put({});
    await sink().undo();
    const refused = sink();
    vercel.faults.push({ on: "POST", answer: { status: 400 }, times: 1 });
    await expect(refused.deliver(value)).rejects.toThrow("400");
    await refused.undo();
    const unsure = sink();
    vercel.faults.push({ on: "POST", answer: { status: 502, headers: { "retry-after": "999" } } });
    await expect(unsure.deliver(value)).rejects.toMatchObject({ code: "SINK_UNREACHABLE" });
    const before = writes().length;
    await unsure.undo();
    expect(writes()).toHaveLength(before);
    expect(written()).toEqual(["AI_KEY encrypted production old"]);
  });

  it.each([false, true])(
    "finds out what became of a request without an answer (there before: %s)",
    async (before) => {
      if (before) vercel.put({});
      vercel.faults.push({ on: "POST", drop: "after", times: 1 }, { on: "POST", answer: { status: 403 } });
      const driver = sink();
      await expect(driver.deliver(value)).rejects.toMatchObject({ code: "SINK_FORBIDDEN" });
      expect(vercel.variables[0]?.value).toBe(CANARY);
      await driver.undo();
      expect(written()).toEqual(before ? ["AI_KEY encrypted production old"] : []);
    },
  );

  it.each([false, true])(
    "is not done by the page of a login that comes with a 200 (there before: %s)",
    async (before) => {
      if (before) vercel.put({});
      const driver = sink();
      await driver.deliver(value);
      for (const on of ["PATCH", "DELETE"]) vercel.faults.push({ on, page: "<html>Sign in</html>" });
      await expect(driver.undo()).rejects.toMatchObject({ code: "SINK_UNREACHABLE", unsure: true });
      expect(vercel.variables[0]?.value).toBe(CANARY);
    },
  );

  it("leaves alone what somebody else has written since", async () => {
    const driver = sink();
    await driver.deliver(value);
    Object.assign(vercel.variables[0] ?? {}, { value: "theirs", updatedAt: 1 });
    await driver.undo();
    expect(vercel.variables[0]?.value).toBe("theirs");
  });
});

it.each([
  ["sensitive", true],
  ["encrypted", false],
] as const)("of type %s that is there already keeps a value: %s", async (type, keeps) => {
  const driver = sink({ type });
  await driver.try();
  expect(driver.keeps?.()).toBe(false);
  vercel.put({ type });
  await driver.try();
  expect(driver.keeps?.()).toBe(keeps);
});

describe("confirming", () => {
  it("is an error where the variable is gone, or was written again", async () => {
    const driver = sink();
    await driver.deliver(value);
    await driver.confirm?.();
    Object.assign(vercel.variables[0] ?? {}, { updatedAt: 1 });
    await expect(driver.confirm?.()).rejects.toMatchObject({ code: "SINK_LOST" });
    vercel.variables.splice(0);
    await expect(driver.confirm?.()).rejects.toMatchObject({ code: "SINK_LOST" });
  });
});

describe("a server that repeats what it was sent", () => {
  /** Everything that a run would show of a delivery that fails, taken back. */
  async function told(): Promise<string> {
    const seen: unknown[] = [];
    const network = openNetwork({ env: {}, parallelism: 1, onRequest: (event) => seen.push(event) });
    onTestFinished(() => network.close());
    const driver = sink({}, { network });
    const deliver = () => driver.deliver(value);
    for (const part of [() => driver.try(), deliver, () => driver.confirm?.(), () => driver.undo()])
      await part()?.catch((error: unknown) => seen.push(error, String(error)));
    return JSON.stringify(seen);
  }

  const echo = () => `${vercel.token} and ${CANARY}`;
  it.each<[string, () => StandInFault[]]>([
    [
      "in its refusal",
      () => [{ on: "POST", answer: { status: 201, body: { failed: [{ error: { message: echo() } }] } } }],
    ],
    [
      "in what it says is there",
      () => [
        {
          on: "GET env",
          answer: {
            status: 200,
            body: { envs: [{ id: "1", key: "AI_KEY", type: `${vercel.token}`, target: ["production"] }] },
          },
        },
      ],
    ],
    [
      "in what it says it has made",
      () => [{ on: "POST", answer: { status: 201, body: { created: { id: "1", type: echo() } } } }],
    ],
    [
      "in the answer to a later request",
      () => [{ on: "DELETE", answer: { status: 400, body: { error: { message: echo() } } } }],
    ],
    [
      "in the names of its answers",
      () => [{ on: "POST", answer: { status: 400, body: {}, headers: { "x-vercel-id": echo() } } }],
    ],
  ])("%s shows nothing of it", async (_, faults) => {
    vercel.faults.push(...faults());
    const text = await told();
    expect(text).toContain("[secret]");
    expect(leaksOf(text, [CANARY, vercel.token])).toEqual([]);
  });
});
