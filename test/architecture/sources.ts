// Source files as the architecture tests read them: their imports, and their code with comments and texts apart.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

export interface Source {
  /** From the root, with "/". */
  readonly path: string;
  /** First folder under `src`; the file's name for a file of `src` itself. */
  readonly part: string;
  readonly text: string;
  /** The text without comments. */
  readonly code: string;
  /** The code without the contents of its string and template literals. */
  readonly bare: string;
  readonly imports: readonly Import[];
}

export interface Import {
  readonly from: string;
  /** Folder under `src` for one of ours, the package's name for others. */
  readonly part: string;
  readonly ours: boolean;
}

/** Every source file under `src`, sorted. */
export function sources(): readonly Source[] {
  const src = join(ROOT, "src");
  const names = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  return names.sort().map((name) => read(join(src, name)));
}

function read(file: string): Source {
  const text = readFileSync(file, "utf8");
  const { code, bare } = strip(text);
  return {
    path: relative(ROOT, file).replaceAll("\\", "/"),
    part: partOf(file),
    text,
    code,
    bare,
    imports: importsOf(file, code),
  };
}

function partOf(file: string): string {
  return relative(join(ROOT, "src"), file).split(/[\\/]/)[0] ?? "";
}

/** Static and dynamic imports and re-exports, types included. */
export function importsOf(file: string, code: string): Import[] {
  const found = code.matchAll(/(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)["']([^"'\s]+)["']/g);
  return [...found].map((match) => {
    const from = match[1] ?? "";
    const ours = from.startsWith(".");
    const packageName = from.startsWith("@")
      ? from.split("/").slice(0, 2).join("/")
      : (from.split("/")[0] ?? "");
    return {
      from,
      ours,
      part: ours ? partOf(join(dirname(file), from)) : from.startsWith("node:") ? from : packageName,
    };
  });
}

/** Cuts a text into code, literals and comments. Regular expressions count as code. */
export function strip(text: string): { readonly code: string; readonly bare: string } {
  let code = "";
  let bare = "";
  const pattern =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`|\/(?![/*\s])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*(?=\s*[.,;:)\]}\n])|[\s\S]/g;
  for (const [token] of text.matchAll(pattern)) {
    if (token.startsWith("//") || token.startsWith("/*")) continue;
    code += token;
    const quote = token.length > 1 && /^["'`]/.test(token);
    bare += quote ? `${token[0]}${token[0] === "`" ? holesOf(token) : ""}${token[0]}` : token;
  }
  return { code, bare };
}

/** What a template evaluates: its `${…}` parts. */
function holesOf(template: string): string {
  return [...template.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1]).join(" ");
}

/** Every tracked file that is text. */
export function trackedFiles(): readonly { readonly path: string; readonly text: string }[] {
  const names = execFileSync("git", ["ls-files", "-z"], { cwd: ROOT, encoding: "utf8" })
    .split("\0")
    .filter(Boolean);
  return names.flatMap((path) => {
    const bytes = readOrNull(join(ROOT, path));
    return bytes === null || bytes.includes(0) ? [] : [{ path, text: bytes.toString("utf8") }];
  });
}

/** A tracked file may be gone from the working tree. */
function readOrNull(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}
