/** What a model of Ollama is and can do, read from what Ollama shows of it. */

import * as v from "valibot";
import { type FimFamilyId, fimFamilies, fimFamilyIds } from "../../model/fim.ts";
import { detectReasoning, familyByName } from "../../model/fim-detection.ts";
import { type ModelInfo, toReduction } from "../../model/model-info.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { isBareTemplate } from "./bare-template.ts";
import { modelCard } from "./model-card.ts";
import type { LoadedModel, ModelOptions, OllamaModel } from "./ollama-api.ts";
import { readVocabulary, type Vocabulary } from "./vocabulary.ts";

export interface Known {
  readonly wanted: string;
  readonly shown: OllamaModel;
  readonly vocabulary: Vocabulary;
  readonly thinks: boolean;
  readonly reasons: boolean;
  /** Whose control tokens it knows. */
  readonly family: FimFamilyId | undefined;
}

export function knownOf({ wanted, shown }: Pick<Known, "wanted" | "shown">): Known {
  const vocabulary = readVocabulary(shown.model_info);
  const thinks = shown.capabilities.includes("thinking");
  const reasons = thinks || detectReasoning({ chatTemplate: shown.template, name: wanted }, wanted);
  return { wanted, shown, vocabulary, thinks, reasons, family: fimOf({ wanted, shown, vocabulary }) };
}

export function infoOf(
  { wanted, shown, reasons, family }: Known,
  { asked, loaded }: { readonly asked: ModelOptions; readonly loaded: LoadedModel | undefined },
): ModelInfo {
  const held = Math.min(asked.options.num_ctx, loaded?.context_length ?? Infinity);
  const contextTokens = Math.min(held, trainedContext(shown));
  // The form in which prompts come that its own template asks for anew.
  const fim = family ?? (inserts(shown) ? "qwen" : undefined);
  const card = modelCard(shown);
  const spill = loaded && spillOf(loaded);
  return {
    runtime: "ollama",
    name: wanted,
    contextTokens,
    ...(held > contextTokens ? { untrainedTokens: held - contextTokens } : {}),
    reasons,
    ...(isBareTemplate(shown) ? { chats: false } : {}),
    ...(fim === undefined ? {} : { fim }),
    ...(Object.keys(card).length === 0 ? {} : { sampling: card }),
    ...(spill ? { reduced: toReduction(spill) } : {}),
  };
}

export function inserts({ capabilities }: OllamaModel): boolean {
  return capabilities.includes("insert");
}

/** As `/api/show` writes the parameters of a model's file: Go's quotes, which are JSON's for all that is printed. */
export function stopsOf({ parameters }: OllamaModel): readonly string[] {
  const stops = [...parameters.matchAll(/^stop\s+(".*")$/gm)].map(([, quoted]) =>
    v.safeParse(v.pipe(v.string(), v.parseJson(), v.string()), quoted),
  );
  return stops.flatMap((stop) => (stop.success ? [stop.output] : []));
}

/** Thoughts are read here only as `<think>` has them. */
export function canRender({ parser, template }: OllamaModel, thinks: boolean): boolean {
  return parser === "" && (!thinks || template.includes("<think>"));
}

export function trainedContext({ model_info: info }: OllamaModel): number {
  const trained = info[`${String(info["general.architecture"])}.context_length`];
  return typeof trained === "number" && trained > 0 ? trained : Infinity;
}

/** What the GPU's memory did not hold Ollama has put elsewhere by itself. */
export function spillOf({ name, size, size_vram: vram }: LoadedModel): RuntimeError | undefined {
  if (vram === 0 || vram >= size) return undefined;
  const share = Math.round((100 * (size - vram)) / size);
  return new RuntimeError(
    "out-of-memory",
    "{0} does not fit into the GPU's memory: {1} % of it is computed on the CPU, which is slower.",
    { values: [name, share] },
  );
}

interface Fim {
  readonly wanted: string;
  readonly shown: OllamaModel;
  readonly vocabulary: Vocabulary;
}

/** By its name, or else by the tokens that its own template fills in the middle with. */
function fimOf({ wanted, shown, vocabulary }: Fim): FimFamilyId | undefined {
  const has = (id: FimFamilyId) => controlsOf(id).every((token) => vocabulary.has(token));
  const { "general.name": general, "general.basename": base } = shown.model_info;
  const names = [wanted, general, base].filter((name) => typeof name === "string");
  const named = familyByName(names);
  if (named && has(named)) return named;
  if (!inserts(shown)) return undefined;
  return fimFamilyIds.find(
    (id) => has(id) && controlsOf(id).every((token) => shown.template.includes(token)),
  );
}

function controlsOf(id: FimFamilyId): readonly string[] {
  const { prefix, suffix, middle } = fimFamilies[id];
  return [prefix, suffix, middle].filter((token) => token !== undefined);
}
