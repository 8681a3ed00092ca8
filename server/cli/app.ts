/** The verbs of `hearth`, with everything it says by itself in the person's language. */

import { type Application, buildApplication, buildRouteMap, ExitCode, run } from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import { arrangeArguments } from "./arguments.ts";
import { askCommand } from "./ask.ts";
import { backendsRoutes } from "./backends.ts";
import type { CliContext } from "./cli-context.ts";
import { completeCommand } from "./complete.ts";
import { doctorCommand } from "./doctor.ts";
import { eraseCommand } from "./erase.ts";
import { modelsRoutes } from "./models.ts";
import { planCommand } from "./plan.ts";
import { exitStatus } from "./run-verb.ts";
import { proposalsCommand, proposalsVerb, shellCommand } from "./shell.ts";
import { applicationText } from "./words.ts";

export interface CliRequest {
  readonly argv: readonly string[];
  readonly version: string;
  readonly context: CliContext;
}

/** The exit status. */
export async function runCli({ argv, version, context }: CliRequest): Promise<number> {
  const app = buildCli(context.localizer, version);
  await run(app, arrangeArguments(argv), context);
  const status = Number(context.process.exitCode ?? 0);
  if (status >= 0) return status;
  const wrong = status === ExitCode.InvalidArgument || status === ExitCode.UnknownCommand;
  if (wrong) context.process.stderr.write(`${context.localizer.t("{0} says more.", "hearth --help")}\n`);
  return wrong ? exitStatus.usage : exitStatus.failed;
}

function buildCli(localizer: Localizer, version: string): Application<CliContext> {
  const { t } = localizer;
  const app: Application<CliContext> = buildApplication(
    buildRouteMap({
      routes: {
        ask: askCommand(localizer),
        backends: backendsRoutes(localizer),
        complete: completeCommand(localizer),
        doctor: doctorCommand(localizer),
        erase: eraseCommand(localizer),
        models: modelsRoutes(localizer),
        plan: planCommand(localizer),
        shell: shellCommand(localizer),
        [proposalsVerb]: proposalsCommand(() => app),
      },
      docs: {
        brief: t("Code completion that runs on your own machine"),
        hideRoute: { [proposalsVerb]: true },
      },
    }),
    {
      name: "hearth",
      versionInfo: { currentVersion: version },
      scanner: { caseStyle: "original", allowArgumentEscapeSequence: true },
      documentation: { onlyRequiredInUsageLine: true },
      localization: { text: applicationText(localizer) },
    },
  );
  return app;
}
