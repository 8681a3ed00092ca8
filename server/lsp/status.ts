/** What the status item says, from the state of the services. Pure. */

import type { Localizer } from "../base/l10n.ts";
import type { ReasonState } from "../features/chat/reason-role.ts";
import type { ModelState } from "../features/completion/completion-model.ts";
import { describeStep } from "../model/describe-step.ts";
import { explainError } from "../model/explain-error.ts";
import type { StatusParams, StatusState } from "../protocol/status.ts";
import { describeComplete, describeEmbed, describeReason } from "./role-status.ts";

/** How far the reading of the workspace is. */
export interface ReadingProgress {
  readonly files: number;
}

export interface StatusFacts {
  readonly completionEnabled: boolean;
  readonly model: ModelState;
  readonly reason: ReasonState;
  readonly trusted: boolean;
  /** Undefined when nothing is being read. */
  readonly reading: ReadingProgress | undefined;
}

export function describeStatus(facts: StatusFacts, localizer: Localizer): StatusParams {
  const roles = {
    complete: describeComplete(facts.model, localizer),
    reason: describeReason(facts.reason, localizer),
    embed: describeEmbed(localizer),
  };
  const { mend, ...rest } = { state: stateOf(facts), ...describeState(facts, localizer) };
  return { ...rest, roles, ...(mend ? { mend } : {}) };
}

function stateOf(facts: StatusFacts): StatusState {
  if (!facts.completionEnabled || facts.model.kind === "off") return "paused";
  if (facts.model.kind === "failed") return "failed";
  return facts.model.kind === "loading" || facts.reading ? "busy" : "ready";
}

function describeState(
  { completionEnabled, model, trusted, reading }: StatusFacts,
  localizer: Localizer,
): Pick<StatusParams, "message" | "mend"> {
  const { t } = localizer;
  if (!completionEnabled) {
    return {
      message: t("Completion while typing is off."),
      mend: { title: t("Turn it on"), command: "hearth.toggle" },
    };
  }
  switch (model.kind) {
    case "off":
      return { message: t("Nobody completes code: the role is set to off.") };
    case "failed":
      return describeFailure(model, localizer);
    case "loading":
      if (model.step) return { message: describeStep(model.step, localizer) };
      return {
        message: t("{0} is loading; the built-in completer answers meanwhile.", shortName(model.name)),
      };
    case "none":
    case "choosing":
    case "ready":
  }
  if (reading) {
    return { message: t("Reading the workspace: {0} files so far.", reading.files) };
  }
  if (!trusted) return { message: t("This workspace is not trusted: no model is used.") };
  const reduced = model.kind === "ready" ? model.model.info.reduced : undefined;
  if (!reduced) return { message: "" };
  const { sentence, values } = reduced;
  return {
    message: t(sentence, ...values),
    mend: { title: t("Try it in full again"), command: "hearth.restart" },
  };
}

function describeFailure(
  { name, error }: Extract<ModelState, { readonly kind: "failed" }>,
  localizer: Localizer,
): Pick<StatusParams, "message" | "mend"> {
  const { t } = localizer;
  const { message, mend } = explainError(error, localizer);
  const why = /[.。]$/.test(message) ? message : t("{0}.", message);
  return {
    message: t("{0} is not used. {1} {2}", shortName(name), why, mend),
    mend: { title: t("Run the doctor"), command: "hearth.doctor" },
  };
}

/** A model may be named by its path. */
function shortName(name: string): string {
  return name.split(/[\\/]/).at(-1) ?? name;
}
