/** A package of npm's registry as it is pinned, whoever fetches it. */

export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** `sha512-` and base64. */
  readonly integrity: string;
  /** Of the archive, then of what is in it. */
  readonly bytes: number;
  readonly unpackedBytes: number;
  readonly licence: string;
}
