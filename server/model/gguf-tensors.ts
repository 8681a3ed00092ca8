/** Checks the table of tensors in a GGUF header: known types, sane shapes, and data inside the file. */

import type { ByteCursor } from "./byte-cursor.ts";
import { tensorTypes } from "./gguf-types.ts";
import { RuntimeError } from "./runtime-error.ts";

export interface TensorTable {
  readonly count: number;
  readonly alignment: number;
}

interface Extent {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
  readonly elements: number;
}

/** The longest name that ggml holds, with its closing zero. */
const mostNameBytes = 64;
const mostDimensions = 4;

/** The bytes and the elements of all tensors together. */
export async function readTensors(
  cursor: ByteCursor,
  table: TensorTable,
): Promise<Pick<Extent, "bytes" | "elements">> {
  const names = new Set<string>();
  const extents: Extent[] = [];
  for (let index = 0; index < table.count; index++) {
    const extent = await readTensor(cursor, table.alignment);
    if (names.has(extent.name))
      throw new RuntimeError("model-invalid", "The model file names the tensor {0} twice.", {
        values: [extent.name],
      });
    names.add(extent.name);
    extents.push(extent);
  }
  const header = Math.ceil(cursor.position / table.alignment) * table.alignment;
  const room = cursor.position + cursor.remaining - header;
  let bytes = 0;
  for (const extent of extents) {
    if (extent.offset + extent.bytes > room) {
      throw new RuntimeError(
        "model-invalid",
        "The model file is cut short: the tensor {0} ends at byte {1}, the file at {2}.",
        { values: [extent.name, header + extent.offset + extent.bytes, header + room] },
      );
    }
    bytes += extent.bytes;
  }
  if (bytes > room) throw new RuntimeError("model-invalid", "The tensors of the model file overlap.");
  return { bytes, elements: extents.reduce((sum, { elements }) => sum + elements, 0) };
}

async function readTensor(cursor: ByteCursor, alignment: number): Promise<Extent> {
  await cursor.need(8);
  const length = cursor.u64();
  if (length === 0n || length >= mostNameBytes)
    throw new RuntimeError("model-invalid", "The model file has a tensor with a bad name.");
  await cursor.need(Number(length) + 4);
  const name = cursor.text(Number(length));
  const dimensions = cursor.u32();
  if (dimensions < 1 || dimensions > mostDimensions) {
    throw new RuntimeError("model-invalid", "The tensor {0} claims {1} dimensions.", {
      values: [name, dimensions],
    });
  }
  await cursor.need(dimensions * 8 + 12);
  const shape = Array.from({ length: dimensions }, () => cursor.u64());
  const size = sizeOf(name, shape, cursor.u32());
  const offset = cursor.u64();
  if (offset % BigInt(alignment) !== 0n || offset > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new RuntimeError("model-invalid", "The tensor {0} lies at byte {1}, which is not aligned to {2}.", {
      values: [name, String(offset), alignment],
    });
  }
  return { name, offset: Number(offset), ...size };
}

function sizeOf(name: string, shape: readonly bigint[], typeId: number): Pick<Extent, "bytes" | "elements"> {
  const type = tensorTypes.get(typeId);
  if (!type) {
    throw new RuntimeError("model-unsupported", "The tensor {0} has the unknown type {1}.", {
      values: [name, typeId],
    });
  }
  const elements = shape.reduce((product, size) => product * size, 1n);
  const rows = shape[0] ?? 0n;
  if (elements <= 0n || elements > BigInt(Number.MAX_SAFE_INTEGER) || rows % BigInt(type.block) !== 0n) {
    throw new RuntimeError("model-invalid", "The tensor {0} has the impossible shape {1} of {2}.", {
      values: [name, shape.join(" × "), type.name],
    });
  }
  const bytes = Number((elements / BigInt(type.block)) * BigInt(type.bytes));
  return { bytes, elements: Number(elements) };
}
