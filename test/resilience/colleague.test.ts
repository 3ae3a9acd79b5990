// Somebody makes a key or token of the same name while a run that makes one is cut off: whatever the next run does, it
// takes only what this run has made, and says of everything else how to settle it.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { permissionGroups } from "../../src/reference-server/cloudflare/permission-groups.ts";
import { json, type Server, startServer, type Workspace, workspace } from "../e2e/support.ts";
import { type Cut, openRelay, type Relay } from "./relay.ts";

let server: Server;
let relay: Relay;
beforeAll(async () => {
  server = await startServer();
  relay = await openRelay(new URL(server.connection.control_url).origin);
});
afterAll(async () => {
  await relay.close();
  await server.stop();
});
beforeEach(() => server.reset());
afterEach(() => server.clearFaults());

interface One {
  readonly id: string;
  readonly name: string;
  readonly value: string;
}

/** A kind whose value is shown once, and whose names are not unique. */
interface Subject {
  readonly address: string;
  readonly file: string;
  /** Path of the request that makes one. */
  readonly path: RegExp;
  readonly live: () => Promise<readonly One[]>;
  /** Makes one of the same name and settings, as somebody does in the dashboard. @returns its id. */
  readonly makeByHand: (credential: string) => Promise<string>;
  /** The credential of another member. */
  readonly colleague: () => Promise<string>;
  readonly own: () => string;
}

const header = "version: 1\nstack: colleague\n";

const key: Subject = {
  address: "vercel.key.ci",
  file: `${header}vercel:\n  team: acme\n  keys:\n    ci: { deliver: [{ file: { path: out/value } }] }\n`,
  path: /^\/v1\/api-keys$/,
  live: async () =>
    (await server.state()).vercel.keys.map((item: { id: string; name: string; secret: string }) => ({
      id: item.id,
      name: item.name,
      value: item.secret,
    })),
  makeByHand: async (credential) => {
    const { vercel } = server.connection;
    const made = await post(`${vercel.base_url}/v1/api-keys?slug=${vercel.team}`, credential, {
      purpose: "ai-gateway",
      name: "ci",
    });
    return made.apiKey.id;
  },
  colleague: async () =>
    (await post(`${server.connection.control_url}/tokens`, "", { vendor: "vercel", role: "MEMBER" })).token,
  own: () => server.connection.vercel.token,
};

