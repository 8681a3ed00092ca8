/** What of a mend the editor can do at a click: what a check says itself, then the settings that its sentence names. */

import type { Localizer } from "../../base/l10n.ts";
import { settingKeys } from "../../config/schema.ts";
import { findInCatalogue, pullName } from "../../model/catalogue-name.ts";
import type { RuntimeError } from "../../model/runtime-error.ts";
import type { MendAction } from "../../protocol/doctor.ts";

export function mendActions(
  mend: string,
  own: readonly MendAction[],
  localizer: Localizer,
): readonly MendAction[] {
  const named = settingKeys.filter((key) => new RegExp(`\\b${escaped(key)}(?![\\w.]*\\w)`).test(mend));
  return [...own, ...named.map((key) => openSetting(key, localizer))];
}

/** What mends an error beside a setting. */
export function actionsOf({ code }: RuntimeError, localizer: Localizer): readonly MendAction[] {
  const { t } = localizer;
  switch (code) {
    case "runtime-down":
      return [{ command: "hearth.restart", arguments: [], title: t("Restart") }];
    case "model-not-found":
    case "model-invalid":
    case "model-unsupported":
    case "capability-missing":
    case "no-answer":
      return [chooseModel(localizer)];
    case "out-of-memory":
      return [
        chooseModel(localizer),
        { command: "hearth.plan", arguments: [], title: t("See what this machine can run") },
      ];
    case "internal":
    case "runtime-crashed":
      return [{ command: "hearth.showLog", arguments: [], title: t("Show Log") }];
    case "context-overflow":
    case "runtime-unreachable":
    case "runtime-outdated":
    case "queue-full":
    case "timeout":
    case "refused":
      return [];
  }
}

/** Where the catalogue knows the model by this name. */
export function pullActions(name: string, { t }: Localizer): readonly MendAction[] {
  const choice = findInCatalogue(name);
  if (choice?.kind !== "found") return [];
  const exact = pullName(choice.model, choice.quant);
  return [{ command: "hearth.pullModel", arguments: [exact], title: t("Fetch {0}", exact) }];
}

function chooseModel({ t }: Localizer): MendAction {
  return { command: "hearth.chooseModel", arguments: [], title: t("Choose another model") };
}

function openSetting(key: string, { t }: Localizer): MendAction {
  return { command: "hearth.openSettings", arguments: [key], title: t("Change {0}", key) };
}

function escaped(key: string): string {
  return key.replaceAll(".", "\\.");
}
