/** A model file that is here, as a plan knows models: for one who plans with nothing but those. */

import { type CatalogueModel, catalogue } from "../catalogue.ts";
import { detectFim, detectReasoning } from "../fim-detection.ts";
import { leastParameters } from "../findings.ts";
import type { GgufHeader } from "../gguf-header.ts";
import { shapeOf } from "../gguf-shape.ts";
import { quantIn } from "../quant-in-name.ts";

export interface FileOnDisk {
  /** The name that `embedded/…` takes. */
  readonly name: string;
  readonly path: string;
  readonly licence: string | undefined;
}

/** Undefined for one that neither completes nor reasons, or is so small that it is for tests. */
export function modelOnDisk(
  { name, path, licence }: FileOnDisk,
  header: GgufHeader,
): CatalogueModel | undefined {
  const fim = detectFim(header, path);
  const role = fim === undefined ? "reason" : "complete";
  if (fim === undefined && !detectReasoning(header, path)) return undefined;
  if (header.parameters < leastParameters) return undefined;
  const shape = { ...shapeOf(header), tied: false };
  const { parameters, trainedContextTokens: contextTokens, weightBytes } = header;
  const known = catalogue.find((model) => model.role === role && alike(model, shape));
  const active = known?.activeParameters ?? activeOf(parameters, shape);
  return {
    id: `embedded/${name}`,
    name: known?.name ?? header.name ?? name,
    role,
    parameters,
    ...(active === undefined ? {} : { activeParameters: active }),
    shape,
    contextTokens,
    template: fim ?? "deepseek-r1",
    licence: licence ?? known?.licence ?? "unknown",
    commercial: known?.commercial ?? false,
    languages: known?.languages ?? "",
    quants: [{ quant: quantIn(name) ?? "GGUF", bytes: weightBytes, from: "published" }],
    sources: [],
  };
}

function alike({ shape }: CatalogueModel, other: CatalogueModel["shape"]): boolean {
  const keys = ["layers", "embedding", "feedForward", "heads", "kvHeads", "headDimension"] as const;
  return keys.every((key) => shape[key] === other[key]);
}

/** Where most weights are those of experts. */
function activeOf(parameters: number, { experts }: CatalogueModel["shape"]): number | undefined {
  return experts && Math.round((parameters * experts.used) / experts.count);
}
