/** The check of heat: whether it slows the processor or a GPU down. */

import type { DoctorPorts, Finding } from "./doctor-ports.ts";

/** Of the time since the machine was started. Laptops throttle for moments, and that costs nobody anything. */
const mostShare = 0.01;

/** Left out where nothing is told about it. */
export async function checkHeat(ports: DoctorPorts, signal: AbortSignal): Promise<Finding | undefined> {
  const { t } = ports.localizer;
  const [{ slowed }, nvidia] = await Promise.all([ports.processor(), ports.nvidia(signal)]);
  const gpus = nvidia.kind === "works" ? nvidia.gpus : [];
  if (!slowed && gpus.length === 0) return undefined;
  const hot = gpus.flatMap(({ name, slowedBy, celsius }) =>
    slowedBy === "heat"
      ? [t("{0} runs slower now because it is too hot ({1} °C).", name, celsius ?? "?")]
      : [],
  );
  const starved = gpus.flatMap(({ name, slowedBy }) =>
    slowedBy === "power supply" ? [t("{0} runs slower now because its power supply asks for it.", name)] : [],
  );
  const { times = 0, share = 0 } = slowed ?? {};
  const processor =
    share > mostShare
      ? [
          t(
            "Heat has slowed the processor down {0} times, for {1} % of the time since the start.",
            times,
            percent(share),
          ),
        ]
      : [];
  const why = [...hot, ...starved, ...processor];
  if (why.length === 0)
    return {
      state: "ok",
      found: degrees(
        gpus.map(({ celsius }) => celsius),
        ports,
      ),
    };
  return {
    state: "warn",
    found: t("slowed down"),
    why: why.join("\n"),
    mend: t(
      "Clean the fans and let air through; for a GPU a lower limit of power (nvidia-smi -pl) costs little speed.",
    ),
  };
}

function degrees(celsius: readonly (number | undefined)[], { localizer: { t } }: DoctorPorts): string {
  const known = celsius.filter((value) => value !== undefined);
  return known.length === 0 ? t("not slowed down") : t("not slowed down ({0} °C)", known.join(" °C, "));
}

function percent(share: number): number {
  return Math.round(share * 100);
}
