/** The models of an Ollama that can take the place of one where memory does not hold it. */

import { detectReasoning, familyByName } from "../../model/fim-detection.ts";
import type { OllamaApi, OllamaModel } from "./ollama-api.ts";

export interface SizedModel {
  readonly name: string;
  readonly weightBytes: number;
  /** That a GPU can take. */
  readonly layers: number;
}

/** What is hardly smaller would hardly fit better. */
const mostShare = 0.8;
/** Each is asked what it can do. */
const mostAsked = 8;

/** The one that is named, then smaller ones that do the same, the largest first. */
export async function sizedModels(
  api: Pick<OllamaApi, "models" | "describe">,
  name: string,
  signal: AbortSignal,
): Promise<readonly SizedModel[]> {
  const all = await api.models(signal);
  const names = new Set([name, `${name}:latest`]);
  const asked = all.find((model) => names.has(model.name)) ?? { name, size: 0 };
  const smaller = all
    .filter((model) => model.remote_host === "" && model.size > 0 && model.size < asked.size * mostShare)
    .toSorted((a, b) => b.size - a.size)
    .slice(0, mostAsked);
  const described = await Promise.all(
    [asked, ...smaller].map(async (model) => ({ ...model, shown: await api.describe(model.name, signal) })),
  );
  const [first, ...others] = described;
  if (!first) return [];
  const kind = kindOf(first.name, first.shown);
  // It is called as it was asked for.
  return [{ ...first, name }, ...others.filter((model) => kindOf(model.name, model.shown) === kind)].map(
    ({ name: named, size, shown }) => ({ name: named, weightBytes: size, layers: layersOf(shown) }),
  );
}

/** The output layer counts as one. */
export function layersOf({ model_info: info }: OllamaModel): number {
  const blocks = info[`${String(info["general.architecture"])}.block_count`];
  return typeof blocks === "number" && blocks > 0 ? blocks + 1 : 0;
}

/** Equal for models that are asked in the same way and answer in the same. */
function kindOf(name: string, { model_info: info, capabilities, template }: OllamaModel): string {
  const names = [name, info["general.name"], info["general.basename"]].filter(
    (one) => typeof one === "string",
  );
  const reasons =
    capabilities.includes("thinking") || detectReasoning({ chatTemplate: template, name }, name);
  const can = ["completion", "insert", "embedding"].filter((one) => capabilities.includes(one));
  return JSON.stringify([familyByName(names), reasons, can]);
}
