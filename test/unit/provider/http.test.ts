// The HTTP client over real HTTP: what is tried again, what never is, and what a failure says.

import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { bearer } from "../../../src/provider/auth.ts";
import { MAX_BODY } from "../../../src/provider/body.ts";
import type { ProviderError } from "../../../src/provider/error.ts";
import { type HttpOptions, type HttpRequest, openHttp } from "../../../src/provider/http.ts";
import { type NetworkOptions, openNetwork } from "../../../src/provider/network.ts";
import { openPlainHttp } from "../../../src/provider/plain-http.ts";
import type { RequestEvent } from "../../../src/provider/request-event.ts";
import { Secret } from "../../../src/provider/secret.ts";
import { classifyVercel } from "../../../src/providers/vercel/classify.ts";
import { leaksOf } from "../../canary/search.ts";
import { drop, type Reaction, serve } from "../providers/answers.ts";

const TOKEN = "token-of-the-test-0123456789";

interface Opened {
  readonly send: (request: Partial<HttpRequest>) => Promise<{ readonly body: unknown }>;
  readonly waits: number[];
  readonly events: RequestEvent[];
  readonly now: () => number;
  readonly hide: (secret: Secret) => void;
  /** The client's own clock, which stands still but for its waits. */
  readonly time: () => number;
}

interface More extends Partial<Omit<HttpOptions, "network">>, Partial<NetworkOptions> {}

function open(url: string, { env = {}, onRequest, timeouts, ...more }: More = {}): Opened {
  const waits: number[] = [];
  const events: RequestEvent[] = [];
  let time = Date.now();
  const http = openHttp({
    provider: "vercel",
    title: "Vercel",
    base_url: url,
    auth: bearer(new Secret(TOKEN)),
    request_id_header: "x-vercel-id",
    classify: classifyVercel,
    network: openNetwork({
      env,
      parallelism: 2,
      onRequest: (event) => {
        events.push(event);
        onRequest?.(event);
      },
      ...(timeouts === undefined ? {} : { timeouts }),
    }),
    clock: () => time,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      time += milliseconds;
    },
    ...more,
  });
  onTestFinished(() => http.close());
  return {
    send: (request) => http.request({ method: "GET", path: "/thing", ...request }),
    waits,
    events,
    now: http.now,
    hide: http.hide,
    time: () => time,
  };
}

/** A server that answers with one reaction after the other; the last one repeats. */
async function scripted(reactions: readonly Reaction[], more: More = {}) {
  const server = await serve((_, number) => reactions[Math.min(number, reactions.length) - 1] as Reaction);
  return { ...open(server.url, more), server };
}

async function refusal(work: Promise<unknown>): Promise<ProviderError> {
  return work.then(
    () => Promise.reject(new Error("nothing was refused")),
    (error: ProviderError) => error,
  );
}

const good: Reaction = { status: 200, body: { ok: true } };
const failing: Reaction = { status: 500, body: { error: { code: "internal", message: "failed" } } };
const slowDown: Reaction = { status: 429, body: { error: { code: "rate_limited", message: "slow down" } } };

