/** Machines to make plans for. */

import { gib, type Hardware, usualRamBandwidth } from "../../server/model/plan/hardware.ts";
import { type HardwareWish, imagineHardware } from "../../server/model/plan/imagined-hardware.ts";

export const plainComputer: Hardware = {
  kind: "computer",
  ramBytes: 16 * gib,
  ramBandwidth: usualRamBandwidth,
  cores: 8,
  instructions: [],
  gpus: [],
};

export function machine(ramGib: number, wish: HardwareWish = {}): Hardware {
  const hardware = imagineHardware({ ramBytes: ramGib * gib, ...wish }, plainComputer);
  if (!hardware) throw new Error("a machine of the tests is not known");
  return hardware;
}
