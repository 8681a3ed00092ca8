/**
 * How NVIDIA's driver is: its version, what holds the GPUs' clocks down, and how they are connected. Each is asked
 * of `nvidia-smi`, whose lines differ from driver to driver: what cannot be read is left out.
 */

import { stripVTControlCharacters } from "node:util";
import type { NvidiaFinding, NvidiaGpu } from "../../model/machine-findings.ts";
import { nvidiaSmi, runNvidiaSmi } from "./nvidia-smi.ts";

export async function findNvidia(signal: AbortSignal, program = nvidiaSmi): Promise<NvidiaFinding> {
  const ask = (...question: readonly string[]) => runNvidiaSmi(question, { program }, signal);
  const table = await ask();
  if (table.kind === "absent") return table;
  const version = versionsIn(table.text);
  if (table.kind === "failed" || !version) return { kind: "broken", reason: firstLine(table.text) };
  // Drivers before 535 know the reasons under another name only, and refuse the whole question for the new one.
  const now = await ask(...stateQuestion("clocks_event_reasons.active"));
  const state = now.kind === "said" ? now : await ask(...stateQuestion("clocks_throttle_reasons.active"));
  const gpus = state.kind === "said" ? gpusIn(state.text) : [];
  const topology = gpus.length > 1 ? await ask("topo", "-m") : undefined;
  return {
    kind: "works",
    ...version,
    gpus,
    farPairs: topology?.kind === "said" ? farPairsIn(topology.text) : [],
  };
}

function stateQuestion(reasons: string): readonly string[] {
  const fields = ["name", "temperature.gpu", "pcie.link.width.current", "pcie.link.width.max", reasons];
  return [`--query-gpu=${fields.join(",")}`, "--format=csv,noheader,nounits"];
}

/** From the head of the table: `Driver Version: 550.54.14   CUDA Version: 12.4`. */
export function versionsIn(table: string): { readonly driver: string; readonly cuda: string } | undefined {
  const [, driver] = /(?:Driver|KMD) Version: *([\d.]+)/.exec(table) ?? [];
  const [, cuda] = /CUDA (?:\w+ )?Version: *(\d+\.\d+)/.exec(table) ?? [];
  return driver === undefined || cuda === undefined ? undefined : { driver, cuda };
}

/** Bits of nvmlClocksEventReasons: slowed down by the hardware or the driver for heat, or for the supply of power. */
const heatBits = 0x20n | 0x40n;
const powerSupplyBit = 0x80n;

/** Lines such as `NVIDIA GeForce RTX 4090, 54, 16, 16, 0x0000000000000004`; `[N/A]` is what a GPU does not tell. */
export function gpusIn(text: string): readonly NvidiaGpu[] {
  return text.split("\n").flatMap((line) => {
    const fields = line.split(",").map((field) => field.trim());
    const [name = "", celsius, used, all, reasons] = fields;
    if (fields.length !== 5) return [];
    const slowedBy = slowedByOf(reasons);
    const [usedLanes, allLanes] = [numberOf(used), numberOf(all)];
    const degrees = numberOf(celsius);
    return [
      {
        name,
        ...(degrees === undefined ? {} : { celsius: degrees }),
        ...(slowedBy === undefined ? {} : { slowedBy }),
        ...(usedLanes && allLanes ? { lanes: { used: usedLanes, all: allLanes } } : {}),
      },
    ];
  });
}

function slowedByOf(reasons = ""): NvidiaGpu["slowedBy"] {
  if (!/^0x[\da-f]+$/i.test(reasons)) return undefined;
  const bits = BigInt(reasons);
  if ((bits & heatBits) !== 0n) return "heat";
  return (bits & powerSupplyBit) === 0n ? undefined : "power supply";
}

/**
 * From the matrix of `nvidia-smi topo -m`, pairs that are joined by `SYS`: over PCI Express and the link between
 * processors. Everything else is nearer.
 */
export function farPairsIn(matrix: string): readonly (readonly [number, number])[] {
  // Newer ones underline the head of the table.
  const lines = stripVTControlCharacters(matrix).split("\n");
  const rows = lines.flatMap((line) => {
    const [, cells] = /^GPU\d+\s+(.*)$/.exec(line) ?? [];
    return cells === undefined ? [] : [cells.trim().split(/\s+/)];
  });
  // Network cards stand behind the GPUs.
  return rows.flatMap((cells, row) =>
    cells
      .slice(0, rows.length)
      .flatMap((cell, column) => (cell === "SYS" && column > row ? [[row, column] as const] : [])),
  );
}

function numberOf(field = ""): number | undefined {
  return /^\d+$/.test(field) ? Number(field) : undefined;
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
