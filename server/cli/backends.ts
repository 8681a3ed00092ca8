/** `hearth backends`: the builds of llama.cpp for GPUs: which are here, which one is used, and the way to more. */

import { buildRouteMap, type RouteMap } from "@stricli/core";
import type { Localizer } from "../base/l10n.ts";
import { getCommand } from "./backends-get.ts";
import { listCommand } from "./backends-list.ts";
import { removeCommand } from "./backends-rm.ts";
import type { CliContext } from "./cli-context.ts";

export function backendsRoutes(localizer: Localizer): RouteMap<CliContext> {
  return buildRouteMap({
    routes: { list: listCommand(localizer), get: getCommand(localizer), rm: removeCommand(localizer) },
    docs: { brief: localizer.t("List, fetch and remove the builds of llama.cpp for GPUs") },
  });
}
