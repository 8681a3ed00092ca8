/** What was found of the machine itself that can keep a model from running, or from running well. */

/** The processor, as far as the system tells. */
export interface ProcessorFinding {
  /** As Node.js names it. */
  readonly architecture: string;
  /** Empty where the system does not tell. */
  readonly instructions: readonly string[];
  /** How often heat has slowed it down since the machine was started, and for what share of that time. */
  readonly slowed?: { readonly times: number; readonly share?: number };
}

/** What the system itself runs in. */
export interface SurroundingsFinding {
  /** The version of the Windows Subsystem for Linux. */
  readonly wsl?: 1 | 2;
  readonly container?: "Docker" | "Podman" | "Kubernetes" | "LXC";
  /** What a container may take of the machine's memory; left out where that is all of it. */
  readonly limitBytes?: number;
}

/** NVIDIA's driver and the GPUs that it reaches. */
export type NvidiaFinding =
  | { readonly kind: "absent" }
  /** The program of the driver is there and cannot reach it. */
  | { readonly kind: "broken"; readonly reason: string }
  | {
      readonly kind: "works";
      readonly driver: string;
      /** The newest version of CUDA that the driver can serve. */
      readonly cuda: string;
      readonly gpus: readonly NvidiaGpu[];
      /** Pairs of GPUs, by their numbers, that reach each other only through the processors' own connection. */
      readonly farPairs: readonly (readonly [number, number])[];
    };

export interface NvidiaGpu {
  readonly name: string;
  readonly celsius?: number;
  /** What holds its clocks down at this moment; its own idleness and its usual limit of power are none. */
  readonly slowedBy?: "heat" | "power supply";
  /** Lanes of PCI Express in use, and as many as it has. */
  readonly lanes?: { readonly used: number; readonly all: number };
}
