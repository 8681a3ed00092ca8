/** By what and where a model is loaded. */

export interface LoadWay {
  readonly runtime: "embedded" | "llama-server";
  readonly where: "gpu" | "cpu";
  readonly flash: "on" | "off";
}

/** As a plan has it: on a processor flash attention makes short steps slow. */
export function plannedWay(runtime: LoadWay["runtime"], where: LoadWay["where"]): LoadWay {
  return { runtime, where, flash: where === "gpu" ? "on" : "off" };
}
