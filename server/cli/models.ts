/** `hearth models`: what is here, what it takes, and the way to more. */

import { buildRouteMap, type RouteMap } from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import type { CliContext } from "./cli-context.ts";
import { duCommand } from "./models-du.ts";
import { importCommand, removeCommand } from "./models-files.ts";
import { listCommand } from "./models-list.ts";
import { pullCommand } from "./models-pull.ts";
import { quantizeCommand } from "./models-quantize.ts";
import { verifyCommand } from "./models-verify.ts";

export function modelsRoutes(localizer: Localizer): RouteMap<CliContext> {
  return buildRouteMap({
    routes: {
      list: listCommand(localizer),
      pull: pullCommand(localizer),
      quantize: quantizeCommand(localizer),
      import: importCommand(localizer),
      rm: removeCommand(localizer),
      verify: verifyCommand(localizer),
      du: duCommand(localizer),
    },
    docs: { brief: localizer.t("List, fetch, import, check and remove models") },
  });
}
