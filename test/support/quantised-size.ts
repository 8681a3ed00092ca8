/**
 * How many bytes a model's tensors take once llama.cpp has quantised them, from the model's shape alone. The
 * choice of types is that of `llama_tensor_get_type_impl` in llama.cpp's src/llama-quant.cpp (b11434).
 */

import type { CatalogueModel } from "../../server/model/catalogue.ts";

export type Shape = CatalogueModel["shape"];

export function quantisedBytes(shape: Shape, quant: string): number {
  const matrices = matricesOf(shape);
  const bits = matrices.reduce(
    (sum, matrix) => sum + matrix.rows * matrix.columns * bitsOf(matrix, shape, quant),
    0,
  );
  return Math.round(bits / 8);
}

export function parametersOf(shape: Shape): number {
  return matricesOf(shape).reduce((sum, { rows, columns }) => sum + rows * columns, 0);
}

interface Matrix {
  readonly kind: "embedding" | "output" | "value" | "down" | "other";
  readonly layer: number;
  readonly columns: number;
  readonly rows: number;
}

/** Norms and biases are left out: they are less than a thousandth. */
function matricesOf(shape: Shape): readonly Matrix[] {
  const { embedding, vocabulary, layers, tied } = shape;
  const ends: Matrix[] = [{ kind: "embedding", layer: 0, columns: embedding, rows: vocabulary }];
  if (!tied) ends.push({ kind: "output", layer: 0, columns: embedding, rows: vocabulary });
  return [...ends, ...Array.from({ length: layers }, (_, layer) => layerOf(shape, layer)).flat()];
}

function layerOf(shape: Shape, layer: number): readonly Matrix[] {
  const { embedding, heads, kvHeads, headDimension, gated } = shape;
  const queries = heads * headDimension;
  const keys = kvHeads * headDimension;
  const attention: Matrix[] = [
    { kind: "other", layer, columns: embedding, rows: queries },
    { kind: "other", layer, columns: embedding, rows: keys },
    { kind: "value", layer, columns: embedding, rows: keys },
    { kind: "other", layer, columns: queries, rows: embedding },
  ];
  const times = shape.experts?.count ?? 1;
  const width = shape.experts?.feedForward ?? shape.feedForward;
  const up: Matrix = { kind: "other", layer, columns: embedding, rows: width * times };
  return [
    ...attention,
    ...(gated ? [up, up] : [up]),
    { kind: "down", layer, columns: width, rows: embedding * times },
  ];
}

type Type = "F16" | "Q8_0" | "Q6_K" | "Q5_K" | "Q4_K" | "Q3_K" | "Q5_1" | "Q5_0" | "Q4_0";

/** Bits a weight, from the block layouts in ggml-common.h. */
const bits: Readonly<Record<Type, number>> = {
  F16: 16,
  Q8_0: 8.5,
  Q6_K: 6.5625,
  Q5_K: 5.5,
  Q4_K: 4.5,
  Q3_K: 3.4375,
  Q5_1: 6,
  Q5_0: 5.5,
  Q4_0: 4.5,
};

const bases: Readonly<Record<string, Type>> = {
  F16: "F16",
  Q8_0: "Q8_0",
  Q6_K: "Q6_K",
  Q5_K_M: "Q5_K",
  Q4_K_M: "Q4_K",
  Q4_K_S: "Q4_K",
  Q3_K_M: "Q3_K",
};

function bitsOf(matrix: Matrix, shape: Shape, quant: string): number {
  const base = bases[quant];
  if (base === undefined) throw new Error(`no rule for ${quant}`);
  const type =
    matrix.columns % 256 === 0
      ? wanted(matrix, shape, quant, base)
      : fallback(wanted(matrix, shape, quant, base));
  return bits[type];
}

function wanted({ kind, layer }: Matrix, shape: Shape, quant: string, base: Type): Type {
  if (base === "F16" || base === "Q8_0") return base;
  if (kind === "output" || (kind === "embedding" && shape.tied)) return "Q6_K";
  if (kind !== "value" && kind !== "down") return base;
  const { layers } = shape;
  switch (quant) {
    case "Q5_K_M":
    case "Q4_K_M":
      return moreBits(layer, layers) ? "Q6_K" : base;
    case "Q4_K_S":
      return layer < (kind === "value" ? 4 : Math.floor(layers / 8)) ? "Q5_K" : base;
    case "Q3_K_M":
      return layer < (kind === "value" ? 2 : Math.floor(layers / 16)) ? "Q5_K" : "Q4_K";
    default:
      return base;
  }
}

function moreBits(layer: number, layers: number): boolean {
  const eighth = Math.floor(layers / 8);
  return layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2;
}

/** Where a row is no multiple of 256. */
function fallback(type: Type): Type {
  const others: Partial<Record<Type, Type>> = { Q6_K: "Q8_0", Q5_K: "Q5_1", Q4_K: "Q5_0", Q3_K: "Q4_0" };
  return others[type] ?? type;
}
