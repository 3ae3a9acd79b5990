// When each check of Cloudflare's fires: on the file alone, and on the file over what is live.

import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/base/json.ts";
import type { LiveResource } from "../../../src/model/live.ts";
import { codesOf, findings, live, loaded } from "./bench.ts";

const gateway = (body: string, id = "support"): string =>
  `version: 1\nstack: test\ncloudflare:\n  account_id: a\n  gateways:\n    ${id}: ${body}\n`;

const liveGateway = (fields: JsonObject, id = "support"): LiveResource => ({
  kind: "cloudflare.gateway",
  id,
  name: id,
  fields: { id, ...fields },
});

const liveKey = (slug: string, gatewayId = "support"): LiveResource => ({
  kind: "cloudflare.provider_config",
  id: `id-of-${slug}`,
  parent_id: gatewayId,
  name: slug,
  fields: { provider_slug: slug, alias: "default" },
});

const CONFIGS = "provider_configs: { openai: { secret: { env: KEY } } }";

/** Codes found in validate, in a plan with nothing live, and in a plan over these live resources. */
async function found(body: string, ...over: LiveResource[]) {
  const config = await loaded(gateway(body));
  return {
    validate: codesOf(findings(config)),
    fresh: codesOf(findings(config, live())),
    over: codesOf(findings(config, live(...over))),
  };
}

describe("GATEWAY_OPEN_WITH_KEYS", () => {
  const OPEN = ["GATEWAY_OPEN_WITH_KEYS"];

  test("is said of an explicit false by validate already", async () => {
    const all = await found(`{ authentication: false, ${CONFIGS} }`, liveGateway({ authentication: true }));
    expect(all).toEqual({ validate: OPEN, fresh: OPEN, over: OPEN });
  });

  test("waits for the plan where the file leaves authentication out", async () => {
    const all = await found(`{ ${CONFIGS} }`, liveGateway({ authentication: false }));
    expect(all).toEqual({ validate: [], fresh: OPEN, over: OPEN });
  });

  test("is not said where a live value settles it", async () => {
    expect((await found(`{ ${CONFIGS} }`, liveGateway({ authentication: true }))).over).toEqual([]);
  });

  test("is said where changes of a live false are ignored", async () => {
    const body = `{ authentication: true, lifecycle: { ignore_changes: [authentication] }, ${CONFIGS} }`;
    expect(await found(body, liveGateway({ authentication: false }))).toEqual({
      validate: [],
      fresh: [],
      over: OPEN,
    });
  });

  test("counts live keys that nobody declares, of this gateway only", async () => {
    const off = liveGateway({ authentication: false });
    expect((await found("{}", off, liveKey("openai"))).over).toEqual(OPEN);
    expect((await found("{}", off, liveKey("openai", "other"))).over).toEqual([]);
    expect((await found("{}", off)).over).toEqual([]);
  });

  test("counts a key once that is declared and live", async () => {
    const config = await loaded(gateway(`{ authentication: false, ${CONFIGS} }`));
    const message = (...keys: LiveResource[]) => findings(config, live(...keys))[0]?.message;
    expect(message(liveKey("openai"))).toContain("holds a provider key");
    expect(message(liveKey("openai"), liveKey("groq"))).toContain("holds 2 provider keys");
  });

  test("is not said of gateways that nobody declares", async () => {
    const stranger = liveGateway({ authentication: false }, "stranger");
    expect((await found("{}", stranger, liveKey("openai", "stranger"))).over).toEqual([]);
  });

  test("is silenced where it is meant and nowhere else", async () => {
    const open = "authentication: false, provider_configs: { openai: { secret: { env: KEY } } }";
    const quiet = `${gateway(`{ ${open}, lifecycle: { silence: [${OPEN[0]}] } }`)}    other: { ${open} }\n`;
    expect(findings(await loaded(quiet)).map(({ address }) => address)).toEqual(["cloudflare.gateway.other"]);
  });

  test("points to the line", async () => {
    const config = await loaded(gateway(`\n      authentication: false\n      ${CONFIGS}`));
    expect(findings(config)[0]).toMatchObject({
      address: "cloudflare.gateway.support",
      position: { file: "0.yaml", line: 7, column: 23, width: 5 },
      snippet: "      authentication: false",
    });
  });

  test("is left unsaid where the gateways could not be read to their end", async () => {
    const config = await loaded(gateway(`{ ${CONFIGS} }`));
    const readings = [{ kind: "cloudflare.gateway", complete: false }];
    expect(codesOf(findings(config, { ...live(), readings }))).toEqual([]);
  });
});

