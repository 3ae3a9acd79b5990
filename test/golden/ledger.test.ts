import { describe, expect, test } from "vitest";
import type { Ledger } from "../../src/model/ledger.ts";
import {
  renderLedgerHistoryJson,
  renderLedgerHistoryMarkdown,
  renderLedgerHistoryText,
} from "../../src/render/ledger-history.ts";
import {
  renderLedgerShowJson,
  renderLedgerShowMarkdown,
  renderLedgerShowText,
} from "../../src/render/ledger-show.ts";
import { PLAIN } from "../../src/render/style.ts";
import { FINGERPRINT, hostileLedger, SALT, sampleLedger } from "./sample-ledger.ts";

const show = (ledger: Ledger, addresses: readonly string[] = []) => ({
  place: "file .gateform/acme-prod.ledger.json",
  lock: "not held",
  ledger,
  addresses,
});
const history = (ledger: Ledger, addresses: readonly string[] = []) => ({
  stack: ledger.stack,
  place: "file .gateform/acme-prod.ledger.json",
  runs: ledger.history ?? [],
  addresses,
});
/** Every rendering of a ledger. */
const all = (ledger: Ledger): readonly string[] => [
  renderLedgerShowText(show(ledger), { style: PLAIN }),
  renderLedgerShowJson(show(ledger), {}),
  renderLedgerShowMarkdown(show(ledger)),
  renderLedgerHistoryText(history(ledger), { style: PLAIN }),
  renderLedgerHistoryJson(history(ledger), {}),
  renderLedgerHistoryMarkdown(history(ledger)),
];

describe("a shown ledger", () => {
  test("has all that is known of every entry", async () => {
    const [text, json, markdown] = all(sampleLedger);
    await expect(text).toMatchFileSnapshot("__snapshots__/ledger/show.txt");
    await expect(json).toMatchFileSnapshot("__snapshots__/ledger/show.json");
    await expect(markdown).toMatchFileSnapshot("__snapshots__/ledger/show.md");
  });

  test("has only the entries that were asked for, and still counts all", () => {
    const asked = show(sampleLedger, ["vercel.key.ci"]);
    const { count, resources } = JSON.parse(renderLedgerShowJson(asked, {}));
    expect(Object.keys(resources)).toEqual(["vercel.key.ci"]);
    expect(count).toBe(4);
    expect(renderLedgerShowText(asked, { style: PLAIN })).not.toContain("cloudflare.gateway.support");
  });
});

describe("a shown history", () => {
  test("has who did what when, the newest run first", async () => {
    const [, , , text, , markdown] = all(sampleLedger);
    await expect(text).toMatchFileSnapshot("__snapshots__/ledger/history.txt");
    await expect(markdown).toMatchFileSnapshot("__snapshots__/ledger/history.md");
  });

  test("has only the runs and changes that concern what was asked for", () => {
    const asked = history(sampleLedger, ["cloudflare.gateway.support"]);
    const { history: runs } = JSON.parse(renderLedgerHistoryJson(asked, {}));
    expect(runs).toHaveLength(1);
    expect(runs[0].changes).toHaveLength(1);
    expect(renderLedgerHistoryText(asked, { style: PLAIN })).not.toContain("vercel.key.ci");
  });

  test("says that there is none", () => {
    const { history: _, ...young } = sampleLedger;
    expect(renderLedgerHistoryText(history(young), { style: PLAIN })).toContain("remembers no run");
  });
});

test("no rendering of a ledger holds a fingerprint or the salt", () => {
  const entries = Object.entries(sampleLedger.resources);
  const imprint = { at: 1, preview: FINGERPRINT, rest: "sha256:00" };
  const imprinted = Object.fromEntries(entries.map(([address, entry]) => [address, { ...entry, imprint }]));
  for (const text of [...all(sampleLedger), ...all({ ...sampleLedger, resources: imprinted })]) {
    expect(text).not.toContain(FINGERPRINT.slice(4));
    expect(text).not.toContain(SALT.slice(5));
  }
});

test("a secret that nobody could compare is said to be so, in every form", () => {
  const resources = Object.fromEntries(
    Object.entries(sampleLedger.resources).map(([address, entry]) => [
      address,
      { ...entry, applied: { secret: { $secret: { fingerprint: FINGERPRINT, unverified: true } } } },
    ]),
  );
  for (const text of all({ ...sampleLedger, resources })) {
    if (!text.includes("applied")) continue;
    expect(text).toMatch(/never verified|"unverified": true/);
    expect(text).not.toContain(FINGERPRINT.slice(4));
  }
});

test("no text in a ledger acts on a terminal, or in a comment", () => {
  for (const [index, text] of all(hostileLedger).entries()) {
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    const inCode = text.replaceAll(/^(`{3,})text\n[\s\S]*?^\1$/gm, "").replaceAll(/(`+)[^`][\s\S]*?\1/g, "");
    if (index % 3 === 2) expect(inCode).not.toMatch(/@octocat|<img|\[text\]/);
  }
});
