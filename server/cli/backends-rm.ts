/** `hearth backends rm`: removes a build of llama.cpp and what came of trying it. */

import { buildCommand, type Command } from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import type { BackendName } from "../model/backend.ts";
import { backendParameter } from "./backend-parameter.ts";
import type { CliContext } from "./cli-context.ts";
import { failed } from "./failure.ts";
import { type GlobalFlags, globalFlags } from "./global-flags.ts";
import { runVerb } from "./run-verb.ts";

export function removeCommand(localizer: Localizer): Command<CliContext> {
  const { t } = localizer;
  return buildCommand<GlobalFlags, [BackendName], CliContext>({
    docs: { brief: t("Remove a build and what came of trying it") },
    parameters: {
      flags: globalFlags(localizer),
      positional: { kind: "tuple", parameters: [backendParameter(localizer)] },
    },
    func(flags, name) {
      return runVerb({ context: this, json: flags.json }, async () => {
        if (await this.backends.remove(name))
          return { kind: "done", json: { removed: name }, text: t("Removed {0}.", name) };
        return failed({ code: "not-here", message: t("The build {0} is not here.", name), mend: "" });
      });
    },
  });
}
