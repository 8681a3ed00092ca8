/** Amounts of memory as the doctor says them; files are in `base/byte-size.ts`, in powers of a thousand. */

export function gibibytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}

export function memorySize(bytes: number): string {
  return bytes < 1024 ** 3 ? `${Math.max(1, Math.round(bytes / 1024 ** 2))} MiB` : gibibytes(bytes);
}
