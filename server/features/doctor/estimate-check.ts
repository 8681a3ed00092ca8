/** The check of the planner's own word: what the last load took on this machine, beside what the plan had said. */

import type { Measured } from "../../model/plan/corrections.ts";
import type { DoctorPorts, Finding } from "./doctor-ports.ts";
import { memorySize } from "./words.ts";

/** Nothing where nothing was ever loaded here. Whatever it was, the next plan counts it: there is nothing to mend. */
export async function checkEstimate(ports: DoctorPorts): Promise<Finding | undefined> {
  const loads = Object.values(await ports.measurements());
  const last = loads.toSorted((a, b) => b.at - a.at)[0];
  if (!last) return undefined;
  const count = loads.reduce((sum, { ratios }) => sum + ratios.length, 0);
  const { t } = ports.localizer;
  const worst = Math.max(...loads.flatMap(({ ratios }) => ratios).map(percentOff));
  const found = lastText(last, ports);
  return {
    state: "ok",
    found: count === 1 ? found : t("{0}; of {1} loads none was further off than {2} %", found, count, worst),
  };
}

function lastText({ predictedBytes, measuredBytes }: Measured, { localizer: { t } }: DoctorPorts): string {
  const percent = percentOff(measuredBytes / predictedBytes);
  const [took, said] = [memorySize(measuredBytes), memorySize(predictedBytes)];
  if (percent === 0) return t("the last model took {0}, as the plan had said", took);
  return measuredBytes > predictedBytes
    ? t("the last model took {0}, {1} % more than the {2} of the plan", took, percent, said)
    : t("the last model took {0}, {1} % less than the {2} of the plan", took, percent, said);
}

function percentOff(ratio: number): number {
  return Math.round(Math.abs(ratio - 1) * 100);
}
