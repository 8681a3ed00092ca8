/** Which build of llama.cpp is used, as a table: hardware × what is here × what came of trying it. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { english } from "../../../server/base/l10n.ts";
import {
  type BackendSituation,
  type BackendState,
  type BackendTrial,
  chooseBackend,
} from "../../../server/model/backend.ts";
import { explainBackend } from "../../../server/model/explain-backend.ts";

const works: BackendTrial = { kind: "works", devices: ["Radeon RX 7900"], memoryBytes: 24e9 };
const crashed: BackendTrial = { kind: "crashed", reason: "SIGSEGV" };

type Told = Partial<Omit<BackendState, "name">>;

function state(name: BackendState["name"], told: Told = {}): BackendState {
  const gpu = name === "vulkan" ? "vulkan" : "cuda";
  return { name, gpu, installed: told.trial !== undefined, bytes: 27_500_000, missing: [], ...told };
}

const lib = { cuda: ["libcudart.so.13"], "cuda-12": ["libcudart.so.12"], vulkan: ["libvulkan.so.1"] };

/** In an order that is none. */
function of(cuda: Told, cuda12: Told, vulkan: Told): readonly BackendState[] {
  return [state("vulkan", vulkan), state("cuda-12", cuda12), state("cuda", cuda)];
}

const lacking = of({ missing: lib.cuda }, { missing: lib["cuda-12"] }, { missing: lib.vulkan });
const driverOnly = of({ missing: lib.cuda }, { missing: lib["cuda-12"] }, {});

const get = (name: string, maker: string) =>
  `There is a GPU of ${maker}, and a build of llama.cpp for it to fetch (27.5 MB): hearth backends get ${name}`;
const cpu = "llama.cpp computes on the CPU: no GPU was found.";
const onGpu = (name: string) =>
  `llama.cpp computes on the GPU (Radeon RX 7900, 24.0 GB), in the build ${name}.`;
const crash = (name: string) =>
  `The build ${name} of llama.cpp is not used. It crashed when it was tried (SIGSEGV).`;

interface Row {
  readonly title: string;
  readonly situation: Partial<BackendSituation>;
  readonly chosen: string;
  readonly because: readonly string[];
}

const rows: readonly Row[] = [
  {
    title: "a Mac uses Metal, which Hearth carries",
    situation: { carried: "metal", backends: [] },
    chosen: "carried",
    because: ["llama.cpp computes on the GPU by Metal, in the build that Hearth carries."],
  },
  {
    title: "a platform without builds for GPUs",
    situation: { backends: [], makers: ["NVIDIA"] },
    chosen: "carried",
    because: ["llama.cpp computes on the CPU: for this platform there is no other build of it."],
  },
  { title: "no GPU", situation: { backends: lacking }, chosen: "carried", because: [cpu] },
  {
    title: "a GPU of AMD with its driver is told of vulkan",
    situation: { backends: driverOnly, makers: ["AMD"] },
    chosen: "carried",
    because: [get("vulkan", "AMD")],
  },
  {
    title: "a GPU of AMD is not told of CUDA, whatever lies there",
    situation: { backends: of({}, {}, {}), makers: ["AMD", "Intel"] },
    chosen: "carried",
    because: [get("vulkan", "AMD")],
  },
  {
    title: "a GPU of NVIDIA with the driver alone is told of vulkan",
    situation: { backends: driverOnly, makers: ["NVIDIA"] },
    chosen: "carried",
    because: [get("vulkan", "NVIDIA")],
  },
  {
    title: "a GPU of NVIDIA with CUDA 12 is told of its build",
    situation: { backends: of({ missing: lib.cuda }, {}, {}), makers: ["NVIDIA"] },
    chosen: "carried",
    because: [get("cuda-12", "NVIDIA")],
  },
  {
    title: "a GPU of NVIDIA with both is told of the newer one",
    situation: { backends: of({}, {}, {}), makers: ["NVIDIA"] },
    chosen: "carried",
    because: [get("cuda", "NVIDIA")],
  },
  {
    title: "a GPU without any of its libraries",
    situation: { backends: lacking, makers: ["AMD"] },
    chosen: "carried",
    because: [
      "There is a GPU of AMD, and llama.cpp cannot reach it: libvulkan.so.1 was not found. It comes with the GPU's driver.",
    ],
  },
  {
    title: "vulkan works, and nothing better is to be had",
    situation: { backends: of({}, {}, { trial: works }), makers: ["AMD"] },
    chosen: "vulkan",
    because: [onGpu("vulkan")],
  },
  {
    title: "vulkan works where CUDA could",
    situation: { backends: of({}, {}, { trial: works }), makers: ["NVIDIA"] },
    chosen: "vulkan",
    because: [onGpu("vulkan"), get("cuda", "NVIDIA")],
  },
  {
    title: "CUDA comes before vulkan where both work, and is not compared with it",
    situation: { backends: of({ trial: works }, {}, { trial: works }), makers: ["NVIDIA"] },
    chosen: "cuda",
    because: [onGpu("cuda")],
  },
  {
    title: "what crashed is dropped with its reason, and the next one is used",
    situation: {
      backends: of({ trial: crashed, missing: lib.cuda }, { missing: lib["cuda-12"] }, { trial: works }),
      makers: ["NVIDIA"],
    },
    chosen: "vulkan",
    because: [onGpu("vulkan"), crash("cuda")],
  },
  {
    title: "all that is here crashed",
    situation: {
      backends: of({ trial: crashed }, { trial: crashed }, { trial: crashed }),
      makers: ["NVIDIA"],
    },
    chosen: "carried",
    because: [crash("cuda"), crash("cuda-12"), crash("vulkan")],
  },
  {
    title: "a Vulkan of 0 bytes",
    situation: { backends: of({}, {}, { trial: { kind: "no-memory" } }) },
    chosen: "carried",
    because: ["The build vulkan of llama.cpp is not used. It finds no GPU with memory."],
  },
  {
    title: "one that hung, and one whose library is not there",
    situation: {
      backends: of(
        { trial: { kind: "refused", reason: "libcudart.so.13: cannot open" } },
        { missing: lib["cuda-12"] },
        { trial: { kind: "hung", seconds: 45 } },
      ),
    },
    chosen: "carried",
    because: [
      "The build cuda of llama.cpp is not used. It does not start here (libcudart.so.13: cannot open).",
      "The build vulkan of llama.cpp is not used. It did not answer within 45 seconds when it was tried.",
    ],
  },
  {
    title: "what was not tried with these drivers is not used",
    situation: { backends: of({}, {}, { installed: true }), makers: ["AMD"] },
    chosen: "carried",
    because: ["The build vulkan of llama.cpp is here, and will be tried before it is used."],
  },
];

describe("the build of llama.cpp", () => {
  for (const { title, situation, chosen, because } of rows) {
    it(title, () => {
      const choice = chooseBackend({ carried: "cpu", backends: [], makers: [], ...situation });
      assert.equal(choice.chosen, chosen);
      assert.deepEqual(
        choice.because.map((reason) => explainBackend(reason, english)),
        because,
      );
    });
  }
});
