/** What the doctor says of the build of llama.cpp that is used. */

import { describe, it } from "mocha";
import type { BackendChoice } from "../../../../server/model/backend.ts";
import { check } from "../../../support/doctor-machine.ts";

type Expected = Parameters<typeof check>[2];

const used = { kind: "used", name: "vulkan", devices: ["A GPU"], memoryBytes: 8e9 } as const;
const crashed = {
  kind: "dropped",
  name: "cuda",
  trial: { kind: "crashed", reason: "SIGSEGV" },
} as const;
const fetchable = { kind: "fetchable", name: "vulkan", maker: "AMD", bytes: 27.5e6 } as const;

const rows: readonly (readonly [string, BackendChoice, Expected])[] = [
  [
    "one that works",
    { chosen: "vulkan", because: [used] },
    { state: "ok", found: /on the GPU \(A GPU, 8\.00 GB\), in the build vulkan\.$/ },
  ],
  [
    "one that crashed",
    { chosen: "carried", because: [crashed] },
    {
      state: "warn",
      found: /on the CPU\.$/,
      why: /cuda of llama\.cpp is not used\. It crashed when it was tried \(SIGSEGV\)/,
      mend: /hearth backends get cuda\b.*hearth backends rm cuda$/,
    },
  ],
  [
    "one that crashed beside one that works",
    { chosen: "vulkan", because: [used, crashed] },
    { state: "ok", found: /in the build vulkan\. .*SIGSEGV/ },
  ],
  [
    "a GPU that lies idle",
    { chosen: "carried", because: [fetchable] },
    { state: "warn", why: /GPU of AMD/, mend: /^Run: hearth backends get vulkan$/ },
  ],
  [
    "a GPU without its driver",
    { chosen: "carried", because: [{ kind: "lacks", maker: "AMD", missing: ["libvulkan.so.1"] }] },
    { state: "warn", why: /libvulkan\.so\.1 was not found/, mend: /driver/ },
  ],
  ["Metal", { chosen: "carried", because: [{ kind: "metal" }] }, { state: "ok", found: /Metal/ }],
];

describe("the doctor's check of the builds", () => {
  for (const [what, choice, expected] of rows)
    it(what, () => check("gpu.build", { backends: async () => choice }, expected));
});
