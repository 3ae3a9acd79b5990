// Rules of the house that a reader can check line by line: purity, kinds, streams, sizes, headers, paths.

import { describe, expect, test } from "vitest";
import { type Source, sources, trackedFiles } from "./sources.ts";

const files = sources();
const PURE = ["base", "model", "engine", "render"];

function offences(list: readonly Source[], of: "code" | "bare", pattern: RegExp): string[] {
  return list.flatMap((file) =>
    file[of].split("\n").flatMap((line) => (pattern.test(line) ? [`${file.path}: ${line.trim()}`] : [])),
  );
}

describe("the pure core", () => {
  const core = files.filter((file) => PURE.includes(file.part));

  test("reads no clock, rolls no dice, logs nothing and knows no process", () => {
    const impure =
      /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\b|\bconsole\b|\bprocess\b|\bfetch\(|\bset(?:Timeout|Interval|Immediate)\b|\brandom(?:UUID|Bytes)\b/;
    expect(offences(core, "bare", impure)).toEqual([]);
  });

  test("is synchronous", () => {
    expect(offences(core, "bare", /\basync\b|\bawait\b|\bPromise\b/)).toEqual([]);
  });
});

describe("knowledge of kinds", () => {
  const outside = files.filter((file) => !["providers", "reference-server"].includes(file.part));

  test("is in the providers alone: nothing else names a kind", () => {
    // Examples in what describes a schema are prose.
    const named = offences(outside, "code", /["'`](?:cloudflare|vercel)\.[a-z_]+["'`]/);
    expect(named.filter((line) => !/\bexamples: |\babout\(/.test(line))).toEqual([]);
  });

  test("is never asked for by comparing names", () => {
    const names = "gateways?|provider_configs?|secrets_store|keys?|rules?|budgets?|virtual_models?|tokens?";
    const compared = new RegExp(
      `\\b(?:kind|noun|section)\\s*[!=]==?\\s*["'\`](?:${names})["'\`]|\\.kind\\s*[!=]==?\\s*["'\`]`,
    );
    expect(offences(outside, "code", compared)).toEqual([]);
    expect(offences(outside, "code", /case\s+["'`](?:cloudflare|vercel)\b/)).toEqual([]);
  });
});

describe("the value of a secret", () => {
  // Sent to a vendor, a proxy, the ledger's server or a sink; compared; searched for, to be hidden. Nothing else.
  const OPENED = [
    "src/app/check-secret.ts",
    "src/app/fingerprints.ts",
    "src/app/ledger-key.ts",
    "src/app/materialise.ts",
    "src/app/open-ledger.ts",
    "src/app/sinks/command-sink.ts",
    "src/app/sinks/file-sink.ts",
    "src/app/sinks/github-sink.ts",
    "src/app/sinks/stdout-sink.ts",
    "src/app/sinks/vercel-sink.ts",
    "src/cli/run-apply.ts",
    "src/provider/auth.ts",
    "src/provider/body.ts",
    "src/provider/http.ts",
    "src/provider/mask.ts",
    "src/provider/network.ts",
    "src/provider/proxy.ts",
    "src/provider/scrub.ts",
    "src/providers/cloudflare/kinds/custom-provider.ts",
    "src/providers/cloudflare/login.ts",
  ];

  test("leaves its wrapper in the named files alone", () => {
    const opening = files.filter(({ bare }) =>
      /\breveal\s*[()]|\.reveal\b(?=\s*[;,)])|\["reveal"\]/.test(bare),
    );
    const callers = opening.map(({ path }) => path).filter((path) => path !== "src/provider/secret.ts");
    expect(callers).toEqual(OPENED);
  });
});

describe("every source file", () => {
  test("leaves streams and exit codes to the command line", () => {
    const others = files.filter((file) => file.part !== "cli");
    expect(
      offences(others, "bare", /\bprocess\.(?:stdout|stderr|stdin|exit|exitCode|abort)\b|\bconsole\./),
    ).toEqual([]);
  });

  test("exports by name", () => {
    expect(offences(files, "bare", /\bexport\s+default\b|\bas\s+default\b/)).toEqual([]);
  });

  // `import { z }` takes all of zod into the bundle, with messages in fifty languages: 40 ms at every start.
  test("imports zod as a namespace", () => {
    expect(offences(files, "code", /^import \{.*from "zod"/)).toEqual([]);
  });

  test("has at most 350 lines", () => {
    const long = files.filter((file) => file.text.trimEnd().split("\n").length > 350);
    expect(long.map((file) => file.path)).toEqual([]);
  });

  test("says at its head what it is for", () => {
    const silent = files.filter((file) => !/^(?:#![^\n]*\n)?(?:\/\/ \S|\/\*\*?\s+\S)/.test(file.text));
    expect(silent.map((file) => file.path)).toEqual([]);
  });

  test("has a name in kebab-case", () => {
    const odd = files.filter(
      (file) => !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*\.ts$/.test(file.path),
    );
    expect(odd.map((file) => file.path)).toEqual([]);
  });

  test("leaves nothing to be done", () => {
    expect(
      files.filter((file) => /\b(?:TODO|FIXME|XXX|HACK)\b/.test(file.text)).map((file) => file.path),
    ).toEqual([]);
  });
});

describe("every tracked file", () => {
  // Put together from pieces, so that this file does not find itself.
  const machine = new RegExp(
    [
      ["", "work", ""].join("/"),
      ["", "home", "[a-z]"].join("/"),
      ["", "Users", "[A-Za-z]"].join("/"),
      ["", "root", ""].join("/"),
      ["bash", "jobs"].join("_"),
    ].join("|"),
  );
  const registry = new RegExp(
    ["npm" + "js\\.(?:org|com)", "yarn" + "pkg\\.com", "arti" + "factory", "//regis" + "try\\."].join("|"),
    "i",
  );

  test("is free of paths of a machine", () => {
    expect(found(machine)).toEqual([]);
  });

  test("is free of the hosts of registries", () => {
    expect(found(registry)).toEqual([]);
  });

  function found(pattern: RegExp): string[] {
    return trackedFiles().flatMap(({ path, text }) => {
      const match = pattern.exec(text);
      return match === null ? [] : [`${path}: ${text.slice(match.index, match.index + 60).split("\n")[0]}`];
    });
  }
});
