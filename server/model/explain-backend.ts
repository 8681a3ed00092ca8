/** Which build of llama.cpp is used and why, in sentences. */

import { byteSize } from "../base/byte-size.ts";
import type { Localizer } from "../base/l10n.ts";
import type { PlanResult } from "../protocol/plan.ts";
import type { BackendChoice, BackendReason } from "./backend.ts";
import { explainDrop } from "./dropped-backend.ts";

export function explainBackend(reason: BackendReason, localizer: Localizer): string {
  const { t } = localizer;
  switch (reason.kind) {
    case "metal":
      return t("llama.cpp computes on the GPU by Metal, in the build that Hearth carries.");
    case "used":
      return t(
        "llama.cpp computes on the GPU ({0}, {1}), in the build {2}.",
        reason.devices.join(", "),
        byteSize(reason.memoryBytes),
        reason.name,
      );
    case "dropped":
      return explainDrop(reason, localizer);
    case "untried":
      return t("The build {0} of llama.cpp is here, and will be tried before it is used.", reason.name);
    case "fetchable":
      return t(
        "There is a GPU of {0}, and a build of llama.cpp for it to fetch ({1}): {2}",
        reason.maker,
        byteSize(reason.bytes),
        `hearth backends get ${reason.name}`,
      );
    case "lacks":
      return t(
        "There is a GPU of {0}, and llama.cpp cannot reach it: {1} was not found. It comes with the GPU's driver.",
        reason.maker,
        reason.missing.join(", "),
      );
    case "no-gpu":
      return t("llama.cpp computes on the CPU: no GPU was found.");
    case "no-build":
      return t("llama.cpp computes on the CPU: for this platform there is no other build of it.");
  }
}

/** A plan of this machine, with what computes on it among its reasons. */
export function withBackend(plan: PlanResult, { because }: BackendChoice, localizer: Localizer): PlanResult {
  return {
    ...plan,
    because: [...plan.because, ...because.map((reason) => explainBackend(reason, localizer))],
  };
}
