/** Opens the model of the role `reason`, for whoever asks it a question. */

import { basename, join } from "node:path";
import { type AutoSource, autoModels, idleOllama } from "./auto-models.ts";
import { systemClock } from "./base/clock.ts";
import type { Localizer } from "./base/l10n.ts";
import type { Logger } from "./base/log.ts";
import { entryPoint } from "./entries.ts";
import type { WantedModel } from "./features/completion/completion-model.ts";
import { describeStep, type StepDown } from "./model/describe-step.ts";
import { RuntimeError } from "./model/runtime-error.ts";
import { modelSpec, type SpecSource } from "./model-spec.ts";
import { parseRole } from "./protocol/role.ts";
import { openRoleModel } from "./role-models.ts";
import { inspectLocalModel, localModelPath } from "./runtime/embedded/local-models.ts";
import { HostClient, type OpenModel } from "./runtime/host/client.ts";
import { ofWire } from "./runtime/wire/errors.ts";

interface ReasonModelRequest extends SpecSource {
  /** Told what is loaded in place of what memory does not hold. */
  readonly onStep: (step: StepDown) => void;
  /** Told how far the load is, from 0 to 1. */
  readonly onLoad?: (load: ReasonLoad) => void;
  /** An answer went round in circles. */
  readonly onLoop?: () => void;
}

interface ReasonLoad {
  /** As a person knows the model. */
  readonly name: string;
  readonly share: number;
}

interface OwnHost extends Omit<ReasonModelRequest, "models"> {
  readonly home: string;
  readonly log: Logger;
}

/** On a way to the host of its own, which ends with the model. */
export async function openReasonModel(
  { home, log, ...request }: OwnHost,
  signal: AbortSignal,
): Promise<OpenModel> {
  const [entry, childEntry] = [entryPoint("host"), entryPoint("child")];
  const host = new HostClient({ home, entry, childEntry, log, clock: systemClock });
  try {
    const opened = await openReasonModelOn(host, { models: join(home, "models"), ...request }, signal);
    return {
      ...opened,
      dispose() {
        opened.dispose();
        host.dispose();
      },
    };
  } catch (error) {
    host.dispose();
    throw error;
  }
}

export interface ChatModelRequest extends SpecSource {
  readonly localizer: Localizer;
  /** Told what is waited for, in the person's language. */
  readonly said: (text: string) => void;
  readonly onLoop: () => void;
}

/** On a way to the host that is there. */
export function openForChat(
  host: HostClient,
  { localizer, said, ...request }: ChatModelRequest,
  signal: AbortSignal,
): Promise<OpenModel> {
  const { t } = localizer;
  const onStep = (step: StepDown) => said(describeStep(step, localizer));
  const onLoad = ({ name, share }: ReasonLoad) =>
    said(t("Loading {0}: {1} %", name, Math.floor(share * 100)));
  return openReasonModelOn(host, { ...request, onStep, onLoad }, signal);
}

/** Rejects with a RuntimeError: where no model is chosen and none is there, with how to get one. */
async function openReasonModelOn(
  host: HostClient,
  { onStep, onLoad = () => {}, onLoop = () => {}, ...source }: ReasonModelRequest,
  signal: AbortSignal,
): Promise<OpenModel> {
  const wanted = await wantedModel(source.settings["roles.reason"], source, signal);
  const { spec, model } = await modelSpec(wanted, source);
  const events = host.onEvent((event) => {
    if (event.model !== model) return;
    if (event.step && event.error) onStep({ said: ofWire(event.step), reason: ofWire(event.error) });
    else if (event.state === "loading") onLoad({ name: nameOf(wanted), share: event.progress ?? 0 });
  });
  try {
    const opened = await openRoleModel({ host, spec, onLoop }, signal);
    return {
      ...opened,
      dispose() {
        events.dispose();
        opened.dispose();
      },
    };
  } catch (error) {
    events.dispose();
    throw error;
  }
}

/** A model may be named by its path. */
function nameOf({ model }: WantedModel): string {
  return basename(model, ".gguf");
}

/** Looks at a file, and loads none. Rejects with a RuntimeError. */
export async function findReasonModel(
  setting: string,
  source: AutoSource,
  signal: AbortSignal,
): Promise<WantedModel> {
  const wanted = await wantedModel(setting, source, signal);
  if (wanted.kind !== "embedded") return wanted;
  const file = await inspectLocalModel(localModelPath(wanted.model, source.models));
  if (file.kind === "unusable") throw file.error;
  return wanted;
}

async function wantedModel(setting: string, source: AutoSource, signal: AbortSignal): Promise<WantedModel> {
  const role = parseRole(setting);
  switch (role.kind) {
    case "embedded":
    case "remote":
      return role;
    case "auto": {
      const [best] = await autoModels("reason", source, signal);
      if (best) return best;
      throw await noReasoner(source, signal);
    }
    case "off":
      throw new RuntimeError("model-not-found", "roles.reason is off.", {
        mend: "Set roles.reason to auto.",
      });
    case "builtin":
      throw new RuntimeError("capability-missing", "The built-in completer answers no questions.", {
        mend: "Set roles.reason to auto.",
      });
    case "other":
      throw new RuntimeError("model-not-found", 'No runtime serves "{0}".', { values: [setting] });
  }
}

/** An Ollama that is closed is left so, and said: what is in it would have been looked through. */
async function noReasoner(source: AutoSource, signal: AbortSignal): Promise<RuntimeError> {
  const program = await idleOllama(source, signal);
  return program === undefined
    ? new RuntimeError("model-not-found", "There is no model that reasons.", {
        mend: "Run hearth plan to see which fit this machine, and hearth models pull to fetch one, or name one in roles.reason.",
      })
    : new RuntimeError(
        "model-not-found",
        "There is no model that reasons. Ollama is installed ({0}) and does not run.",
        {
          values: [program],
          mend: "Start Ollama, or name one of its models in roles.reason, such as ollama/deepseek-r1:7b; or run hearth plan to see which fit this machine, and hearth models pull to fetch one.",
        },
      );
}
