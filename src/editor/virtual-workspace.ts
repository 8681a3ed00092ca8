/** Whether the workspace's files lie somewhere that a program outside the editor cannot read. */

/** The scheme of a workspace without a single folder on a disk; undefined for any other, and for none. */
export function virtualScheme(schemes: readonly string[]): string | undefined {
  return schemes.every((scheme) => scheme !== "file") ? schemes[0] : undefined;
}
