/** Which models `hearth.pullModel` offers: what was begun, what the plan chooses, what fits, and the rest. */

import type { ModelsResult, OfferedModel, UnfinishedModel } from "../../server/protocol/models.ts";
import { fileSize } from "../editor/sizes.ts";
import type { Translate } from "../translate.ts";

export interface PullChoice {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

export interface PullGroup {
  readonly title: string;
  readonly choices: readonly PullChoice[];
}

/** What is here already is left out. */
export function pullChoices({ catalogue, unfinished }: ModelsResult, t: Translate): readonly PullGroup[] {
  const missing = catalogue.filter(({ here }) => here === "");
  const group = (title: string, models: readonly OfferedModel[]): PullGroup => ({
    title,
    choices: models.map((model) => offered(model, t)),
  });
  const groups = [
    {
      title: t("Not finished"),
      choices: unfinished.filter(({ pull }) => pull !== "").map((model) => begun(model, t)),
    },
    group(
      t("Planned for this machine"),
      missing.filter(({ planned }) => planned !== null),
    ),
    group(
      t("Fit this machine too"),
      missing.filter(({ planned, fits }) => planned === null && fits),
    ),
    group(
      t("Too large for this machine"),
      missing.filter(({ planned, fits }) => planned === null && !fits),
    ),
  ];
  return groups.filter(({ choices }) => choices.length > 0);
}

function offered(
  { name, quant, pull, bytes, licence, commercial, languages, role }: OfferedModel,
  t: Translate,
) {
  const terms = commercial ? licence : t("{0}, not for work", licence);
  return {
    name: pull,
    label: `${name} ${quant}`,
    description: [fileSize(bytes), terms].join(" · "),
    detail: [roleWords(role, t), languages].join(" · "),
  };
}

function begun({ pull, file, bytes, total }: UnfinishedModel, t: Translate): PullChoice {
  const share = total > 0 ? Math.floor((bytes / total) * 100) : 0;
  return {
    name: pull,
    label: file,
    description: t("{0} of {1} are here", fileSize(bytes), fileSize(total)),
    detail: t("goes on at {0} %", share),
  };
}

function roleWords(role: OfferedModel["role"], t: Translate): string {
  if (role === "complete") return t("completes code");
  return role === "reason" ? t("reasons, for hearth ask") : t("searches by meaning; nothing asks it yet");
}
