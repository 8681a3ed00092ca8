/** What `hearth/models` answers, from what was found on this machine and in the catalogue. */

import type { Localizer } from "../base/l10n.ts";
import { pullName } from "../model/catalogue-name.ts";
import type { OllamaFinding } from "../model/findings.ts";
import { type Offer, offersFor } from "../model/plan/offers.ts";
import type { Plan } from "../model/plan/plan.ts";
import type { ModelHere, ModelRole, ModelsResult, OfferedModel } from "../protocol/models.ts";
import { keptUse } from "./kept-use.ts";
import type { FolderContent, KeptModel } from "./model-folder.ts";

export interface FoundModels {
  readonly content: FolderContent;
  readonly ollama: OllamaFinding;
  readonly plan: Plan;
  /** The name of the model that a role is bound to now. */
  readonly bound: Readonly<Partial<Record<ModelRole, string>>>;
  readonly source: string;
}

export async function modelsResult(found: FoundModels, localizer: Localizer): Promise<ModelsResult> {
  const { content, ollama, plan, source } = found;
  const kept = await Promise.all(content.models.map((model) => keptHere(model, found, localizer)));
  const others = ollama.kind === "found" ? ollama.models.map((name) => ollamaHere(name, found)) : [];
  const unfinished = content.leftovers.flatMap(({ pull = "", name, bytes, total }) =>
    total === undefined ? [] : [{ pull, file: name.replace(/\.part$/, ""), bytes, total }],
  );
  const catalogue = offersFor(plan).map((offer) => offered(offer, content.models));
  return { models: [...kept, ...others], unfinished, catalogue, source };
}

async function keptHere(
  { name, path, bytes, record }: KeptModel,
  { bound }: FoundModels,
  { t }: Localizer,
): Promise<ModelHere> {
  const use = await keptUse(path);
  return {
    name: `embedded/${name}`,
    bytes,
    fits: use.kind === "usable" ? use.fits : [],
    usedBy: usedBy(`embedded/${name}`, bound),
    ...(record?.licence === undefined ? {} : { licence: record.licence }),
    ...(use.kind === "unusable" ? { error: t(use.error.sentence, ...use.error.values) } : {}),
  };
}

/** What it can do Ollama says only of one at a time; whoever binds it is told. */
function ollamaHere(model: string, { bound }: FoundModels): ModelHere {
  const name = `ollama/${model}`;
  return { name, bytes: 0, fits: ["complete", "reason"], usedBy: usedBy(name, bound) };
}

function usedBy(name: string, bound: FoundModels["bound"]): readonly ModelRole[] {
  return (["complete", "reason", "embed"] as const).filter((role) => bound[role] === name);
}

function offered({ model, quant, fits, planned }: Offer, kept: readonly KeptModel[]): OfferedModel {
  const { id, name, role, parameters, contextTokens, licence, commercial, languages } = model;
  const file = quant.file?.path.split("/").at(-1)?.toLowerCase();
  const here = kept.find((each) => `${each.name}.gguf`.toLowerCase() === file);
  return {
    id,
    name,
    role,
    quant: quant.quant,
    pull: pullName(model, quant),
    bytes: quant.bytes,
    parameters,
    contextTokens,
    licence,
    commercial,
    languages,
    fits,
    planned: planned ?? null,
    here: here ? `embedded/${here.name}` : "",
  };
}
