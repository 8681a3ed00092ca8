/** Document URIs and paths of files. */

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
