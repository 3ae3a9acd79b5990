/**
 * Cloudflare's own TypeScript SDK, unmodified, over a server under test: only its base URL is another one. What it is
 * called with is recorded, so that a test can tell which of its methods have been driven.
 */
import { Cloudflare } from "cloudflare";
import { type Api, clock, start } from "./api.ts";

type Settings = NonNullable<ConstructorParameters<typeof Cloudflare>[0]>;

/** The resources of the SDK that are about what the server has. */
function resourcesOf({ aiGateway, secretsStore, accounts, user }: Cloudflare) {
  return { aiGateway, secretsStore, accountTokens: accounts.tokens, userTokens: user.tokens };
}

type Resources = Readonly<ReturnType<typeof resourcesOf>>;

export interface Sdk extends Resources {
  readonly api: Api;
  readonly account_id: string;
  /** Methods that have been called, e.g. `aiGateway.urls.get`. */
  readonly called: ReadonlySet<string>;
  /** The same with other settings, another credential say. */
  as(settings: Settings): Resources;
  /** Moves the server's clock. */
  pass(ms: number): void;
}

/** Starts a server and a client of it that does not retry unless its settings say so. */
export async function sdk(options: Parameters<typeof start>[0] = {}, settings: Settings = {}): Promise<Sdk> {
  const time = clock();
  const api = await start({ now: time.now, ...options });
  const { base_url, api_token, account_id } = api.connection.cloudflare;
  const client = new Cloudflare({ baseURL: base_url, ...quiet, apiToken: api_token, ...settings });
  const called = new Set<string>();
  return {
    ...recordedAll(client, called),
    api,
    account_id,
    called,
    as: (others) => recordedAll(client.withOptions(others), called),
    pass: time.pass,
  };
}

/** Nothing of what a developer's environment may have set. */
const quiet = { apiKey: null, apiEmail: null, userServiceKey: null, logLevel: "off", maxRetries: 0 } as const;

function recordedAll(client: Cloudflare, called: Set<string>): Resources {
  const { aiGateway, secretsStore, accountTokens, userTokens } = resourcesOf(client);
  return {
    aiGateway: recorded(aiGateway, "aiGateway", called),
    secretsStore: recorded(secretsStore, "secretsStore", called),
    accountTokens: recorded(accountTokens, "accountTokens", called),
    userTokens: recorded(userTokens, "userTokens", called),
  };
}

/** Every method that the SDK has for what the server is about, found by reflection. */
export function everyMethod(): string[] {
  const resources = resourcesOf(new Cloudflare({ ...quiet, apiToken: "none" }));
  return Object.entries(resources).flatMap(([name, resource]) => methodsBelow(resource, name));
}

function methodsBelow(resource: object, path: string): string[] {
  const below = Object.entries(resource).flatMap(([name, part]) =>
    isResource(part) ? methodsBelow(part, `${path}.${name}`) : [],
  );
  const own: string[] = [];
  // Methods are on the base of each resource class, the class itself adds its sub-resources.
  for (let level = Object.getPrototypeOf(resource); level !== Object.prototype; ) {
    own.push(...Object.getOwnPropertyNames(level).filter((name) => name !== "constructor"));
    level = Object.getPrototypeOf(level);
  }
  return [...own.map((name) => `${path}.${name}`), ...below];
}

function isResource(value: unknown): value is object {
  return typeof value === "object" && value !== null && "_client" in value;
}

function recorded<T extends object>(resource: T, path: string, called: Set<string>): T {
  return new Proxy(resource, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(target, name);
      if (isResource(value)) return recorded(value, `${path}.${String(name)}`, called);
      if (typeof value !== "function") return value;
      return (...parameters: unknown[]): unknown => {
        called.add(`${path}.${String(name)}`);
        return Reflect.apply(value, target, parameters);
      };
    },
  });
}

interface Pages<T> {
  iterPages(): AsyncIterable<{ getPaginatedItems(): T[] }>;
}

/** Lets the SDK turn all pages of a list: the items, and how many each page had. */
export async function everyPage<T>(list: PromiseLike<Pages<T>>): Promise<{ items: T[]; sizes: number[] }> {
  const items: T[] = [];
  const sizes: number[] = [];
  for await (const page of (await list).iterPages()) {
    items.push(...page.getPaginatedItems());
    sizes.push(page.getPaginatedItems().length);
  }
  return { items, sizes };
}
