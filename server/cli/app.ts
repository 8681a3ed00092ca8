/** The verbs of `hearth`, with everything it says by itself in the person's language. */

import { type Application, buildApplication, buildRouteMap, ExitCode, run } from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import { arrangeArguments, verbsOf } from "./arguments.ts";
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
  const arranged = arrangeArguments(argv);
  await run(app, arranged, context);
  const status = Number(context.process.exitCode ?? 0);
  if (status >= 0) return status;
  const wrong = status === ExitCode.InvalidArgument || status === ExitCode.UnknownCommand;
  if (wrong) {
    const verbs = verbsOf(arranged);
    const known = status === ExitCode.UnknownCommand ? verbs.slice(0, -1) : verbs;
    const help = ["hearth", ...known, "--help"].join(" ");
    context.process.stderr.write(`${context.localizer.t("{0} says more.", help)}\n`);
  }
  return wrong ? exitStatus.usage : exitStatus.failed;
}

/** Two letters at most: what is further off was not meant. */
const distanceOptions = {
  threshold: 2,
  weights: { insertion: 1, deletion: 1, substitution: 1, transposition: 1 },
};

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
        brief: t("Completes code and answers questions on your own machine"),
        hideRoute: { [proposalsVerb]: true },
      },
    }),
    {
      name: "hearth",
      versionInfo: { currentVersion: version },
      scanner: { caseStyle: "original", allowArgumentEscapeSequence: true, distanceOptions },
      documentation: { onlyRequiredInUsageLine: true },
      localization: { text: applicationText(localizer) },
    },
  );
  return app;
}
