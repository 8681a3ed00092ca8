/**
 * What `nvidia-smi` writes, after its documented formats: the table, `--query-gpu` as CSV, `topo -m`, and how it
 * fails. Drivers differ in spaces and in the names of a few fields.
 */

export function table(driver: string, cuda: string): string {
  return `Sun Nov 22 12:00:00 2026
+-----------------------------------------------------------------------------------------+
| NVIDIA-SMI ${driver}              Driver Version: ${driver}      CUDA Version: ${cuda}     |
|-----------------------------------------+------------------------+----------------------+
| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |
`;
}

export const noDriver =
  "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. " +
  "Make sure that the latest NVIDIA driver is installed and running.\n\n";

export const newerDriver =
  "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.54\n";

/** Name, degrees, lanes now and at most, and the bits of why its clocks are down. */
export const states = {
  idle: "NVIDIA GeForce RTX 4090, 41, 16, 16, 0x0000000000000001\n",
  powerCap: "NVIDIA GeForce RTX 4090, 66, 16, 16, 0x0000000000000004\n",
  hot: "NVIDIA GeForce RTX 3090, 93, 16, 16, 0x0000000000000068\n",
  starved: "NVIDIA A100-PCIE-40GB, 50, 16, 16, 0x0000000000000088\n",
  silent: "GRID T4-8Q, [N/A], [N/A], [N/A], [N/A]\n",
  riser: "NVIDIA GeForce RTX 3060, 50, 1, 16, 0x0000000000000000\n",
} as const;

/** Two processors with two GPUs each. The newest drivers underline the head. */
export const fourGpus = `\t\u001b[4mGPU0\tGPU1\tGPU2\tGPU3\tNIC0\tCPU Affinity\tNUMA Affinity\tGPU NUMA ID\u001b[0m
GPU0\t X \tNV4\tSYS\tSYS\tNODE\t0-15,32-47\t0\t\tN/A
GPU1\tNV4\t X \tSYS\tSYS\tNODE\t0-15,32-47\t0\t\tN/A
GPU2\tSYS\tSYS\t X \tPHB\tSYS\t16-31,48-63\t1\t\tN/A
GPU3\tSYS\tSYS\tPHB\t X \tSYS\t16-31,48-63\t1\t\tN/A
NIC0\tNODE\tNODE\tSYS\tSYS\t X

Legend:

  X    = Self
  SYS  = Connection traversing PCIe as well as the SMP interconnect between NUMA nodes (e.g., QPI/UPI)
`;
