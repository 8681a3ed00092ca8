/** The rules of the house as data and pure functions: each takes files and names what breaks it. */

import type { SourceFile } from "./source-file.ts";

/** Low to high. A folder imports only from folders below it, never from its siblings. */
const layers: readonly (readonly string[])[] = [
  ["base"],
  ["protocol", "config", "text"],
  ["syntax", "model"],
  ["metrics", "security"],
  ["runtime", "sampling", "index", "fetch"],
  ["context"],
  ["edits"],
  ["features"],
  ["evaluation"],
  ["lsp", "cli"],
];

/** Where the parts are put together: these import what they need, and only one another import them. */
const compositionRoots: ReadonlySet<string> = new Set([
  "server/main.ts",
  "server/services.ts",
  "server/doctor.ts",
  "server/model-spec.ts",
  "server/auto-models.ts",
  "server/chat.ts",
  "server/models.ts",
  "server/erase.ts",
  "server/backends.ts",
  "server/reason-model.ts",
  "server/role-models.ts",
  "server/entries.ts",
  "server/cli/main.ts",
  "server/runtime/host/main.ts",
  "server/runtime/embedded/child.ts",
  "server/index/worker.ts",
]);

/** What cannot be parsed has no imports and no functions that the other rules could see. */
export function unparsed(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path, errors }) => errors.map((message) => `${path}: ${message}`));
}

export function layerBreaks(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) =>
    file.imports
      .filter((target) => !mayImport(file.path, target))
      .map((target) => `${file.path} → ${target}`),
  );
}

function mayImport(from: string, target: string): boolean {
  const area = from.split("/")[0];
  if (!/^(server|src|media|test|bench|scripts)\//.test(target))
    return target !== "vscode" || area !== "server";
  if (area === "media") return target.startsWith("media/") || target.startsWith("src/webview/");
  if (area === "src") return target.startsWith("src/") || target.startsWith("server/protocol/");
  if (area !== "server") return true;
  if (!target.startsWith("server/")) return false;
  if (compositionRoots.has(from)) return true;
  if (compositionRoots.has(target)) return false;
  const folder = folderOf(from);
  return folder === folderOf(target) || layerOf(folderOf(target)) < layerOf(folder);
}

/** Folders of the server that no layer names, and loose files that are no composition root. */
export function strangers(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter(({ path }) => path.startsWith("server/") && !compositionRoots.has(path))
    .filter(({ path }) => layerOf(folderOf(path)) < 0)
    .map(({ path }) => path);
}

function folderOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function layerOf(folder: string): number {
  return layers.findIndex((layer) => layer.includes(folder));
}

/** Import cycles, each once, as the path that returns to its first file. */
export function importCycles(files: readonly SourceFile[]): readonly string[] {
  const imports = new Map(files.map((file) => [file.path, file.imports]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(" → "));
    if (at >= 0 || done.has(path)) return;
    for (const target of imports.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return found;
}

export function longFiles(files: readonly SourceFile[], most: number): readonly string[] {
  return files.filter(({ lines }) => lines > most).map(({ path, lines }) => `${path}: ${lines} lines`);
}

export function longFunctions(files: readonly SourceFile[], most: number): readonly string[] {
  return files.flatMap(({ path, functions }) =>
    functions
      .filter(({ lines }) => lines > most)
      .map(({ name, lines }) => `${path}: ${name} has ${lines} lines`),
  );
}

export function badNames(files: readonly SourceFile[]): readonly string[] {
  return files.map(({ path }) => path).filter((path) => !/^[a-z0-9/]+([-.][a-z0-9/]+)*\.ts$/.test(path));
}

/** Files that do not open with a comment that says what they are for. */
export function silentOpenings(files: readonly SourceFile[]): readonly string[] {
  return files.filter(({ opening }) => opening !== "/**").map(({ path }) => path);
}

/** Tests are skipped through `needs.ts` alone, which says in the title why. */
export function silentSkips(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter(({ path, skips }) => skips > 0 && path !== "test/support/needs.ts")
    .map(({ path, skips }) => `${path}: ${skips}`);
}

/** The value below which `share` of the values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
