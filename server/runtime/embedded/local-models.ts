/** The GGUF files in the models folder, with what their headers say; a file that cannot be read is said, not hidden. */

import { readdir } from "node:fs/promises";
import { basename, isAbsolute, join } from "node:path";
import { detectFim, detectReasoning } from "../../model/fim-detection.ts";
import type { ModelFileFinding } from "../../model/findings.ts";
import { readGgufFile } from "../../model/gguf.ts";
import { isLaterPart } from "../../model/gguf-parts.ts";
import { toRuntimeError } from "../../model/runtime-error.ts";

/** Every `.gguf` of the folder by name; none when there is no folder. */
export async function listLocalModels(folder: string): Promise<readonly ModelFileFinding[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.toLowerCase().endsWith(".gguf") && !isLaterPart(name)).toSorted();
  return Promise.all(files.map((name) => inspectLocalModel(join(folder, name))));
}

export async function inspectLocalModel(path: string): Promise<ModelFileFinding> {
  try {
    const header = await readGgufFile(path);
    const fim = detectFim(header, path);
    return {
      kind: "model",
      path,
      name: basename(path).replace(/\.gguf$/i, ""),
      fileBytes: header.fileBytes,
      parameters: header.parameters,
      ...(fim && { fim }),
      ...(detectReasoning(header, path) && { reasons: true }),
    };
  } catch (thrown) {
    return { kind: "unusable", path, error: toRuntimeError(thrown) };
  }
}

/** The file that `embedded/<nameOrPath>` means: a path as it is, a name in the models folder. */
export function localModelPath(nameOrPath: string, folder: string): string {
  if (isAbsolute(nameOrPath) || /[\\/]/.test(nameOrPath)) return nameOrPath;
  return join(folder, nameOrPath.toLowerCase().endsWith(".gguf") ? nameOrPath : `${nameOrPath}.gguf`);
}
