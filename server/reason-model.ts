/** Opens the model of the role `reason`, for whoever asks it a question. */

import { join } from "node:path";
import { type AutoSource, autoModels } from "./auto-models.ts";
import { systemClock } from "./base/clock.ts";
import type { Logger } from "./base/log.ts";
import type { Settings } from "./config/schema.ts";
import { entryPoint } from "./entries.ts";
import type { WantedModel } from "./features/completion/completion-model.ts";
import type { StepDown } from "./model/describe-step.ts";
import { RuntimeError } from "./model/runtime-error.ts";
import { modelSpec } from "./model-spec.ts";
import { parseRole } from "./protocol/role.ts";
import { HostClient, type OpenModel } from "./runtime/host/client.ts";
import { ofWire } from "./runtime/wire/errors.ts";
import { withLoopGuard } from "./sampling/with-loop-guard.ts";

export interface ReasonModelRequest {
  readonly home: string;
  readonly settings: Settings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  /** Told what is loaded in place of what memory does not hold. */
  readonly onStep: (step: StepDown) => void;
}

/** Rejects with a RuntimeError: where no model is chosen and none is there, with how to get one. */
export async function openReasonModel(
  { home, settings, env, log, onStep }: ReasonModelRequest,
  signal: AbortSignal,
): Promise<OpenModel> {
  const models = join(home, "models");
  const wanted = await wantedModel(settings["roles.reason"], { settings, models, env }, signal);
  const { spec, model } = await modelSpec(wanted, { settings, models, env });
  const [entry, childEntry] = [entryPoint("host"), entryPoint("child")];
  const host = new HostClient({ home, entry, childEntry, log, clock: systemClock });
  host.onEvent((event) => {
    if (event.model !== model || !event.step || !event.error) return;
    onStep({ said: ofWire(event.step), reason: ofWire(event.error) });
  });
  try {
    const opened = await host.open(spec, signal);
    const { reasons } = opened.info;
    return {
      info: opened.info,
      runtime: withLoopGuard(opened.runtime, { reasons, onLoop: () => {} }),
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

async function wantedModel(setting: string, source: AutoSource, signal: AbortSignal): Promise<WantedModel> {
  const role = parseRole(setting);
  switch (role.kind) {
    case "embedded":
    case "remote":
      return role;
    case "auto": {
      const [best] = await autoModels("reason", source, signal);
      if (best) return best;
      throw new RuntimeError("model-not-found", "There is no model that reasons.", {
        mend: "Run hearth plan to see which fit this machine, and hearth models pull to fetch one, or name one in roles.reason.",
      });
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