describe("a request", () => {
  test("carries token, query and JSON body below the base URL's path", async () => {
    const server = await serve(() => good);
    const { send } = open(`${server.url}/base/`);
    await send({ method: "POST", path: "/a%20b", query: { q: "1 &2" }, body: { secret: new Secret("s") } });
    const [seen] = server.received;
    expect(seen?.path).toBe("/base/a%20b");
    expect(seen?.query.get("q")).toBe("1 &2");
    expect(seen?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(seen?.body).toEqual({ secret: "s" });
  });

  test("is reported with method, path, status and request id, without query", async () => {
    const { send, events, server } = await scripted([{ ...good, headers: { "x-vercel-id": "fra1::x" } }]);
    await send({ query: { q: "marked" } });
    const about = { provider: "vercel", method: "GET", path: "/thing", attempt: 1 };
    expect(events).toMatchObject([
      { type: "sent", ...about, origin: server.url },
      { type: "answered", ...about, status: 200, request_id: "fra1::x" },
    ]);
    expect(JSON.stringify(events)).not.toContain("marked");
  });

  test("with a credential that no header can carry is not sent, and the credential not shown", async () => {
    const { send, server } = await scripted([good], { auth: bearer(new Secret("line one\nline two")) });
    const error = await refusal(send({}));
    expect([error.refused, error.outcome]).toEqual(["authentication", "not-applied"]);
    expect(error.message).not.toContain("line");
    expect(server.received).toEqual([]);
  });

  test.each([301, 302, 307, 308])(
    "answered with a redirect (%s) is refused, and nothing follows it",
    async (status) => {
      const other = await serve(() => ({ status: 200, body: {} }));
      const { send } = await scripted([{ status, headers: { location: other.url } }]);
      await refusal(send({}));
      expect(other.received).toEqual([]);
    },
  );

  test("answered with an empty 204 has no body", async () => {
    const { send } = await scripted([{ status: 204 }]);
    expect((await send({ method: "DELETE" })).body).toBeUndefined();
  });
});

describe("a read", () => {
  test.each([
    ["a 500", failing],
    ["a 429", slowDown],
    ["a dropped connection", drop],
  ])("is tried again after %s", async (_, reaction) => {
    const { send, waits } = await scripted([reaction, reaction, good]);
    expect((await send({})).body).toEqual({ ok: true });
    expect(waits).toHaveLength(2);
  });

  test("is tried four times in all", async () => {
    const { send, server } = await scripted([failing]);
    const error = await refusal(send({}));
    expect([error.refused, error.outcome, error.status]).toEqual(["unavailable", "not-applied", 500]);
    expect(server.received).toHaveLength(4);
  });

  test.each([400, 401, 403, 404, 409])("is not tried again after a %s", async (status) => {
    const { send, server } = await scripted([{ status, body: { error: { code: "x", message: "no" } } }]);
    await refusal(send({}));
    expect(server.received).toHaveLength(1);
  });

  test("waits as long as Retry-After asks", async () => {
    const { send, waits } = await scripted([{ ...slowDown, headers: { "retry-after": "7" } }, good]);
    await send({});
    expect(waits).toEqual([7_000]);
  });

  test("waits until the date in Retry-After by the vendor's clock, whatever ours says", async () => {
    const headers = { date: "Fri, 20 Nov 2099 10:00:00 GMT", "retry-after": "Fri, 20 Nov 2099 10:00:07 GMT" };
    const { send, waits, server } = await scripted([
      { ...slowDown, headers },
      { ...good, headers },
    ]);
    await send({});
    expect(server.received).toHaveLength(2);
    const waited = waits.reduce((sum, wait) => sum + wait, 0);
    expect(Math.abs(waited - 7_000)).toBeLessThanOrEqual(1_000);
  });

  test("gives up at once when Retry-After asks for longer than five minutes", async () => {
    const { send, server, waits } = await scripted([{ ...slowDown, headers: { "retry-after": "301" } }]);
    expect((await refusal(send({}))).retry_after).toBe(301_000);
    expect(server.received).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  test("of something that is not JSON is malformed", async () => {
    const { send } = await scripted([{ status: 200, text: "<html>" }]);
    expect((await refusal(send({}))).refused).toBe("malformed");
  });

  test.each([
    ["compressed", { "content-encoding": "gzip" }, gzipSync("{}"), /compressed/],
    ["in bytes that are no UTF-8", {}, Buffer.from([0x22, 0xff, 0x22]), /not UTF-8/],
  ])("that is answered %s is malformed, and asked for neither", async (_, headers, bytes, words) => {
    const answer = (response: ServerResponse): void => void response.writeHead(200, headers).end(bytes);
    const { send, server } = await scripted([answer]);
    const error = await refusal(send({}));
    expect([error.refused, error.message]).toEqual(["malformed", expect.stringMatching(words)]);
    expect(server.received.map(({ headers }) => headers["accept-encoding"])).toEqual(["identity"]);
  });

  test("of more than the bound is malformed and not held", async () => {
    const piece = "x".repeat(1024 * 1024);
    const endless = (response: ServerResponse): void => {
      response.writeHead(200, { "content-type": "application/json" });
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on("drain", more);
      more();
    };
    const { send } = await scripted([endless]);
    const error = await refusal(send({}));
    expect(error.refused).toBe("malformed");
    expect(error.message).toContain(String(MAX_BODY));
  });

  test("whose answer breaks off is tried again", async () => {
    const broken = (response: ServerResponse): void => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      response.write('{"half":', () => response.destroy());
    };
    const { send } = await scripted([broken, good]);
    expect((await send({})).body).toEqual({ ok: true });
  });
});

describe("a create", () => {
  test.each([
    ["a 500", failing],
    ["a 408", { status: 408 }],
    ["a dropped connection", drop],
  ] as [string, Reaction][])("is not repeated after %s, and its outcome is unknown", async (_, reaction) => {
    const { send, server } = await scripted([reaction]);
    const error = await refusal(send({ method: "POST", body: {} }));
    expect([error.refused, error.outcome]).toEqual(["unavailable", "unknown"]);
    expect(server.received).toHaveLength(1);
  });

  test("is repeated after a 429, which did nothing", async () => {
    const { send, server } = await scripted([slowDown, good]);
    await send({ method: "POST", body: {} });
    expect(server.received).toHaveLength(2);
  });

  test("is repeated where no connection could be made, and was not applied", async () => {
    const { send, events } = open(await closedPort());
    const error = await refusal(send({ method: "POST", body: {} }));
    expect([error.refused, error.outcome]).toEqual(["unavailable", "not-applied"]);
    expect(error.message).toContain("ECONNREFUSED");
    expect(events.filter(({ type }) => type === "sent")).toHaveLength(4);
  });

  test("that was accepted in a form that is not JSON is of unknown outcome", async () => {
    const { send } = await scripted([{ status: 200, text: "<html>" }]);
    const error = await refusal(send({ method: "POST", body: {} }));
    expect([error.refused, error.outcome]).toEqual(["malformed", "unknown"]);
  });
});

describe("an idempotent write", () => {
  test.each(["PUT", "PATCH", "DELETE"] as const)("%s is repeated after a 500", async (method) => {
    const { send, server } = await scripted([failing, good]);
    await send({ method });
    expect(server.received).toHaveLength(2);
  });

  test("stays of unknown outcome when a later try is refused without effect", async () => {
    const { send } = await scripted([drop, slowDown]);
    const error = await refusal(send({ method: "PUT", body: {} }));
    expect([error.refused, error.outcome]).toEqual(["throttled", "unknown"]);
  });
});

describe("a failure's message", () => {
  const secret = "sk-live-0123456789abcdef";
  const echoing = (text: string): Reaction => ({
    status: 400,
    headers: { "x-vercel-id": "fra1::y" },
    body: { error: { code: "bad_request", message: text } },
  });

  test("names method, path, status, the vendor's words and code, and the request id", async () => {
    const { send } = await scripted([echoing("no such thing")]);
    const error = await refusal(send({}));
    expect(error.message).toBe("Vercel answered 400 to GET /thing: no such thing (code bad_request)");
    expect(error.request_id).toBe("fra1::y");
    expect(error.vendor_code).toBe("bad_request");
  });

  test.each([
    ["whole", secret],
    ["in part", secret.slice(0, 12)],
    ["in base64", Buffer.from(secret).toString("base64")],
    ["in URL form", encodeURIComponent(secret)],
    ["as the token", TOKEN],
  ])("does not hold a secret of the request that the vendor echoes %s", async (_, echo) => {
    const { send, events } = await scripted([echoing(`bad value ${echo} given`)]);
    const body = { nested: [{ value: new Secret(secret) }] };
    const error = await refusal(send({ method: "POST", body }));
    expect(error.message).toContain("bad value [secret] given");
    expect(JSON.stringify(events)).not.toContain(echo);
  });

  test("holds no control characters and is bounded", async () => {
    const { send } = await scripted([echoing(`a\u001b[31mred\nline${"x".repeat(5000)}`)]);
    const { message } = await refusal(send({}));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(message).not.toMatch(/[\u0000-\u001f]/);
    expect(message.length).toBeLessThan(600);
  });
});

describe("rate limits", () => {
  test("hold the next request back until the window that the vendor reports is over", async () => {
    const used: Reaction = { ...good, headers: { ratelimit: '"default";r=0;t=30' } };
    const { send, waits } = await scripted([used, good]);
    await send({});
    expect(waits).toEqual([]);
    await send({});
    expect(waits).toEqual([30_000]);
  });

  test("do not slow requests while the vendor reports room", async () => {
    const room: Reaction = { ...good, headers: { ratelimit: '"default";r=1100;t=30' } };
    const { send, waits } = await scripted([room]);
    for (let count = 0; count < 20; count++) await send({});
    expect(waits).toEqual([]);
  });
});

describe("what is told of a request", () => {
  const told = (events: readonly RequestEvent[]) =>
    events.map((event) => (event.type === "waiting" ? `waiting: ${event.reason}` : event.type));

  test("is each try, and why it waits for the next", async () => {
    const asked: Reaction = { ...slowDown, headers: { "retry-after": "2" } };
    const { send, events } = await scripted([failing, asked, good]);
    await send({});
    expect(told(events)).toEqual([
      ...["sent", "answered", "waiting: back-off"],
      ...["sent", "answered", "waiting: retry-after"],
      ...["sent", "answered"],
    ]);
    expect(events.map(({ attempt }) => attempt)).toEqual([1, 1, 2, 2, 2, 3, 3, 3]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(1);
  });

  test("is that it is held back by the rate limit", async () => {
    const used: Reaction = { ...good, headers: { ratelimit: '"default";r=0;t=30' } };
    const { send, events } = await scripted([used, good]);
    await send({});
    await send({});
    expect(told(events)).toEqual(["sent", "answered", "waiting: rate-limit", "sent", "answered"]);
  });

  test("holds no secret that the vendor gives as a request id, nor one of an earlier request", async () => {
    const secret = "sk-live-0123456789abcdef";
    const { send, events } = await scripted([
      good,
      {
        status: 400,
        headers: { "x-vercel-id": TOKEN },
        body: { error: { code: "x", message: `is ${secret}` } },
      },
    ]);
    await send({ method: "POST", body: { value: new Secret(secret) } });
    const error = await refusal(send({}));
    expect([error.message, error.request_id]).toEqual([
      "Vercel answered 400 to GET /thing: is [secret] (code x)",
      "[secret]",
    ]);
    expect(leaksOf(JSON.stringify(events), [secret, TOKEN])).toEqual([]);
  });

  test("holds no secret that the vendor has made and repeats later on", async () => {
    const made = "vck_0123456789abcdef";
    const { send, hide } = await scripted([
      { status: 400, body: { error: { code: "x", message: `cannot delete ${made}` } } },
    ]);
    hide(new Secret(made));
    expect((await refusal(send({ method: "DELETE" }))).message).toContain("cannot delete [secret]");
  });
});

test("a plain request that is sent again is told as another try of the same", async () => {
  const server = await serve(() => good);
  const events: RequestEvent[] = [];
  const network = openNetwork({ env: {}, parallelism: 1, onRequest: (event) => events.push(event) });
  onTestFinished(() => network.close());
  const { send } = openPlainHttp({
    name: "t",
    auth: async () => undefined,
    max_answer: 1000,
    network,
  });
  const request = { method: "GET", url: new URL(server.url) };
  await send(request);
  await send(request);
  await send({ ...request });
  const sent = events.filter(({ type }) => type === "sent");
  expect(sent.map(({ id, attempt }) => [id, attempt])).toEqual([
    [1, 1],
    [1, 2],
    [2, 1],
  ]);
});

test("a plain request that failed is sent again after a time that nobody else chooses", async () => {
  const waits: number[] = [];
  const network = openNetwork({ env: {}, parallelism: 1, wait: async (time) => void waits.push(time) });
  const { hold } = openPlainHttp({ name: "t", auth: async () => undefined, max_answer: 1, network });
  const request = { method: "GET", url: new URL("http://localhost/") };
  for (let number = 0; number < 20; number++) await hold(request, 1000, "back-off");
  await hold(request, 1000, "retry-after");
  expect(new Set(waits).size).toBeGreaterThan(10);
  expect(waits.every((time) => time >= 750 && time <= 1000)).toBe(true);
  expect(waits.at(-1)).toBe(1000);
});

describe("two connections of a run", () => {
  const used: Reaction = { ...good, headers: { ratelimit: '"default";r=0;t=1' } };

  test("share it, too, where one is to a vendor and the other to the place of a delivery", async () => {
    const server = await serve(() => used);
    const types: string[] = [];
    const network = openNetwork({ env: {}, parallelism: 1, onRequest: ({ type }) => types.push(type) });
    onTestFinished(() => network.close());
    const auth = bearer(new Secret(TOKEN));
    const vendor = { provider: "v", title: "V", request_id_header: "x", classify: () => null, network, auth };
    await openHttp({ ...vendor, base_url: server.url }).request({ method: "GET", path: "/" });
    const { send } = openPlainHttp({
      name: "test",
      auth: async () => auth,
      max_answer: 1000,
      network,
      signal: AbortSignal.abort(),
    });
    await send({ method: "GET", url: new URL(server.url) });
    expect(types).toEqual(["sent", "answered"]);
  });

  async function twoWith(token: string): Promise<readonly RequestEvent[]> {
    const server = await serve(() => used);
    const events: RequestEvent[] = [];
    const network = openNetwork({ env: {}, parallelism: 1, onRequest: (event) => events.push(event) });
    onTestFinished(() => network.close());
    for (const own of [TOKEN, token]) {
      const { send } = openPlainHttp({
        name: "test",
        auth: async () => bearer(new Secret(own)),
        max_answer: 1000,
        network,
        signal: AbortSignal.abort(),
      });
      await send({ method: "GET", url: new URL(server.url) });
    }
    return events;
  }

  test("share the rate limit of their credential, whoever opened them", async () => {
    expect((await twoWith(TOKEN)).map(({ type }) => type)).toEqual(["sent", "answered"]);
  });

  test("have rate limits of their own with credentials of their own", async () => {
    expect((await twoWith("another")).map(({ type }) => type)).toEqual([
      "sent",
      "answered",
      "sent",
      "answered",
    ]);
  });
});

describe("a server that is too slow", () => {
  const soon = { connect: 100, answer: 100, body: 100 };
  const hanging = (response: ServerResponse): void => void response;
  const announcing = (response: ServerResponse): void => {
    const timer = setInterval(() => response.writeProcessing(), 10);
    response.on("close", () => clearInterval(timer));
  };
  const stopping = (response: ServerResponse): void => void response.writeHead(200).write("{");
  const trickling = (response: ServerResponse): void => {
    response.writeHead(200).write("[");
    const timer = setInterval(() => response.write("1,"), 10);
    response.on("close", () => clearInterval(timer));
  };

  test.each([
    ["does not answer", hanging, soon, /did not answer in time \(UND_ERR_HEADERS_TIMEOUT\)/],
    ["announces its answer again and again", announcing, soon, /did not answer in time/],
    ["stops in the middle", stopping, { ...soon, body: 9_000 }, /did not finish its answer in time/],
    [
      "sends bit by bit without an end",
      trickling,
      { ...soon, answer: 9_000 },
      /did not finish its answer in time/,
    ],
  ])(
    "and %s leaves open what a create did, and is asked again by a read",
    async (_, reaction, timeouts, words) => {
      const { send, server } = await scripted([reaction, reaction, good], { timeouts });
      const error = await refusal(send({ method: "POST", body: {} }));
      expect([error.refused, error.outcome]).toEqual(["unavailable", "unknown"]);
      expect(error.message).toMatch(words);
      expect((await send({})).body).toEqual({ ok: true });
      expect(server.received).toHaveLength(3);
    },
  );

  test("all along is asked one thing at a time after four tries, once, until it answers", async () => {
    const { send, server } = await scripted([...Array(5).fill(hanging), good], { timeouts: soon });
    await refusal(send({}));
    const probe = refusal(send({}));
    const error = await refusal(send({ method: "POST", body: {} }));
    expect([error.refused, error.outcome]).toEqual(["unavailable", "not-applied"]);
    expect(error.message).toContain("was not asked");
    await probe;
    expect(server.received).toHaveLength(5);
    expect((await send({})).body).toEqual({ ok: true });
    await Promise.all([send({}), send({})]);
    expect(server.received).toHaveLength(8);
  });

  test("with one thing alone is still asked for others", async () => {
    const server = await serve(({ path }) => (path === "/slow" ? hanging : good));
    const { send } = open(server.url, { timeouts: soon });
    const slow = refusal(send({ path: "/slow" }));
    await send({});
    await slow;
    expect((await send({})).body).toEqual({ ok: true });
  });

  test("and does not finish its greeting has done nothing", async () => {
    const silent = createTcpServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const sockets: Socket[] = [];
    silent.on("connection", (socket) => sockets.push(socket.on("error", () => undefined)));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    // A server that listens on a port has an address of this kind.
    const { port } = silent.address() as AddressInfo;
    const { send } = openPlainHttp({
      name: "test",
      auth: async () => undefined,
      max_answer: 1000,
      network: openNetwork({ env: {}, parallelism: 1, timeouts: soon }),
    });
    expect(await send({ method: "POST", url: new URL(`https://127.0.0.1:${port}`) })).toEqual({
      refused: "unavailable",
      outcome: "not-applied",
      message: "did not take the connection in time (UND_ERR_CONNECT_TIMEOUT)",
      silent: true,
    });
    expect(sockets).toHaveLength(1);
  });
});

describe("a stopped run", () => {
  test("ends its waits and reports what the last try said", async () => {
    const stop = new AbortController();
    const { send, server } = await scripted([{ ...slowDown, headers: { "retry-after": "200" } }], {
      signal: stop.signal,
      onRequest: ({ type }) => void (type === "answered" && queueMicrotask(() => stop.abort())),
      wait: (_, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted) resolve();
          signal?.addEventListener("abort", () => resolve());
        }),
    });
    expect((await refusal(send({}))).status).toBe(429);
    expect(server.received).toHaveLength(1);
  });

  test("sends nothing more", async () => {
    const { send, server } = await scripted([good], { signal: AbortSignal.abort() });
    const error = await refusal(send({ method: "POST", body: {} }));
    expect(error.outcome).toBe("not-applied");
    expect(server.received).toEqual([]);
  });
});

describe("the vendor's clock", () => {
  test("is learned from the Date header", async () => {
    const { send, now } = await scripted([{ ...good, headers: { date: "Fri, 20 Nov 2099 10:00:00 GMT" } }]);
    await send({});
    expect(Math.abs(now() - Date.parse("2099-11-20T10:00:00Z"))).toBeLessThan(2_000);
  });

  test("does not make waits longer where two of its servers disagree about the time", async () => {
    const { send, waits } = await scripted([
      { ...slowDown, headers: { date: "Fri, 20 Nov 2099 10:00:00 GMT", "retry-after": "2" } },
      good,
    ]);
    const other = send({});
    await Promise.all([other, send({})]);
    await send({});
    expect(Math.max(...waits)).toBeLessThanOrEqual(2_000);
  });

  test("is ours where it differs by less than the header can show", async () => {
    const { send, now, time } = await scripted([good]);
    await send({});
    expect(now()).toBe(time());
  });
});

async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}
