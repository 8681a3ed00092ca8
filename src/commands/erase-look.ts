/** What `hearth erase --dry-run --json` says, read with care: what cannot be read counts as nothing. */

export interface EraseLook {
  readonly home: string;
  readonly bytes: number;
  /** Names in that folder. */
  readonly entries: readonly string[];
  /** Paths that stay. */
  readonly kept: readonly string[];
}

export function readEraseLook(value: unknown): EraseLook {
  const field = (name: string): unknown =>
    typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  const [home, bytes] = [field("home"), field("bytes")];
  return {
    home: typeof home === "string" ? home : "",
    bytes: typeof bytes === "number" ? bytes : 0,
    entries: stringsOf(field("entries")),
    kept: stringsOf(field("kept")),
  };
}

function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
