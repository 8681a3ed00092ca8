/** What a person is told when a model or runtime fails: what happened, why, and what mends it. */

import type { Localizer } from "../base/l10n.ts";
import type { RuntimeError, RuntimeErrorCode } from "./runtime-error.ts";

export interface Explanation {
  readonly code: RuntimeErrorCode;
  /** What happened and why, in the person's language; the words of other programs as they are. */
  readonly message: string;
  readonly mend: string;
}

export type RoleKey = "roles.complete" | "roles.reason";

/** `role`: the setting that the mends name; they are written for the role that most errors are about. */
export function explainError(
  error: RuntimeError,
  localizer: Localizer,
  role: RoleKey = "roles.complete",
): Explanation {
  const { what, mend } = lacksFolder(error) ? withoutFolder(localizer) : sentences[error.code](localizer);
  const { mend: sentence, values } = error;
  const why = localizer.t(error.sentence, ...values);
  const message = why === "" ? what : localizer.t("{0}: {1}", withoutStop(what), why);
  return {
    code: error.code,
    message,
    mend: (sentence === undefined ? mend : localizer.t(sentence, ...values)).replaceAll(
      "roles.complete",
      role,
    ),
  };
}

interface Sentences {
  readonly what: string;
  readonly mend: string;
}

/** Whether the system refused to make a folder that Hearth keeps something in. */
function lacksFolder({ cause }: RuntimeError): boolean {
  return cause instanceof Error && "syscall" in cause && cause.syscall === "mkdir";
}

function withoutFolder({ t }: Localizer): Sentences {
  return {
    what: t("Hearth's folder cannot be used."),
    mend: t("Set HEARTH_HOME to a folder of yours, or mend who may write there."),
  };
}

const sentences: Readonly<Record<RuntimeErrorCode, (localizer: Localizer) => Sentences>> = {
  "model-not-found": ({ t }) => ({
    what: t("The model is not there."),
    mend: t("Check the name or path in roles.complete, or set it to auto."),
  }),
  "model-invalid": ({ t }) => ({
    what: t("The model file cannot be used."),
    mend: t("Fetch the file again, or name another model in roles.complete."),
  }),
  "model-unsupported": ({ t }) => ({
    what: t("This kind of model cannot be run here."),
    mend: t("Name another model in roles.complete."),
  }),
  "out-of-memory": ({ t }) => ({
    what: t("There is not enough memory for the model."),
    mend: t("Close other programs, or name a smaller model in roles.complete."),
  }),
  "context-overflow": ({ t }) => ({
    what: t("The text does not fit into the model's context."),
    mend: t("Ask about less text at once, or name a model with a larger context."),
  }),
  "runtime-crashed": ({ t }) => ({
    what: t("The process that runs the model ended unexpectedly."),
    mend: t("It is started again by itself. If that goes on, name another model in roles.complete."),
  }),
  "runtime-unreachable": ({ t }) => ({
    what: t("The runtime does not answer."),
    mend: t("Run hearth doctor, or set roles.complete to auto."),
  }),
  "runtime-down": ({ t }) => ({
    what: t("The runtime does not run."),
    mend: t("Mend what it says, then run Hearth: Restart. Until then it is not started again."),
  }),
  "runtime-outdated": ({ t }) => ({
    what: t("The runtime is too old."),
    mend: t("Update it, or set roles.complete to auto."),
  }),
  "capability-missing": ({ t }) => ({
    what: t("The model cannot do this."),
    mend: t("Choose a model that can."),
  }),
  "no-answer": ({ t }) => ({
    what: t("The model gave no answer."),
    mend: t("Ask in other words, or name another model in roles.complete."),
  }),
  "queue-full": ({ t }) => ({
    what: t("Too many requests are waiting."),
    mend: t("Try again in a moment."),
  }),
  timeout: ({ t }) => ({
    what: t("The model took too long."),
    mend: t("Try again, or name a smaller model in roles.complete."),
  }),
  refused: ({ t }) => ({
    what: t("The runtime refused the request."),
    mend: t("Look into the log; set roles.complete to auto to go on without it."),
  }),
  internal: ({ t }) => ({
    what: t("Something went wrong inside Hearth."),
    mend: t("Run hearth doctor, and look into the log."),
  }),
};

function withoutStop(sentence: string): string {
  return sentence.replace(/[.。]$/, "");
}
