/** The GGUF files in the models folder, with what their headers say; a file that cannot be read is said, not hidden. */

import { readdir } from "node:fs/promises";
import { basename, isAbsolute, join } from "node:path";
import type { FimFamilyId } from "../../model/fim.ts";
import { detectFim, detectReasoning } from "../../model/fim-detection.ts";
import { readGgufFile } from "../../model/gguf.ts";
import { type RuntimeError, toRuntimeError } from "../../model/runtime-error.ts";

export interface LocalModel {
  readonly path: string;
  /** The file's base name without its ending: what `embedded/<name>` means. */
  readonly name: string;
  readonly fileBytes: number;
  readonly fim?: FimFamilyId;
  readonly reasons: boolean;
}

export type LocalFile =
  | { readonly kind: "model"; readonly model: LocalModel }
  | { readonly kind: "unusable"; readonly path: string; readonly error: RuntimeError };

/** Every `.gguf` of the folder by name; none when there is no folder. */
export async function listLocalModels(folder: string): Promise<readonly LocalFile[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.toLowerCase().endsWith(".gguf")).toSorted();
  return Promise.all(files.map((name) => inspectLocalModel(join(folder, name))));
}

export async function inspectLocalModel(path: string): Promise<LocalFile> {
  try {
    const header = await readGgufFile(path);
    const fim = detectFim(header, path);
    const model = {
      path,
      name: basename(path).replace(/\.gguf$/i, ""),
      fileBytes: header.fileBytes,
      reasons: detectReasoning(header, path),
      ...(fim && { fim }),
    };
    return { kind: "model", model };
  } catch (thrown) {
    return { kind: "unusable", path, error: toRuntimeError(thrown) };
  }
}

/**
 * The models that can complete, the largest first: of those that a person has put there, the larger one is
 * the better one.
 */
export function completionCandidates(files: readonly LocalFile[]): readonly LocalModel[] {
  return files
    .flatMap((file) => (file.kind === "model" && file.model.fim !== undefined ? [file.model] : []))
    .toSorted((a, b) => b.fileBytes - a.fileBytes);
}

/** The file that `embedded/<nameOrPath>` means: a path as it is, a name in the models folder. */
export function localModelPath(nameOrPath: string, folder: string): string {
  if (isAbsolute(nameOrPath) || /[\\/]/.test(nameOrPath)) return nameOrPath;
  return join(folder, nameOrPath.toLowerCase().endsWith(".gguf") ? nameOrPath : `${nameOrPath}.gguf`);
}
