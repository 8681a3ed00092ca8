/** Sizes as the doctor says them, and how it compares versions. */

export function gibibytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}

export function fileSize(bytes: number): string {
  return bytes < 1024 ** 3 ? `${Math.max(1, Math.round(bytes / 1024 ** 2))} MiB` : gibibytes(bytes);
}
