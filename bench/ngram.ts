/**
 * How often the rest of a line is guessed: `node bench/ngram.ts [--set tuning] [--misses]` prints one table.
 * Every system sees the same cases, and is timed the first time that it sees one. "Surest" is right among the
 * quarter with the highest confidence.
 */

import { parseArgs } from "node:util";
import { isExact, type LineEndCase, lineEndCases } from "./cases/line-ends.ts";
import { heldOutPackages, loadPackage, type SourcePackage, tuningPackages } from "./cases/packages.ts";
import { measureCosts } from "./ngram-costs.ts";
import { builtin, type CompletionSystem, copying } from "./ngram-systems.ts";
import { testModel } from "./test-model-system.ts";

const { values } = parseArgs({
  options: {
    set: { type: "string", default: "held-out" },
    count: { type: "string", default: "120" },
    misses: { type: "boolean", default: false },
  },
});

const systems: readonly CompletionSystem[] = [copying, testModel(), builtin()];
const specs = values.set === "tuning" ? tuningPackages : heldOutPackages;
const packages = await Promise.all(specs.map((spec) => loadPackage(spec)));
const rows: Record<string, string | number>[] = [];
for (const system of systems) rows.push(summary(system.name, await answers(system, packages)));
console.table(rows);
console.table([measureCosts(packages)]);

interface Answer {
  readonly item: LineEndCase;
  readonly offered: string;
  readonly exact: boolean;
  readonly confidence: number;
  readonly sure: boolean;
  readonly first: number;
  readonly fastest: number;
}

async function answers(system: CompletionSystem, sources: readonly SourcePackage[]): Promise<Answer[]> {
  const result: Answer[] = [];
  for (const source of sources) {
    await system.prepare?.(source);
    for (const item of lineEndCases(source, Number(values.count))) {
      await system.open?.(item);
      const { offer, first, fastest } = await timed(() => system.complete(item));
      const exact = offer !== undefined && isExact(offer.text, item);
      const answer = {
        item,
        offered: offer?.text ?? "",
        exact,
        confidence: offer?.confidence ?? -1,
        sure: offer?.sure ?? false,
        first,
        fastest,
      };
      result.push(answer);
      if (values.misses && !exact) printMiss(answer);
    }
  }
  await system.dispose?.();
  return result;
}

/** How long the first answer took, and the fastest of three: the difference is what else the machine does. */
async function timed(complete: () => ReturnType<CompletionSystem["complete"]>): Promise<{
  readonly offer: Awaited<ReturnType<typeof complete>>;
  readonly first: number;
  readonly fastest: number;
}> {
  const start = performance.now();
  const offer = await complete();
  const first = performance.now() - start;
  if (first > 100) return { offer, first, fastest: first };
  const times = [first];
  while (times.length < 3) {
    const again = performance.now();
    await complete();
    times.push(performance.now() - again);
  }
  return { offer, first, fastest: Math.min(...times) };
}

function summary(name: string, all: readonly Answer[]): Record<string, string | number> {
  const surest = all.toSorted((a, b) => b.confidence - a.confidence).slice(0, Math.round(all.length / 4));
  const shown = all.filter((answer) => answer.sure);
  const first = all.map((answer) => answer.first);
  const fastest = all.map((answer) => answer.fastest);
  return {
    system: name,
    cases: all.length,
    "exact %": percent(all),
    "surest 1/4 %": isRanked(all) ? percent(surest) : "–",
    "shown %": round((100 * shown.length) / all.length),
    "right when shown %": percent(shown),
    "p50 ms": round(quantile(first, 0.5)),
    "p95 ms": round(quantile(first, 0.95)),
    "p50 ms, fastest of 3": round(quantile(fastest, 0.5)),
    ...Object.fromEntries(
      packages.map((source) => [
        source.name.replace(/(?<=.)@.*/, ""),
        percent(all.filter((answer) => answer.item.package === source)),
      ]),
    ),
  };
}

/** A system that is equally sure of everything has no surest quarter. */
function isRanked(all: readonly Answer[]): boolean {
  return new Set(all.filter(({ offered }) => offered !== "").map(({ confidence }) => confidence)).size > 1;
}

function quantile(times: readonly number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * share)] ?? 0;
}

function percent(answered: readonly Answer[]): number {
  return round((100 * answered.filter((answer) => answer.exact).length) / Math.max(1, answered.length));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function printMiss({ item, offered, confidence }: Answer): void {
  const line = item.text.slice(item.text.lastIndexOf("\n", item.offset - 1) + 1, item.offset);
  console.log(`${item.path}  ${confidence.toFixed(2)}\n  ${line}|\n  = ${item.expected}\n  ? ${offered}`);
}
