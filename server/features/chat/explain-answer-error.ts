/** Why a question has no answer, in the person's language, with what mends it and what of that a click can do. */

import type { Localizer } from "../../base/l10n.ts";
import { explainError } from "../../model/explain-error.ts";
import type { RuntimeError, RuntimeErrorCode } from "../../model/runtime-error.ts";
import type { ChatError } from "../../protocol/chat.ts";
import type { MendAction } from "../../protocol/doctor.ts";
import { actionsOf, mendActions } from "../doctor/mend-actions.ts";

/** What another model would mend. */
const wantsModel: ReadonlySet<RuntimeErrorCode> = new Set([
  "model-not-found",
  "model-invalid",
  "model-unsupported",
  "capability-missing",
  "no-answer",
  "context-overflow",
]);

export function explainAnswerError(error: RuntimeError, localizer: Localizer): ChatError {
  const { code, message, mend } = explainError(error, localizer, "roles.reason");
  const plan: MendAction = {
    command: "hearth.plan",
    arguments: [],
    title: localizer.t("See what this machine can run"),
  };
  // That command chooses who completes.
  const own = actionsOf(error, localizer).filter(({ command }) => command !== "hearth.chooseModel");
  const actions = mendActions(mend, wantsModel.has(code) ? [plan, ...own] : own, localizer);
  return { code, message, mend, mendActions: actions };
}
