import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { failureWire } from "../../src/reference-server/cloudflare/envelopes.ts";
import { endpoints } from "../../src/reference-server/endpoints.ts";
import { createRouter } from "../../src/reference-server/router.ts";
import { profiles } from "../../src/reference-server/switches.ts";
import { errorWire } from "../../src/reference-server/vercel/shapes.ts";

const fixtureShape = z.strictObject({
  source: z.string().min(10),
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]),
  path: z.string().startsWith("/"),
  request: z.unknown().optional(),
  status: z.int(),
  response: z.unknown(),
});

const root = join(import.meta.dirname, "../fixtures");
const fixtures = ["cloudflare", "vercel"].flatMap((vendor) =>
  readdirSync(join(root, vendor)).map((file) => {
    const value: unknown = JSON.parse(readFileSync(join(root, vendor, file), "utf8"));
    return { vendor, name: `${vendor}/${file}`, fixture: fixtureShape.parse(value) };
  }),
);
const route = createRouter(endpoints);

function endpointOf(fixture: z.infer<typeof fixtureShape>) {
  const path = fixture.path.split("?")[0] ?? "";
  return route(fixture.method, path, profiles.live)?.endpoint;
}

describe.each(fixtures)("$name", ({ vendor, fixture }) => {
  const endpoint = endpointOf(fixture);

  test("is of an endpoint that the server has", () => {
    expect(endpoint?.vendor).toBe(vendor);
  });

  test("has a response that the server's shape accepts and re-emits unchanged", () => {
    if (fixture.status >= 400) {
      const shape = vendor === "cloudflare" ? failureWire : errorWire;
      expect(shape.parse(fixture.response)).toEqual(fixture.response);
    } else if (endpoint?.reply === undefined) {
      expect(fixture.response).toBeNull();
    } else {
      expect(endpoint.reply.parse(fixture.response)).toEqual(fixture.response);
    }
  });
});

const withRequest = fixtures.filter(({ fixture }) => fixture.request !== undefined);

test.each(withRequest)("$name has a request that the server's shape accepts unchanged", ({ fixture }) => {
  expect(endpointOf(fixture)?.request?.parse(fixture.request)).toEqual(fixture.request);
});

test("every endpoint has a fixture of a good answer", () => {
  // Equivalent paths differ in the version prefix only.
  const plain = (path: string) => path.replace(/^\/v[12]\//, "/").replaceAll(/:[^/]+/g, ":");
  const covered = new Set(
    fixtures
      .filter(({ fixture }) => fixture.status < 300)
      .map(({ fixture }) => `${fixture.method} ${plain(endpointOf(fixture)?.path ?? "")}`),
  );
  const missing = endpoints
    .map((endpoint) => `${endpoint.method} ${plain(endpoint.path)}`)
    .filter((endpoint) => !covered.has(endpoint));
  expect(missing).toEqual([]);
});

test("a response with an unknown field is not accepted", () => {
  const found = fixtures.find(({ name }) => name === "vercel/rule-create.json")?.fixture;
  const reply = found === undefined ? undefined : endpointOf(found)?.reply;
  const changed = { ...(found?.response as object), surprise: true };
  expect(reply?.safeParse(changed).success).toBe(false);
});
