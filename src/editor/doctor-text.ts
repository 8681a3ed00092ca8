/** The doctor's findings as Markdown, to be copied: what fails first, each with why and what mends it. */

import type { DoctorCheck } from "../../server/protocol/doctor.ts";
import type { Translate } from "../translate.ts";

export const doctorOrder = ["fail", "warn", "ok"] as const;

export function doctorText(checks: readonly DoctorCheck[], t: Translate): string {
  const sections = doctorOrder.flatMap((state) => {
    const lines = checks.filter((check) => check.state === state).flatMap(entry);
    return lines.length > 0 ? [`## ${stateWords(state, t)}`, lines.join("\n")] : [];
  });
  return `${[`# ${t("Hearth: what was found on this machine")}`, ...sections].join("\n\n")}\n`;
}

function entry({ id, found, why, mend }: DoctorCheck): readonly string[] {
  const below = [...why.split("\n"), mend].filter((line) => line !== "");
  return [`- **${id}**: ${found}`, ...below.map((line) => `  - ${line}`)];
}

export function stateWords(state: DoctorCheck["state"], t: Translate): string {
  if (state === "ok") return t("In order");
  return state === "warn" ? t("Worth a look") : t("Does not work");
}
