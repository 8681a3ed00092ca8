/** Sizes as the doctor says them, and how it compares versions. */

export function gibibytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}

export function fileSize(bytes: number): string {
  return bytes < 1024 ** 3 ? `${Math.max(1, Math.round(bytes / 1024 ** 2))} MiB` : gibibytes(bytes);
}

/** Whether a version is older than another; what follows their numbers, as in `-rc2`, does not count. */
export function isOlder(version: string, than: string): boolean {
  const parts = version.split(/[.-]/).map(Number);
  for (const [index, wanted] of than.split(".").map(Number).entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}
