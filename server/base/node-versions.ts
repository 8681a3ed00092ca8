/** The versions of Node.js that Hearth is made for. */

/**
 * From here on `node:sqlite` is there without a flag; an editor brings a Node.js that is as new or newer. npm alone
 * may be older where it sets up the repository: it brings a newer one (`engines` in package.json).
 */
export const oldestNode = "22.13.0";

/** The major version that everything is tested with. */
export const testedNode = 24;

export function runsOn(nodeVersion: string): boolean {
  return !isOlder(nodeVersion, oldestNode);
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
