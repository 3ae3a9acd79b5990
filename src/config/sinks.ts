// The sinks of a resource as runs use them, and which of them are one and the same place.

import type { SecretMark, SecretSource } from "../base/expression.ts";
import type { FileSink, Sink } from "../model/sink.ts";
import { sinkTarget } from "../render/sink-target.ts";
import type { WrittenSink } from "./deliver.ts";
import { pathFromCwd, relocateSource } from "./paths.ts";
import type { RawResource } from "./raw.ts";
import type { Path } from "./tree.ts";

/** Variables that sinks take their token from where no file says otherwise. */
export const SINK_TOKENS = { github: "GITHUB_TOKEN", vercel: "VERCEL_TOKEN" } as const;

const VERCEL_TARGETS = ["production", "preview", "development"] as const;

/** A resource's sinks with paths from `cwd` and names filled in; `undefined` when it has no `deliver`. */
export function sinksOf(raw: RawResource, cwd: string): readonly Sink[] | undefined {
  if (raw.deliver === undefined) return undefined;
  // `deliverSchema` has checked the shape.
  return (raw.deliver as readonly WrittenSink[]).map((sink, index): Sink => {
    if ("stdout" in sink) return { stdout: {} };
    if ("command" in sink) return commandOf(sink.command);
    if ("github_actions_secret" in sink) return githubOf(sink.github_actions_secret, raw, index, cwd);
    if ("vercel_env" in sink) return vercelOf(sink.vercel_env, raw, index, cwd);
    return fileOf(sink.file, raw, index, cwd);
  });
}

function vercelOf(
  { token, name, type, targets, ...place }: Extract<WrittenSink, { vercel_env: unknown }>["vercel_env"],
  raw: RawResource,
  index: number,
  cwd: string,
): Sink {
  return {
    vercel_env: {
      ...definedOf(place),
      name: name ?? variableName(raw.map_key),
      type: type ?? "sensitive",
      // In one order, so that a saved plan does not change with that of the file.
      targets: VERCEL_TARGETS.filter((target) => (targets as readonly string[]).includes(target)),
      token: tokenOf(token, { env: SINK_TOKENS.vercel }, raw, ["deliver", index, "vercel_env"], cwd),
    },
  };
}

function githubOf(
  {
    token,
    name,
    ...place
  }: Extract<WrittenSink, { github_actions_secret: unknown }>["github_actions_secret"],
  raw: RawResource,
  index: number,
  cwd: string,
): Sink {
  return {
    github_actions_secret: {
      ...definedOf(place),
      // GitHub keeps names in capitals.
      name: (name ?? variableName(raw.map_key)).toUpperCase(),
      token: tokenOf(
        token,
        { env: SINK_TOKENS.github },
        raw,
        ["deliver", index, "github_actions_secret"],
        cwd,
      ),
    },
  };
}

/** The reference to a sink's own credential. */
function tokenOf(
  token: SecretMark | undefined,
  otherwise: SecretSource,
  raw: RawResource,
  path: Path,
  cwd: string,
): SecretSource {
  return relocateSource(token?.$secret.source ?? otherwise, raw.node, [...path, "token"], cwd);
}

/** Without the members that are left out. */
function definedOf<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  // The cast says what the filter does.
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function fileOf(
  file: Extract<WrittenSink, { file: unknown }>["file"],
  raw: RawResource,
  index: number,
  cwd: string,
): Sink {
  const path = pathFromCwd(raw.node, ["deliver", index, "file", "path"], file.path, cwd);
  const format = file.format ?? "raw";
  const name = format === "raw" ? file.name : (file.name ?? variableName(raw.map_key));
  return { file: { path, format, ...(name === undefined ? {} : { name }) } };
}

function commandOf({ argv, env, check, undo }: Extract<WrittenSink, { command: unknown }>["command"]): Sink {
  return {
    command: {
      argv,
      env: env ?? [],
      ...(check === undefined ? {} : { check }),
      ...(undo === undefined ? {} : { undo }),
    },
  };
}

/** `web-ci` → `WEB_CI`; one that would begin with a digit gets a `_` before it. */
function variableName(key: string): string {
  const name = key.toUpperCase().replaceAll(/[^A-Z0-9_]/g, "_");
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** Where a sink puts a value. A second value there would overwrite the first. */
export interface Place {
  /** What people call it. */
  readonly shown: readonly string[];
  /** What it takes up. */
  readonly takes: readonly string[];
  /** What nobody else may have taken up. */
  readonly excludes: readonly string[];
}

/** The place of a sink; `undefined` where any number of values may go. */
export function placeOf(sink: Sink): Place | undefined {
  if ("file" in sink) return placeInFile(sink.file);
  if ("command" in sink) {
    const key = JSON.stringify(["command", ...sink.command.argv]);
    return { shown: [sink.command.argv.join(" ")], takes: [key], excludes: [key] };
  }
  if ("github_actions_secret" in sink) {
    const { repository, environment = "", organization = "", name } = sink.github_actions_secret;
    // GitHub's names are the same in all cases of letters, but for environments'.
    const key = JSON.stringify([
      "github",
      (repository ?? organization).toLowerCase(),
      repository === undefined ? "" : environment,
      name,
    ]);
    return { shown: [sinkTarget(sink)], takes: [key], excludes: [key] };
  }
  if ("vercel_env" in sink) {
    const { team = "", project, name, targets } = sink.vercel_env;
    const keys = targets.map((target) => JSON.stringify(["vercel", team, project, name, target]));
    return { shown: [sinkTarget(sink)], takes: keys, excludes: keys };
  }
  return undefined;
}

/** Values with names may share a file of one format. */
function placeInFile({ path, format, name }: FileSink): Place {
  const key = (...parts: readonly string[]) => JSON.stringify(["file", path, ...parts]);
  const shown = name === undefined ? [path] : [path, name];
  if (format === "raw") {
    return { shown, takes: [key("raw")], excludes: [key("raw"), key("dotenv"), key("json")] };
  }
  const entry = key(format, name ?? "");
  return {
    shown,
    takes: [key(format), entry],
    excludes: [key("raw"), key(format === "json" ? "dotenv" : "json"), entry],
  };
}
