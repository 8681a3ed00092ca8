/** The GGUF files beside one that can take its place where memory does not hold it. */

import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { detectFim, detectReasoning } from "../../model/fim-detection.ts";
import { leastParameters } from "../../model/findings.ts";
import type { DescentModel } from "./descent.ts";
import { type GgufFile, identifyGguf } from "./gguf-file.ts";

export interface FileModel extends DescentModel {
  readonly file: GgufFile;
}

/** What is hardly smaller would hardly fit better. */
const mostShare = 0.8;

export function fileModel(file: GgufFile): FileModel {
  const { header, path } = file;
  return {
    file,
    name: basename(path, ".gguf"),
    weightBytes: header.weightBytes,
    // The output layer counts as one.
    layers: header.layers + 1,
  };
}

/** Those that fill in the middle by the same tokens and think where it thinks, the largest first. */
export async function smallerFiles(asked: FileModel): Promise<readonly FileModel[]> {
  const folder = dirname(asked.file.path);
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(
    names
      .filter((name) => name.toLowerCase().endsWith(".gguf"))
      // What is broken or half there is no way out.
      .map((name) => identifyGguf(join(folder, name)).catch(() => undefined)),
  );
  return files
    .filter((file) => file !== undefined && replaces(file, asked.file))
    .flatMap((file) => (file ? [fileModel(file)] : []))
    .toSorted((a, b) => b.weightBytes - a.weightBytes);
}

function replaces(file: GgufFile, asked: GgufFile): boolean {
  if (file.header.weightBytes > asked.header.weightBytes * mostShare) return false;
  if (isForTests(file) && !isForTests(asked)) return false;
  if (detectFim(file.header, file.path) !== detectFim(asked.header, asked.path)) return false;
  return detectReasoning(file.header, file.path) === detectReasoning(asked.header, asked.path);
}

function isForTests({ header }: GgufFile): boolean {
  return header.parameters < leastParameters;
}