const token: Subject = {
  address: "cloudflare.token.ci",
  file: `${header}cloudflare:\n  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}\n  tokens:\n    ci: { permissions: [AI Gateway Run], deliver: [{ file: { path: out/value } }] }\n`,
  path: /\/tokens$/,
  live: async () =>
    (await server.state()).cloudflare.tokens.filter(({ name }: One) => /^ci( \(gateform |$)/.test(name)),
  makeByHand: async (credential) => {
    const { base_url, account_id } = server.connection.cloudflare;
    const run = permissionGroups.find(({ name }) => name === "AI Gateway Run");
    const made = await post(`${base_url}/accounts/${account_id}/tokens`, credential, {
      name: "ci",
      policies: [
        {
          effect: "allow",
          permission_groups: [{ id: run?.id }],
          resources: { [`com.cloudflare.api.account.${account_id}`]: "*" },
        },
      ],
    });
    return made.result.id;
  },
  colleague: async () => server.connection.cloudflare.api_token,
  own: () => server.connection.cloudflare.api_token,
};

// biome-ignore lint/suspicious/noExplicitAny: answers of three APIs; callers look at single members
async function post(url: string, credential: string, body: object): Promise<any> {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(credential === "" ? {} : { authorization: `Bearer ${credential}` }),
    },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

const APPLY = ["apply", "--auto-approve", "--output", "json"];

function workFor({ file }: Subject): Workspace {
  const env = {
    ...server.env,
    CLOUDFLARE_BASE_URL: server.env.CLOUDFLARE_BASE_URL?.replace(/^http:\/\/[^/]+/, relay.origin) ?? "",
    VERCEL_BASE_URL: relay.origin,
  };
  const work = workspace({ env });
  onTestFinished(work.remove);
  work.write("gateform.yaml", file);
  return work;
}

/** Kills a run at its create. */
async function killed(work: Workspace, { path }: Subject, when: Cut["when"]): Promise<void> {
  const running = work.start(APPLY);
  relay.cutAt({ method: "POST", path, when }, () => running.kill("SIGKILL"));
  expect((await running.done).code).toBeNull();
}

async function expectSettledBy(work: Workspace, { address, live }: Subject, id: string): Promise<void> {
  const before = await live();
  const adopted = await work.run(["adopt", `${address}=${id}`]);
  expect(adopted.code, adopted.stdout + adopted.stderr).toBe(0);
  const next = await work.run([...APPLY, "--detailed-exitcode"]);
  expect(next.code, next.stdout + next.stderr).toBe(0);
  expect(await live()).toEqual(before);
}

/** Nothing is done, and the message has these ids and how to say which one is meant. */
async function expectAsked(work: Workspace, subject: Subject, ids: readonly string[]): Promise<void> {
  const before = await subject.live();
  const next = await work.run(APPLY);
  expect(next.code).toBe(1);
  const text = JSON.stringify(json(next).plan.refused);
  for (const id of ids) expect(text).toContain(id);
  expect(text).toContain(`gateform adopt ${subject.address}=`);
  expect(await subject.live()).toEqual(before);
}

/** One more is live beside what was made by hand, and its value is in the sink. */
async function expectOwnBeside(work: Workspace, { address, live }: Subject, byHand: One): Promise<void> {
  const next = await work.run(APPLY);
  expect(next.code, next.stdout + next.stderr).toBe(0);
  const plan = await work.run(["plan", "--detailed-exitcode", "--output", "json"]);
  expect(plan.code, plan.stdout + plan.stderr).toBe(0);
  expect(json(plan).diagnostics).toMatchObject([
    { code: "TWIN", address, message: expect.stringContaining(byHand.id) },
  ]);
  const now = await live();
  expect(now).toHaveLength(2);
  expect(now).toContainEqual(byHand);
  expect(now.find(({ id }) => id !== byHand.id)).toMatchObject({ name: "ci", value: work.read("out/value") });
}

describe.each([
  ["a key", key],
  ["a token", token],
] as const)("%s", (_, subject) => {
  test("of a colleague is not touched where the run was killed before it made one; adopting settles it", async () => {
    const work = workFor(subject);
    await killed(work, subject, "before");
    const id = await subject.makeByHand(await subject.colleague());
    await expectAsked(work, subject, [id]);
    await expectSettledBy(work, subject, id);
  });

  test("of a colleague is not touched where the run was killed after it made one; the next run has its own", async () => {
    const work = workFor(subject);
    await killed(work, subject, "after");
    const id = await subject.makeByHand(await subject.colleague());
    const theirs = (await subject.live()).find((one) => one.id === id);
    if (theirs === undefined) throw new Error("nothing was made");
    await expectOwnBeside(work, subject, theirs);
  });
});

test("a key that the same user makes by hand as soon as the run was killed makes two that nobody can tell apart: neither is touched, and both are named", async () => {
  const work = workFor(key);
  await killed(work, key, "after");
  const [made] = await key.live();
  const id = await key.makeByHand(key.own());
  await expectAsked(work, key, [id, made?.id ?? "none"]);
  await expectSettledBy(work, key, id);
});

test("a key that the same user makes by hand a minute after the run was killed is not taken for what the run made", async () => {
  const work = workFor(key);
  await killed(work, key, "before");
  const id = await key.makeByHand(key.own());
  const state = await server.state();
  for (const item of state.vercel.keys) item.createdAt += 60_000;
  await server.putState(state);
  await expectAsked(work, key, [id]);
  await expectSettledBy(work, key, id);
});
