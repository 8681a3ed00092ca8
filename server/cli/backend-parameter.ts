/** The argument that names a build of llama.cpp. */

import type { Localizer } from "../base/l10n.ts";
import { type BackendName, backendNames } from "../model/backend.ts";

export function backendParameter({ t }: Localizer) {
  return {
    placeholder: "NAME",
    brief: backendNames.join(", "),
    parse: (input: string): BackendName => {
      const known = backendNames.find((name) => name === input);
      if (!known) throw new SyntaxError(t("it must be one of {0}", backendNames.join(", ")));
      return known;
    },
  };
}
