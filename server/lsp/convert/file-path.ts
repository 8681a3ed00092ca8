/** Document URIs and paths of files. */

import { basename, isAbsolute, relative } from "node:path";
import { URI } from "vscode-uri";

/** The path that a `file:` URI names; undefined for any other scheme and for what is not a URI. */
export function filePath(uri: string): string | undefined {
  try {
    const parsed = URI.parse(uri, true);
    return parsed.scheme === "file" ? parsed.fsPath : undefined;
  } catch (error) {
    if (error instanceof URIError || error instanceof Error) return undefined;
    throw error;
  }
}

/** From the innermost of the folders that holds it, with forward slashes; else its name. */
export function displayPath(uri: string, folders: Iterable<string>): string {
  const path = filePath(uri);
  if (path === undefined) return uri;
  const inside = [...folders]
    .map((folder) => relative(folder, path))
    .filter((name) => name !== "" && !name.startsWith("..") && !isAbsolute(name))
    .toSorted((a, b) => a.length - b.length);
  return (inside[0] ?? basename(path)).replaceAll("\\", "/");
}
