/** What each role is bound to, as a person is told of it. Pure. */

import type { Localizer } from "../base/l10n.ts";
import type { ReasonState } from "../features/chat/reason-role.ts";
import type { ModelState } from "../features/completion/completion-model.ts";
import { explainError } from "../model/explain-error.ts";
import type { RuntimeError } from "../model/runtime-error.ts";
import type { RoleStatus } from "../protocol/status.ts";

/** What is wrong with the model of this one, the state of the server says. */
export function describeComplete(model: ModelState, { t }: Localizer): RoleStatus {
  const builtin = { runtime: "builtin", model: "ngram", label: t("built in (learns from this workspace)") };
  switch (model.kind) {
    case "off":
      return { ...unbound, label: t("off"), state: "off" };
    case "ready": {
      const { runtime, name } = model.model.info;
      return { runtime, model: name, label: name, state: "ready" };
    }
    case "none":
    case "choosing":
      return { ...builtin, state: "ready" };
    case "loading":
    case "failed":
      return { ...builtin, state: model.kind };
  }
}

export function describeReason(state: ReasonState, localizer: Localizer): RoleStatus {
  const { t } = localizer;
  switch (state.kind) {
    case "off":
      return { ...unbound, label: t("off"), state: "off" };
    case "untrusted":
      return { ...unbound, label: t("off: this workspace is not trusted"), state: "off" };
    case "choosing":
      return { ...unbound, label: t("looking for one"), state: "loading" };
    case "none": {
      const mend = { title: t("See what this machine can run"), command: "hearth.plan" };
      return { ...unbound, label: t("no model that reasons is here yet"), state: "none", mend };
    }
    case "idle":
    case "loading":
    case "ready": {
      const { runtime, name } = state.model;
      return { runtime, model: name, label: name, state: state.kind };
    }
    case "failed": {
      const mend = { title: t("Run the doctor"), command: "hearth.doctor" };
      const message = whyNot(state.error, localizer);
      return { ...unbound, label: t("{0} does not run", state.name), state: "failed", message, mend };
    }
  }
}

/** Nothing is searched by meaning yet. */
export function describeEmbed({ t }: Localizer): RoleStatus {
  return { ...unbound, label: t("off"), state: "off" };
}

const unbound = { runtime: "none", model: "" } as const;

function whyNot(error: RuntimeError, localizer: Localizer): string {
  const { message, mend } = explainError(error, localizer, "roles.reason");
  const why = /[.。]$/.test(message) ? message : localizer.t("{0}.", message);
  return `${why} ${mend}`;
}
