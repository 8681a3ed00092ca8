/** Sizes and counts as a person reads them. */

const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** Of files, in powers of a thousand, as disks and repositories count. */
export function fileSize(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(value < 9.95 ? 1 : 0)} ${units[power]}`;
}

/** Of memory, in powers of two, as it is sold. */
export function memorySize(bytes: number): string {
  const value = bytes / 1024 ** 3;
  return `${value.toFixed(value < 99.5 ? 1 : 0)} GiB`;
}

/** With the language's own marks between thousands. */
export function count(value: number, language: string): string {
  return value.toLocaleString(language, { maximumFractionDigits: value < 10 ? 1 : 0 });
}

/** The host of an address, with its port. */
export function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}
