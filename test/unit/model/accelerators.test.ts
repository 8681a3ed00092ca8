/** Accelerators are found by the names that drivers and people give them. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { accelerators, findAccelerator } from "../../../server/model/accelerators.ts";

function check(text: string, name: string | undefined): void {
  it(`${text} is ${name ?? "not known"}`, () => assert.equal(findAccelerator(text)?.name, name));
}

describe("an accelerator", () => {
  check("NVIDIA GeForce RTX 4090", "RTX 4090");
  check("rtx4090", "RTX 4090");
  check("RTX 4070 Ti SUPER", "RTX 4070 Ti SUPER");
  check("NVIDIA GeForce RTX 4070 Ti", "RTX 4070 Ti");
  check("RTX 3060", "RTX 3060 12GB");
  check("NVIDIA H100 80GB HBM3", "H100");
  check("NVIDIA A100-SXM4-40GB", "A100 40GB");
  check("A100", "A100 80GB");
  check("T4", "Tesla T4");
  check("AMD Radeon RX 7900 XTX", "Radeon RX 7900 XTX");
  check("Intel(R) Arc(TM) B580 Graphics", "Arc B580");
  check("Apple M4 Max", "Apple M4 Max");
  check("m2", "Apple M2");
  check("Raspberry Pi 5 Model B Rev 1.0", "Raspberry Pi 5");
  check("Voodoo 2", undefined);
  check("", undefined);

  it("has a name of its own", () => {
    const names = accelerators.flatMap(({ name, aliases }) => [name, ...aliases]);
    assert.equal(new Set(names).size, names.length);
  });
});
