/** What `package-lock.json` holds, and what it should hold and does not. */

export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Optional dependencies, most of them one platform's part of a tool, that no entry stands for. */
export function unlocked({ packages }: Lockfile): readonly string[] {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !foldersAbove(path).some((folder) => packages[`${folder}node_modules/${name}`]))
      .map((name) => `${path} → ${name}`),
  );
}

/** Where Node looks for what the package at `path` imports. */
function foldersAbove(path: string): readonly string[] {
  const folders = [`${path}/`];
  for (let at = path.lastIndexOf("node_modules/"); at >= 0; at = path.lastIndexOf("node_modules/", at - 1)) {
    folders.push(path.slice(0, at));
    if (at === 0) break;
  }
  return folders;
}
