/** The doctor's findings as a Markdown page: what fails first, each with why and what mends it. */

import type { DoctorCheck } from "../../server/protocol/doctor.ts";
import type { Translate } from "../translate.ts";

const order = ["fail", "warn", "ok"] as const;

export function doctorPage(checks: readonly DoctorCheck[], t: Translate): string {
  const sorted = order.flatMap((state) => checks.filter((check) => check.state === state));
  return [
    `# ${t("Hearth: what was found on this machine")}`,
    ...sorted.map((check) => section(check, t)),
  ].join("\n\n");
}

function section(check: DoctorCheck, t: Translate): string {
  const lines = [`## ${stateWord(check.state, t)}: ${check.id}`, check.found, check.why, check.mend];
  return lines.filter((line) => line !== "").join("\n\n");
}

function stateWord(state: DoctorCheck["state"], t: Translate): string {
  if (state === "ok") return t("In order");
  return state === "warn" ? t("Worth a look") : t("Does not work");
}
