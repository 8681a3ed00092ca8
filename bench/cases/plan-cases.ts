/** Loads whose bytes are predicted and measured: the catalogue's shapes made smaller, in the ways that matter. */

import { join } from "node:path";
import { type CatalogueModel, catalogueModel } from "../../server/model/catalogue.ts";
import type { LoadWay } from "../../server/model/plan/load-way.ts";
import type { KvType } from "../../server/model/plan/plan.ts";
import type { ScriptedShape } from "../../test/support/scripted-model.ts";

export interface PlanCase {
  readonly name: string;
  readonly path: string;
  /** Of one that has yet to be written. */
  readonly shape?: ScriptedShape;
  /** Of one slot. */
  readonly contextTokens: number;
  readonly kvType: KvType;
  readonly slots: number;
  readonly way: LoadWay;
}

type Load = Omit<PlanCase, "name" | "path" | "shape">;

const server = (flash: LoadWay["flash"], load: Partial<Load> = {}): Load => ({
  contextTokens: 2048,
  kvType: "f16",
  slots: 1,
  way: { runtime: "llama-server", where: "cpu", flash },
  ...load,
});
const embedded = (contextTokens: number): Load => ({
  contextTokens,
  kvType: "f16",
  slots: 1,
  way: { runtime: "embedded", where: "cpu", flash: "off" },
});

const all: readonly Load[] = [
  server("off"),
  server("on"),
  server("on", { kvType: "q8_0" }),
  server("off", { slots: 2, contextTokens: 1024 }),
  server("on", { slots: 2, contextTokens: 1024 }),
  server("off", { contextTokens: 16_384 }),
  server("on", { contextTokens: 16_384, kvType: "q8_0" }),
  embedded(8192),
];
const few: readonly Load[] = [server("on"), server("off", { contextTokens: 8192, slots: 2 }), embedded(4096)];

/** By how much a model's width, layers and vocabulary are divided; the size of its heads stays. */
const models: readonly (readonly [id: string, divisor: number, loads: readonly Load[]])[] = [
  ["qwen2.5-coder-0.5b", 3, all],
  ["deepseek-r1-distill-qwen-1.5b", 4, all],
  ["deepseek-r1-distill-qwen-7b", 7, few],
  ["deepseek-r1-distill-llama-8b", 8, all],
  ["deepseek-r1-0528-qwen3-8b", 8, few],
  ["deepseek-r1-distill-qwen-14b", 8, few],
  ["deepseek-r1-distill-qwen-32b", 10, all],
  ["deepseek-r1-distill-llama-70b", 16, few],
];

/** The models come to lie in `folder`. */
export function planCases(folder: string): readonly PlanCase[] {
  const cases: PlanCase[] = [];
  const test = { name: "test model", path: "test/fixtures/models/seedling-q8_0.gguf" };
  const short = [server("off"), server("on"), server("on", { slots: 2 })];
  for (const load of short) cases.push({ ...test, ...load, contextTokens: 1024 });
  cases.push({ ...test, ...embedded(1024) });
  for (const [id, divisor, loads] of models) {
    for (const load of loads) {
      const path = join(folder, `${id}-${load.contextTokens}.gguf`);
      const shape = smaller(id, { divisor, contextTokens: load.contextTokens });
      cases.push({ name: `${id} / ${divisor}`, path, shape, ...load });
    }
  }
  return cases;
}

function smaller(
  id: string,
  { divisor, contextTokens }: { readonly divisor: number; readonly contextTokens: number },
): ScriptedShape {
  const model = catalogueModel(id);
  if (!model) throw new Error(`the catalogue has no ${id}`);
  const { layers, heads, kvHeads, headDimension, feedForward, vocabulary } = model.shape;
  const fewer = Math.max(1, Math.round(heads / divisor));
  const keys = Math.max(1, Math.round(kvHeads / divisor));
  const each = Math.max(1, Math.round(fewer / keys));
  return {
    architecture: architectureOf(model),
    layers: Math.max(2, Math.round(layers / divisor)),
    heads: each * keys,
    kvHeads: keys,
    headDimension,
    width: each * keys * headDimension,
    feedForward: Math.round(feedForward / divisor / 64) * 64,
    vocabulary: Math.round(vocabulary / divisor),
    weights: "Q8_0",
    contextTokens,
    name: id,
  };
}

function architectureOf({ id }: CatalogueModel): "llama" | "qwen2" {
  return id.includes("llama") ? "llama" : "qwen2";
}
