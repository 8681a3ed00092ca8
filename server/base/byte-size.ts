/** Sizes as a person reads them, in powers of a thousand, as disks and repositories count. */

const units = ["B", "kB", "MB", "GB", "TB"] as const;

export function byteSize(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(value < 9.95 ? 2 : value < 99.5 ? 1 : 0)} ${units[power]}`;
}
