// Pieces of markdown for the generated pages. Knows nothing of what is documented.

/** Stands on top of every generated page. */
export const GENERATED =
  "<!-- Generated from the code by `npm run generate`. Edits here are lost; a test fails when this page is out of date. -->";

/** A page: its notice, its title, its parts with one blank line between them. */
export function page(title: string, ...parts: readonly string[]): string {
  return `${[GENERATED, `# ${title}`, ...parts].join("\n\n")}\n`;
}

/** A table; columns that are empty in every row are left out. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const kept = heads.map((_, index) => index).filter((index) => rows.some((row) => row[index] !== ""));
  const line = (cells: readonly string[]): string =>
    `| ${kept.map((index) => cell(cells[index] ?? "")).join(" | ")} |`;
  return [line(heads), `|${kept.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

/** Text for one cell. Outside code spans, what looks like a tag would vanish. */
function cell(text: string): string {
  const parts = text
    .replaceAll("|", "\\|")
    .replaceAll("\n", " ")
    .split(/(`[^`]*`)/);
  return parts.map((part, index) => (index % 2 === 0 ? part.replaceAll("<", "&lt;") : part)).join("");
}

export function code(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

export function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

export function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}
