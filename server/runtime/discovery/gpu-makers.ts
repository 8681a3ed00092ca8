/** Whose GPUs the system sees, without any program that could use them. */

import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GpuMaker } from "../../model/backend.ts";

/** As the PCI registry numbers them; the one that computes best first. */
const makers: Readonly<Record<string, GpuMaker>> = { "0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel" };

export interface GpuPlaces {
  /** Where Linux lists graphics devices. */
  readonly devices: string;
  /** Each is there only with the driver of a maker. */
  readonly signs: Readonly<Partial<Record<GpuMaker, readonly string[]>>>;
}

export const usualGpuPlaces: GpuPlaces = {
  devices: "/sys/class/drm",
  signs: { NVIDIA: ["/proc/driver/nvidia", "/dev/nvidiactl", "C:\\Windows\\System32\\nvcuda.dll"] },
};

/** None on a system that does not tell. */
export async function findGpuMakers(places: GpuPlaces = usualGpuPlaces): Promise<readonly GpuMaker[]> {
  const cards = (await readdir(places.devices).catch(() => [])).filter((name) => /^card\d+$/.test(name));
  const vendors = await Promise.all(
    cards.map((card) => readFile(join(places.devices, card, "device", "vendor"), "utf8").catch(() => "")),
  );
  const listed = new Set(vendors.map((vendor) => makers[vendor.trim()]));
  const signed = (maker: GpuMaker) => places.signs[maker]?.some((path) => existsSync(path)) ?? false;
  return Object.values(makers).filter((maker) => listed.has(maker) || signed(maker));
}
