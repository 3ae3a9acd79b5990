/**
 * The types of Cloudflare's TypeScript SDK 7.3.0 against the shapes that the server answers in, both profiles at once.
 * Compared when types are (`npm run typecheck`), not when this runs. Fields that the SDK counts on are always there and
 * there are no others; where the value of a field may be another, it stands here with the reason.
 */
import type { Cloudflare } from "cloudflare";
import { expectTypeOf, test } from "vitest";
import type { z } from "zod";
import type { providerWire } from "../../src/reference-server/cloudflare/custom-provider-shapes.ts";
import type { gatewayWire } from "../../src/reference-server/cloudflare/gateway-shapes.ts";
import type { providerConfigWire } from "../../src/reference-server/cloudflare/provider-configs.ts";
import type {
  bareRouteWire,
  madeVersionWire,
  routeVersionWire,
  routeWire,
  taggedRouteWire,
} from "../../src/reference-server/cloudflare/route-shapes.ts";
import type { secretWire } from "../../src/reference-server/cloudflare/secrets.ts";
import type { storeWire } from "../../src/reference-server/cloudflare/secrets-stores.ts";
import type {
  newTokenWire,
  tokenWire,
  verifyWire,
} from "../../src/reference-server/cloudflare/token-shapes.ts";

type Gateways = Cloudflare["aiGateway"];
type Routes = Gateways["dynamicRouting"];
type Stores = Cloudflare["secretsStore"]["stores"];
type Tokens = Cloudflare["accounts"]["tokens"];

/** What a method resolves to; of a list, one item. */
type Theirs<Method> = Method extends (...parameters: never[]) => PromiseLike<infer Answer>
  ? Answer extends { getPaginatedItems(): (infer Item)[] }
    ? Item
    : Answer
  : never;

type Always<T> = { [Name in keyof T]-?: undefined extends T[Name] ? never : Name }[keyof T];

/** Without the `undefined` that zod adds to what may be left out. */
type Sent<T> = T extends object ? { [Name in keyof T]: Sent<Exclude<T[Name], undefined>> } : T;

interface Difference<Sdk, Wire extends z.ZodType> {
  /** The SDK counts on it and the server may leave it out. */
  missing: Exclude<Always<Sdk>, Always<z.infer<Wire>>>;
  /** The server answers it and the SDK does not know it. */
  unknown: Exclude<keyof z.infer<Wire>, keyof Sdk>;
  /** Both have it, and the server may answer what the SDK does not expect. */
  other: Others<Sdk, z.infer<Wire>>;
}

type Others<Sdk, Ours> = {
  [Name in keyof Sdk & keyof Ours]-?: Sent<Ours[Name]> extends Sdk[Name] | undefined ? never : Name;
}[keyof Sdk & keyof Ours];

interface None {
  missing: never;
  unknown: never;
  other: never;
}

test("answers about gateways have the types of the SDK", () => {
  expectTypeOf<Difference<Theirs<Gateways["get"]>, typeof gatewayWire>>().toEqualTypeOf<None>();
  expectTypeOf<Difference<Theirs<Gateways["list"]>, typeof gatewayWire>>().toEqualTypeOf<None>();
  expectTypeOf<Difference<Theirs<Gateways["delete"]>, typeof gatewayWire>>().toEqualTypeOf<None>();
});

test("answers about provider configs and custom providers have them, but for 0 and 1 and for null", () => {
  type Configs = Gateways["providerConfigs"];
  type Config = Difference<Theirs<Configs["list"]>, typeof providerConfigWire>;
  expectTypeOf<Difference<Theirs<Configs["create"]>, typeof providerConfigWire>>().toEqualTypeOf<Config>();
  // default_config: 0 and 1 on the live wire (observed 2026). The others: null where nothing is set.
  expectTypeOf<Config>().toEqualTypeOf<{
    missing: never;
    unknown: never;
    other: "default_config" | "rate_limit" | "rate_limit_period";
  }>();
  // null in the examples of docs *Custom Providers* (2026), which is what profile live answers.
  expectTypeOf<Difference<Theirs<Gateways["customProviders"]["get"]>, typeof providerWire>>().toEqualTypeOf<{
    missing: never;
    unknown: never;
    other: "curl_example" | "description" | "headers" | "js_example" | "link" | "position";
  }>();
});

test("answers about routes have them, but for how the live API shows a graph", () => {
  // No `elements` live; `data` an array and `active` a boolean there (ALC, DIS 2026).
  interface Graph {
    missing: "elements";
    unknown: never;
    other: "elements" | "version";
  }
  expectTypeOf<Difference<Theirs<Routes["create"]>, typeof routeWire>>().toEqualTypeOf<Graph>();
  expectTypeOf<Difference<Theirs<Routes["get"]>, typeof routeWire>>().toEqualTypeOf<Graph>();
  type Listed = Theirs<Routes["list"]>["data"]["routes"][number];
  expectTypeOf<Difference<Listed, typeof taggedRouteWire>>().toEqualTypeOf<Graph>();
  expectTypeOf<
    Difference<Theirs<Routes["update"]>["route"], typeof taggedRouteWire>
  >().toEqualTypeOf<Graph>();
  interface Bare {
    missing: "elements";
    unknown: never;
    other: "elements";
  }
  expectTypeOf<Difference<Theirs<Routes["delete"]>, typeof bareRouteWire>>().toEqualTypeOf<Bare>();
  expectTypeOf<Difference<Theirs<Routes["createDeployment"]>, typeof bareRouteWire>>().toEqualTypeOf<Bare>();
  // The live API says which version it has made (ALC 2026).
  expectTypeOf<Difference<Theirs<Routes["createVersion"]>, typeof madeVersionWire>>().toEqualTypeOf<{
    missing: "elements";
    unknown: "version_id";
    other: "elements";
  }>();
  expectTypeOf<Difference<Theirs<Routes["getVersion"]>, typeof routeVersionWire>>().toEqualTypeOf<{
    missing: "data" | "elements";
    unknown: never;
    other: "active" | "data" | "elements";
  }>();
});

test("answers about stores, secrets and tokens have them, but for null", () => {
  expectTypeOf<Difference<Theirs<Stores["list"]>, typeof storeWire>>().toEqualTypeOf<None>();
  expectTypeOf<Difference<Theirs<Stores["get"]>, typeof storeWire>>().toEqualTypeOf<None>();
  // null on the wire where there is none (ALC 2026).
  type Secret = Difference<Theirs<Stores["secrets"]["list"]>, typeof secretWire>;
  expectTypeOf<Secret>().toEqualTypeOf<{ missing: never; unknown: never; other: "comment" }>();
  // null in answers for a token that was never used.
  interface Unused {
    missing: never;
    unknown: never;
    other: "last_used_on";
  }
  expectTypeOf<Difference<Theirs<Tokens["get"]>, typeof tokenWire>>().toEqualTypeOf<Unused>();
  expectTypeOf<Difference<Theirs<Tokens["create"]>, typeof newTokenWire>>().toEqualTypeOf<Unused>();
  expectTypeOf<Difference<Theirs<Tokens["verify"]>, typeof verifyWire>>().toEqualTypeOf<None>();
});
