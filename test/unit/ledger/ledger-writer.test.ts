import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyLedger } from "../../../src/ledger/documents.ts";
import { openLedgerWriter } from "../../../src/ledger/ledger-writer.ts";
import type { Ledger } from "../../../src/model/ledger.ts";

/** A store whose writes end when told, and of which one may fail, counted from 1. */
function slowStore(failing: number | null = null) {
  const written: Ledger[] = [];
  const waiting: (() => void)[] = [];
  let running = 0;
  let writes = 0;
  return {
    written,
    /** Lets the write that runs end. */
    finish: () => waiting.shift()?.(),
    waiting,
    backend: {
      write: async (ledger: Ledger, expectedSerial: number) => {
        expect(++running).toBe(1);
        expect(expectedSerial).toBe(written.at(-1)?.serial ?? 0);
        await new Promise<void>((resolve) => waiting.push(resolve));
        running--;
        if (++writes === failing) throw new Error(`write ${writes} failed`);
        written.push(ledger);
      },
    },
  };
}

const own = (name: string) => (ledger: Ledger) => ({
  ...ledger,
  accounts: { ...ledger.accounts, [name]: "x" },
});
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("the ledger writer", () => {
  it("shows an update at once and in order", () => {
    const store = slowStore();
    const writer = openLedgerWriter(store.backend, emptyLedger("a", {}));
    writer.update(own("one"));
    writer.update((ledger) => ({
      ...ledger,
      accounts: { ...ledger.accounts, two: Object.keys(ledger.accounts).join() },
    }));
    expect(writer.current().accounts).toEqual({ one: "x", two: "one" });
  });

  it("covers with one write all that piled up while another ran", async () => {
    const store = slowStore();
    const writer = openLedgerWriter(store.backend, emptyLedger("a", {}));
    const begun = writer.update(own("first"));
    await settle();
    const later = ["b", "c", "d"].map((name) => writer.update(own(name)));
    store.finish();
    await begun;
    expect(Object.keys(store.written[0]?.accounts ?? {})).toEqual(["first"]);
    await settle();
    store.finish();
    await Promise.all(later);
    expect(store.written).toHaveLength(2);
    expect(store.written[1]).toMatchObject({ serial: 2, accounts: { first: "x", b: "x", c: "x", d: "x" } });
  });

  it("writes nothing for an update that changes nothing, yet waits for what it builds on", async () => {
    const store = slowStore();
    const writer = openLedgerWriter(store.backend, emptyLedger("a", {}));
    await writer.update((ledger) => ledger);
    await writer.flush();
    expect(store.written).toHaveLength(0);
    writer.update(own("one"));
    let done = false;
    const same = writer
      .update((ledger) => ledger)
      .then(() => {
        done = true;
      });
    await settle();
    expect(done).toBe(false);
    store.finish();
    await same;
    expect(store.written).toHaveLength(1);
  });

  it("rejects only the update whose function throws", async () => {
    const store = slowStore();
    const writer = openLedgerWriter(store.backend, emptyLedger("a", {}));
    await expect(
      writer.update(() => {
        throw new Error("mine");
      }),
    ).rejects.toThrow("mine");
    const fine = writer.update(own("one"));
    await settle();
    store.finish();
    await fine;
  });

  it("keeps lineage and serial to itself", async () => {
    const store = slowStore();
    const ledger = emptyLedger("a", {});
    const writer = openLedgerWriter(store.backend, ledger);
    const done = writer.update((now) => ({ ...now, lineage: "other", serial: 99 }));
    await settle();
    store.finish();
    await done;
    expect(store.written[0]).toMatchObject({ lineage: ledger.lineage, serial: 1 });
  });

  it("resolves an update only once a write holds it, and fails everything from the first failed write on", async () => {
    const action = fc.constantFrom("update" as const, "finish" as const, "wait" as const, "flush" as const);
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 40 }),
        fc.option(fc.integer({ min: 1, max: 6 })),
        async (actions, failAt) => {
          const store = slowStore(failAt);
          const writer = openLedgerWriter(store.backend, emptyLedger("a", {}));
          const outcomes: ("pending" | "stored" | "failed")[] = [];
          const holds = (index: number) => store.written.at(-1)?.accounts[`u${index}`] === "x";
          let flushed = true;
          let count = 0;
          const all: Promise<unknown>[] = [];
          for (const step of [...actions, ...Array(8).fill("finish")]) {
            if (step === "update") {
              const index = count++;
              outcomes.push("pending");
              all.push(
                writer.update(own(`u${index}`)).then(
                  () => {
                    outcomes[index] = holds(index) ? "stored" : "pending";
                  },
                  () => {
                    outcomes[index] = "failed";
                  },
                ),
              );
            } else if (step === "flush") {
              const upTo = count;
              all.push(
                writer.flush().then(
                  () => {
                    flushed &&= Array.from({ length: upTo }, (_, index) => holds(index)).every(Boolean);
                  },
                  () => undefined,
                ),
              );
            } else if (step === "finish") {
              await settle();
              store.finish();
            } else await settle();
          }
          await settle();
          await Promise.all(all);
          const failedFrom = outcomes.indexOf("failed");
          const stored = failedFrom === -1 ? outcomes : outcomes.slice(0, failedFrom);
          expect(stored.every((outcome) => outcome === "stored")).toBe(true);
          expect(outcomes.slice(stored.length).every((outcome) => outcome === "failed")).toBe(true);
          expect(store.written.map((ledger) => ledger.serial)).toEqual(
            store.written.map((_, index) => index + 1),
          );
          expect(flushed).toBe(true);
          expect(store.waiting).toHaveLength(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});
