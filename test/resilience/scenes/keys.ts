// The scenes of keys and tokens: values that the vendor shows once, on their way to their sinks, for the first time and
// as successors of others.

import type { JsonObject } from "../../../src/base/json.ts";
import type { Entries, Sample } from "../../contract/sample.ts";
import { token } from "../../contract/samples/cloudflare-token.ts";
import { key } from "../../contract/samples/vercel-key.ts";
import { addressOf, type Scene, type Script } from "./scene.ts";

/** How old a value may become, where it does; a scene's ones are older. */
export const ROTATE_AFTER = "30d";
/** How long one works on after another has taken its place. */
export const GRACE = "24h";

const due = { rotate_after: ROTATE_AFTER, grace: GRACE };
const run = { permissions: ["AI Gateway Run"] };

/** The repository and the project that values go to. */
export const REPOSITORY = "acme/web";
const project = { project: "web", team: "acme", targets: ["production"], token: { env: "PROJECT_TOKEN" } };

const inFile = (name: string): JsonObject => ({ file: { path: `out/${name}` } });
const atGithub = (name: string): JsonObject => ({ github_actions_secret: { repository: REPOSITORY, name } });
const atVercel = (name: string, type: string): JsonObject => ({ vercel_env: { ...project, name, type } });

/** Sinks of an entry, and what `Stage.sinks` calls them. */
interface Sinks {
  readonly deliver: readonly JsonObject[];
  readonly places: readonly string[];
}

/** One file. */
function file(name: string): Sinks {
  return { deliver: [inFile(name)], places: [`file out/${name}`] };
}

/** Two files around what requests go to. What the vendor of the variables can bring back depends on their type. */
function everywhere(type: string): (name: string) => Sinks {
  return (name) => {
    const upper = name.toUpperCase();
    return {
      deliver: [inFile(`${name}.first`), atGithub(upper), atVercel(upper, type), inFile(`${name}.last`)],
      places: [`file out/${name}.first`, `github ${upper}`, `vercel ${upper}`, `file out/${name}.last`],
    };
  };
}

function keysScene(
  name: string,
  sample: Sample,
  { before, after, foreign }: Script,
  sinksOf: (name: string) => Sinks = file,
): Scene {
  const block = (entries: Entries): JsonObject => {
    const delivered = Object.fromEntries(
      Object.entries(entries).map(([entry, body]) => [entry, { ...body, deliver: sinksOf(entry).deliver }]),
    );
    return sample === key ? { vercel: { keys: delivered } } : { cloudflare: { tokens: delivered } };
  };
  const rotated = Object.keys(after).filter((entry) => entry in before && after[entry]?.rotate_after);
  return {
    name,
    kinds: [sample.kind],
    before: [block({ ...before, ...foreign })],
    after: block(after),
    foreign: Object.keys(foreign).map((entry) => addressOf(sample, entry)),
    env: sample.env,
    delivered: Object.fromEntries(
      Object.keys(after).map((entry) => [addressOf(sample, entry), sinksOf(entry).places]),
    ),
    rotated: rotated.map((entry) => addressOf(sample, entry)),
  };
}

/** Two of one name, both of which get another value, and a third one of that name, which is nobody's here. */
const ofOneName = (body: JsonObject): Script => ({
  before: { one: { ...body, name: "shared" }, two: { ...body, name: "shared" } },
  after: { one: { ...body, ...due, name: "shared" }, two: { ...body, ...due, name: "shared" } },
  foreign: { theirs: { ...body, name: "shared" } },
});

export const keyScenes: readonly Scene[] = [
  keysScene("cloudflare.token", token, {
    before: { caller: run, gone: run },
    after: { caller: { permissions: ["AI Gateway Read"], name: "support caller" }, fresh: run },
    foreign: { theirs: run },
  }),
  keysScene("vercel.key", key, {
    before: { ci: { budget: { limit: 500 } }, web: {}, gone: {} },
    after: {
      ci: { budget: { limit: 250 } },
      web: { project_id: "prj_docs" },
      fresh: { budget: { limit: 5 } },
    },
    foreign: { theirs: {} },
  }),
  ...[
    { sample: token, body: run, type: "sensitive" },
    { sample: key, body: {}, type: "encrypted" },
  ].flatMap(({ sample, body, type }) => [
    keysScene(
      `${sample.kind} for a server`,
      sample,
      {
        before: { ci: body },
        after: { ci: { ...body, ...due }, web: body },
        foreign: { theirs: { ...body, name: "ci" } },
      },
      everywhere(type),
    ),
    keysScene(`${sample.kind}s of one name`, sample, ofOneName(body)),
  ]),
  keysScene("vercel.key that is replaced and rotated", key, {
    before: { ci: {} },
    after: { ci: { ...due, project_id: "prj_docs" } },
    foreign: { theirs: { name: "ci" } },
  }),
];
