/** The checks of NVIDIA's GPUs: whether the driver is new enough, and how far they are from each other. */

import { isOlder } from "../../base/node-versions.ts";
import type { NvidiaFinding } from "../../model/machine-findings.ts";
import type { DoctorPorts, Finding } from "./doctor-ports.ts";

type WorkingNvidia = Extract<NvidiaFinding, { readonly kind: "works" }>;

/** What the builds of llama.cpp and Ollama for CUDA are made with: https://docs.ollama.com/gpu says driver 550. */
const leastCuda = { version: "12.4", driver: "550" } as const;

export async function checkDriver(ports: DoctorPorts, signal: AbortSignal): Promise<Finding | undefined> {
  const { t } = ports.localizer;
  const finding = await ports.nvidia(signal);
  if (finding.kind === "absent") return undefined;
  if (finding.kind === "broken") {
    return {
      state: "fail",
      found: t("NVIDIA's driver does not answer"),
      why: t("Models run on the CPU until it does. nvidia-smi says: {0}", finding.reason),
      mend: t(
        "Restart the machine, which loads the driver that is installed; if that changes nothing, install it again.",
      ),
    };
  }
  const { driver, cuda, gpus } = finding;
  const names = gpus.map(({ name }) => name).join(", ");
  const found = t("NVIDIA driver {0}, CUDA {1}: {2}", driver, cuda, names);
  if (!isOlder(cuda, leastCuda.version)) return { state: "ok", found };
  return {
    state: "warn",
    found,
    why: t(
      "Builds for CUDA need version {0} of it: with this driver models run on the CPU, or not at all.",
      leastCuda.version,
    ),
    mend: t("Update the graphics driver to {0} or newer.", leastCuda.driver),
  };
}

/** With fewer lanes a card waits for what it is sent. */
const leastLanes = 4;

/** Only where there are several: one alone is sent its model once, and little after that. */
export async function checkLinks(ports: DoctorPorts, signal: AbortSignal): Promise<Finding | undefined> {
  const { t } = ports.localizer;
  const finding = await ports.nvidia(signal);
  if (finding.kind !== "works" || finding.gpus.length < 2) return undefined;
  const found = t("{0} GPUs", finding.gpus.length);
  const why = slowLinks(finding, ports);
  if (why.length === 0) return { state: "ok", found };
  return {
    state: "warn",
    found,
    why: why.join("\n"),
    mend: t(
      "Divide a model by layers, which sends least between GPUs (llama-server: --split-mode layer), or run it on one of them; a card in a slot with more lanes helps too.",
    ),
  };
}

function slowLinks({ gpus, farPairs }: WorkingNvidia, { localizer: { t } }: DoctorPorts): readonly string[] {
  const narrow = gpus.flatMap(({ lanes }, number) =>
    lanes && lanes.used <= leastLanes && lanes.used < lanes.all
      ? [t("GPU {0} uses {1} of its {2} lanes of PCI Express.", number, lanes.used, lanes.all)]
      : [],
  );
  const far = farPairs.map(([a, b]) =>
    t("GPU {0} and GPU {1} reach each other only through the link between two processors.", a, b),
  );
  return [...narrow, ...far];
}
