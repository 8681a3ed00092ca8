/**
 * `node bench/plan.ts [--only embedded|llama-server] [--match 32b]`: what the planner says that a model takes,
 * against what the runtime reports of its load, and against what its process has in memory once a prompt has
 * filled the context. The models are the test model and scripted ones in the shapes of real models made smaller. It
 * needs a real llama-server (test/runtime/real.md).
 */

import { existsSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readGgufFile } from "../server/model/gguf.ts";
import { shapeOf } from "../server/model/gguf-shape.ts";
import { loadBytes, reportedBytes, sumOf } from "../server/model/plan/load-bytes.ts";
import { writeScripted } from "../test/support/scripted-model.ts";
import { type PlanCase, planCases } from "./cases/plan-cases.ts";
import { loadedBy, type MeasuredCase } from "./loaded-models.ts";

const { values: flags } = parseArgs({ options: { only: { type: "string" }, match: { type: "string" } } });
const mostError = 0.1;
const mib = 1024 ** 2;

const folder = await mkdtemp(join(tmpdir(), "hearth-plan-"));
const worst = { reported: 0, resident: 0 };
try {
  console.log(
    "model, as it is loaded".padEnd(68),
    "reported: said, was, off",
    "   in memory: said, was, off",
  );
  for (const each of planCases(folder)) {
    if (flags.only !== undefined && each.way.runtime !== flags.only) continue;
    if (!each.name.includes(flags.match ?? "")) continue;
    if (each.shape && !existsSync(each.path)) await writeScripted(each.path, { infill: "x" }, each.shape);
    print(each, await predicted(each), await loadedBy[each.way.runtime](each));
  }
} finally {
  rmSync(folder, { recursive: true });
}
for (const [what, error] of Object.entries(worst))
  console.log(`${what}: off by ${percent(error)} at most, target ${percent(mostError)}: ${verdict(error)}`);
if (worst.reported > mostError) process.exitCode = 1;

async function predicted({ path, contextTokens, kvType, slots, way }: PlanCase): Promise<MeasuredCase> {
  const header = await readGgufFile(path);
  const load = { shape: shapeOf(header), weightBytes: header.weightBytes, contextTokens, kvType, slots };
  return { reported: reportedBytes(load, way), resident: sumOf(loadBytes(load, way)) };
}

function print(each: PlanCase, said: MeasuredCase, was: MeasuredCase): void {
  const { name, contextTokens, kvType, slots, way } = each;
  const how = `${name}, ${way.runtime}, ${slots} × ${contextTokens} ${kvType}, flash ${way.flash}`;
  console.log(how.padEnd(68), column(said, was, "reported"), column(said, was, "resident"));
}

function column(said: MeasuredCase, was: MeasuredCase, what: keyof MeasuredCase): string {
  if (Number.isNaN(was[what])) return " ".repeat(35);
  const error = said[what] / was[what] - 1;
  worst[what] = Math.max(worst[what], Math.abs(error));
  return [said[what], was[what]].map(size).join("") + percent(error).padStart(9);
}

function size(bytes: number): string {
  return `${(bytes / mib).toFixed(1)} MiB`.padStart(13);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function verdict(error: number): string {
  return error <= mostError ? "met" : "missed";
}
