/** AMD's graphics cards as the kernel's driver `amdgpu` tells of them: how much memory each has, and who uses it. */

import { readdir, readFile, readlink } from "node:fs/promises";
import { basename, join } from "node:path";

export interface AmdPlaces {
  /** Where Linux shows its graphics devices. */
  readonly drm: string;
  readonly proc: string;
}

export const usualAmdPlaces: AmdPlaces = { drm: "/sys/class/drm", proc: "/proc" };

export interface AmdCard {
  /** As `card0`. */
  readonly name: string;
  /** Its place on the bus, as `0000:03:00.0`; empty where the system does not tell. */
  readonly address: string;
  readonly totalBytes: number;
  readonly usedBytes: number;
}

/** None where that driver is not in use. */
export async function findAmdCards(drm: string): Promise<readonly AmdCard[]> {
  const names = (await readdir(drm).catch(() => [])).filter((name) => /^card\d+$/.test(name));
  const cards = names.toSorted().map(async (name) => {
    const device = join(drm, name, "device");
    const [totalBytes, usedBytes, target] = await Promise.all([
      readCount(join(device, "mem_info_vram_total")),
      readCount(join(device, "mem_info_vram_used")),
      readlink(device).catch(() => ""),
    ]);
    if (totalBytes === undefined || usedBytes === undefined) return [];
    return [{ name, address: basename(target), totalBytes, usedBytes }];
  });
  return (await Promise.all(cards)).flat();
}

/** What these processes have of each card's memory, by its address: from what the kernel says of their open files. */
export async function amdBytesOf(
  pids: readonly number[],
  proc: string,
): Promise<ReadonlyMap<string, number>> {
  const seen = new Set<string>();
  const sums = new Map<string, number>();
  for (const text of (
    await Promise.all(pids.map((pid) => openFiles(join(proc, String(pid), "fdinfo"))))
  ).flat()) {
    const [address, client] = [fieldOf(text, "drm-pdev"), fieldOf(text, "drm-client-id")];
    const kibibytes = /^(\d+) KiB$/.exec(fieldOf(text, "drm-memory-vram"))?.[1];
    // A client may be open under several numbers.
    if (kibibytes === undefined || seen.has(`${address} ${client}`)) continue;
    seen.add(`${address} ${client}`);
    sums.set(address, (sums.get(address) ?? 0) + Number(kibibytes) * 1024);
  }
  return sums;
}

async function openFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return Promise.all(names.map((name) => readFile(join(folder, name), "utf8").catch(() => "")));
}

function fieldOf(text: string, name: string): string {
  return new RegExp(`^${name}:\\s*(.*?)\\s*$`, "m").exec(text)?.[1] ?? "";
}

async function readCount(path: string): Promise<number | undefined> {
  const text = await readFile(path, "utf8").catch(() => "");
  return /^\d+\s*$/.test(text) ? Number(text) : undefined;
}