describe("RATE_LIMIT_WITHOUT_INTERVAL", () => {
  const HALF = ["RATE_LIMIT_WITHOUT_INTERVAL"];

  test.each([
    ["{ rate_limiting_limit: 100, rate_limiting_interval: 60 }", []],
    ["{ rate_limiting_limit: 0, rate_limiting_interval: 0 }", []],
    ["{ rate_limiting_limit: null }", []],
    ["{ rate_limiting_limit: 100, rate_limiting_interval: 0 }", HALF],
    ["{ rate_limiting_limit: 100, rate_limiting_interval: null }", HALF],
    ["{ rate_limiting_limit: 0, rate_limiting_interval: 60 }", HALF],
  ])("%s gives %j everywhere", async (body, codes) => {
    expect(await found(body)).toEqual({ validate: codes, fresh: codes, over: codes });
  });

  test.each(["{ rate_limiting_limit: 100 }", "{ rate_limiting_interval: 60 }"])(
    "%s is half a limit for a new gateway, and waits for the plan",
    async (body) => {
      expect(await found(body)).toMatchObject({ validate: [], fresh: HALF });
    },
  );

  test("is not said where the other half is live", async () => {
    const other = liveGateway({ rate_limiting_interval: 60, rate_limiting_limit: 0 });
    expect((await found("{ rate_limiting_limit: 100 }", other)).over).toEqual([]);
  });

  test("is not said of a half that the file does not declare", async () => {
    expect((await found("{}", liveGateway({ rate_limiting_limit: 100 }))).over).toEqual([]);
  });
});

describe("LOGPUSH_WITHOUT_KEY", () => {
  const KEY = "logpush_public_key: abcdefghijklmnop";

  test.each([
    [`{ logpush: true, ${KEY} }`, []],
    ["{ logpush: false }", []],
    ["{ logpush: true, logpush_public_key: null }", ["LOGPUSH_WITHOUT_KEY"]],
  ])("%s gives %j everywhere", async (body, codes) => {
    expect(await found(body)).toEqual({ validate: codes, fresh: codes, over: codes });
  });

  test("waits for the plan where the file leaves the key out, and keeps still where one is live", async () => {
    const all = await found(
      "{ logpush: true }",
      liveGateway({ logpush: false, logpush_public_key: "abcdefghijklmnop" }),
    );
    expect(all).toEqual({ validate: [], fresh: ["LOGPUSH_WITHOUT_KEY"], over: [] });
  });
});

describe("UNKNOWN_PROVIDER", () => {
  test.each([
    ["openai", undefined],
    ["custom-acme", undefined],
    ["opnai", "did you mean openai?"],
    ["something-else", "see that Cloudflare writes it so"],
  ])("of %s says: %s", async (slug, hint) => {
    const body = `{ authentication: true, provider_configs: { a: { provider_slug: ${slug}, secret: { env: K } } } }`;
    const [first] = findings(await loaded(gateway(body)));
    if (hint === undefined) expect(first).toBeUndefined();
    else expect(first?.hint).toMatch(hint);
  });

  test("of a custom provider in the file is none", async () => {
    const body = "{ authentication: true, provider_configs: { acme: { secret: { env: K } } } }";
    const file = `${gateway(body)}  custom_providers:\n    acme: { name: Acme, base_url: "https://llm.acme.com" }\n`;
    expect(findings(await loaded(file))).toEqual([]);
  });

  test("points to the key where the slug comes from it", async () => {
    const body = "\n      provider_configs:\n        opnai: { secret: { env: K } }";
    expect(findings(await loaded(gateway(body)))[0]?.position).toMatchObject({ line: 8, column: 9 });
  });
});

describe("RUN_TOKEN_REACHES_ALL", () => {
  const declared = (permission: string): string =>
    `version: 1\nstack: test\ncloudflare:\n  account_id: a\n  gateways: { one: {} }\n  tokens:\n    caller: { permissions: [${permission}] }\n`;

  test.each([
    ["AI Gateway Run", ["one"], []],
    ["AI Gateway Run", ["other"], ["RUN_TOKEN_REACHES_ALL"]],
    ["AI Gateway Read", ["other"], []],
  ])("a token with %s beside the live gateway %j gives %j", async (permission, ids, codes) => {
    const state = live(...ids.map((id) => liveGateway({}, id)));
    expect(codesOf(findings(await loaded(declared(permission)), state))).toEqual(codes);
  });
});

