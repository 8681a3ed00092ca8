/** Which build of llama.cpp computes on this machine: the one that Hearth carries, or one that was fetched for its GPU. */

/** The best first. */
export const backendNames = ["cuda", "cuda-12", "vulkan"] as const;
export type BackendName = (typeof backendNames)[number];

export const gpuApis = ["cuda", "vulkan"] as const;
export type GpuApi = (typeof gpuApis)[number];

/** What came of trying it in a process of its own. */
export type BackendTrial =
  | { readonly kind: "works"; readonly devices: readonly string[]; readonly memoryBytes: number }
  /** It starts, and reaches no GPU or one of 0 bytes. */
  | { readonly kind: "no-memory" }
  /** It did not start; `reason` is the system's own. */
  | { readonly kind: "refused"; readonly reason: string }
  /** Its process died; `reason` is the signal or the status, and what it said at last. */
  | { readonly kind: "crashed"; readonly reason: string }
  /** Its trial passed, and its process died when a model was loaded that another build loads. */
  | { readonly kind: "crashed-loading"; readonly reason: string }
  | { readonly kind: "hung"; readonly seconds: number };

export interface BackendState {
  readonly name: BackendName;
  readonly gpu: GpuApi;
  readonly installed: boolean;
  /** To fetch it. */
  readonly bytes: number;
  /** Libraries of the system that it needs and that were not found. */
  readonly missing: readonly string[];
  /** With the drivers that are here now; undefined where it was not tried with them. */
  readonly trial?: BackendTrial;
}

/** What is seen of GPUs without any of our builds. */
export type GpuMaker = "NVIDIA" | "AMD" | "Intel";

export interface BackendSituation {
  /** What the build that Hearth carries computes on. */
  readonly carried: "cpu" | "metal";
  /** Those that there are for this platform. */
  readonly backends: readonly BackendState[];
  readonly makers: readonly GpuMaker[];
}

export interface BackendChoice {
  readonly chosen: BackendName | "carried";
  readonly because: readonly BackendReason[];
}

export type BackendReason =
  | { readonly kind: "metal" }
  | {
      readonly kind: "used";
      readonly name: BackendName;
      readonly devices: readonly string[];
      readonly memoryBytes: number;
    }
  | {
      readonly kind: "dropped";
      readonly name: BackendName;
      readonly trial: Exclude<BackendTrial, { readonly kind: "works" }>;
    }
  | { readonly kind: "untried"; readonly name: BackendName }
  /** One is there to be fetched that should do better than what is chosen. */
  | {
      readonly kind: "fetchable";
      readonly name: BackendName;
      readonly maker: GpuMaker;
      readonly bytes: number;
    }
  /** A GPU is here, and what any of our builds would need to reach it is not. */
  | { readonly kind: "lacks"; readonly maker: GpuMaker; readonly missing: readonly string[] }
  | { readonly kind: "no-gpu" }
  | { readonly kind: "no-build" };

/** The best one that is here and works; what is not used, and could be, is said with its reason. */
export function chooseBackend(situation: BackendSituation): BackendChoice {
  const { carried, backends } = situation;
  if (carried === "metal") return { chosen: "carried", because: [{ kind: "metal" }] };
  const ordered = backends.toSorted((a, b) => rank(a) - rank(b));
  const used = ordered.find(({ installed, trial }) => installed && trial?.kind === "works");
  const better = used ? ordered.filter((state) => rank(state) < rank(used)) : ordered;
  const because = [
    ...(used?.trial?.kind === "works" ? [usedReason(used.name, used.trial)] : []),
    ...better.filter(({ installed }) => installed).flatMap(failing),
    ...adviceOn(situation, better),
  ];
  return { chosen: used?.name ?? "carried", because };
}

function rank({ name }: BackendState): number {
  return backendNames.indexOf(name);
}

function usedReason(
  name: BackendName,
  { devices, memoryBytes }: Extract<BackendTrial, { readonly kind: "works" }>,
): BackendReason {
  return { kind: "used", name, devices, memoryBytes };
}

function failing({ name, trial }: BackendState): readonly BackendReason[] {
  if (!trial) return [{ kind: "untried", name }];
  return trial.kind === "works" ? [] : [{ kind: "dropped", name, trial }];
}

/** What else there would be: at most one sentence, since a person can follow one only. */
function adviceOn(
  { backends, makers }: BackendSituation,
  better: readonly BackendState[],
): readonly BackendReason[] {
  const [maker] = makers;
  if (!maker) return backends.some(({ installed }) => installed) ? [] : [{ kind: "no-gpu" }];
  if (backends.length === 0) return [{ kind: "no-build" }];
  const suitable = better.filter(
    ({ gpu, installed }) => !installed && (gpu === "vulkan" || maker === "NVIDIA"),
  );
  const ready = suitable.find(({ missing }) => missing.length === 0);
  if (ready) return [{ kind: "fetchable", name: ready.name, maker, bytes: ready.bytes }];
  const none = backends.every(({ installed }) => !installed);
  const least = suitable.at(-1);
  return none && least ? [{ kind: "lacks", maker, missing: least.missing }] : [];
}