describe("MANY_GATEWAYS", () => {
  const declared = (count: number): string =>
    `version: 1\nstack: test\ncloudflare:\n  account_id: a\n  gateways:\n${Array.from({ length: count }, (_, at) => `    g${at}: {}\n`).join("")}`;

  test.each([
    [10, [], []],
    [11, [], ["MANY_GATEWAYS"]],
    [10, ["g0", "g1"], []],
    [10, ["other"], ["MANY_GATEWAYS"]],
  ])("%s declared and %j live gives %j", async (count, ids, codes) => {
    const state = live(...ids.map((id) => liveGateway({}, id)));
    expect(codesOf(findings(await loaded(declared(count)), state))).toEqual(codes);
  });

  test("is silenced by any one gateway", async () => {
    const text = declared(11).replace("g3: {}", "g3: { lifecycle: { silence: [MANY_GATEWAYS] } }");
    expect(findings(await loaded(text), live())).toEqual([]);
  });
});

describe("checks of dynamic routes", () => {
  const START = "{ id: start, type: start, outputs: { next: a } }";
  const END = "{ id: end, type: end }";
  const model = (id: string, success: string, fallback: string) =>
    `{ id: ${id}, type: model, properties: { provider: openai, model: m, timeout: 0, retries: 0 }, outputs: { success: ${success}, fallback: ${fallback} } }`;
  const split = (outputs: string) => `{ id: a, type: percentage, outputs: { ${outputs} } }`;
  const said = async (...elements: string[]) => {
    const config = await loaded(gateway(`{ routes: { tiered: { elements: [${elements.join(", ")}] } } }`));
    return findings(config).map(({ code, message }) => `${code} ${message}`);
  };

  test("have nothing to say of a graph that is right", async () => {
    expect(await said(START, model("a", "end", "b"), model("b", "end", "end"), END)).toEqual([]);
  });

  test.each([
    ['"10%": b, "90%": end', []],
    ['"33.3%": b, "66.7%": end', []],
    ['"10%": b, else: end', []],
    ['"10%": b, "80%": end', ["its shares make 90 %, not 100 %"]],
    ['"60%": b, "50%": end, else: end', ["its shares make 110 %, not 100 %"]],
    ["else: b", []],
    ['"ten": b, else: end', ['"ten" is no share such as "10%"']],
    [
      '"1%": b, "2%": b, "3%": b, "4%": b, "5%": b, "6%": b, else: end',
      ["it has 6 shares, and 5 are allowed"],
    ],
  ])("ROUTE_SHARES takes { %s } as it is", async (outputs, wrong) => {
    expect(await said(START, split(outputs), model("b", "end", "end"), END)).toEqual(
      wrong.map((text) => `ROUTE_SHARES element "a": ${text}`),
    );
  });

  test("ROUTE_CYCLE prints the way round, and a model that falls back to itself is one", async () => {
    const found = await said(START, model("a", "end", "b"), model("b", "b", "a"), END);
    expect(found).toEqual([
      "ROUTE_CYCLE the route leads in a circle: b → b",
      "ROUTE_CYCLE the route leads in a circle: a → b → a",
    ]);
  });

  test("ROUTE_STARTS is all that is said of a route without a start", async () => {
    expect(await said(model("a", "end", "end"), END)).toEqual([
      "ROUTE_STARTS the route has no start element",
    ]);
  });

  test("ROUTE_ELEMENT_UNREACHED takes what only unreached elements lead to as unreached", async () => {
    const found = await said(
      START,
      model("a", "end", "end"),
      model("b", "c", "end"),
      model("c", "end", "end"),
      END,
    );
    expect(found).toEqual(
      ["b", "c"].map((id) => `ROUTE_ELEMENT_UNREACHED no request can come to element "${id}"`),
    );
  });

  test("ROUTE_EDGE_TO_NOWHERE names the output and what may have been meant", async () => {
    const config = await loaded(
      gateway(`{ routes: { tiered: { elements: [${START}, ${model("a", "end", "ende")}, ${END}] } } }`),
    );
    const [finding] = findings(config);
    expect(finding?.message).toContain('element "a" leads to "ende" (fallback)');
    expect(finding?.hint).toContain("did you mean end? If it is meant, write");
  });
});
