/** The text that a verb works on, from disk or standard input; what is no text of a sane size is refused. */

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Localizer } from "../base/l10n.ts";
import { readWholeFile } from "../base/regular-file.ts";
import { languageOfPath } from "../text/language-of-path.ts";
import { type Position, Snapshot } from "../text/snapshot.ts";
import { cursorExample } from "./cursor.ts";
import type { Failure } from "./failure.ts";

export interface DocumentRequest {
  readonly path: string;
  readonly cwd: string;
  /** The unsaved text; the file need not be there then. */
  readonly stdin: AsyncIterable<Uint8Array> | undefined;
  /** What is named of it: `complete` a cursor, `ask` lines. */
  readonly verb: "ask" | "complete";
  readonly localizer: Localizer;
}

export type DocumentResult =
  | { readonly kind: "document"; readonly path: string; readonly snapshot: Snapshot }
  | { readonly kind: "failed"; readonly failure: Failure };

/** Editors stop their language features near this size too. */
const maxBytes = 20 * 1024 * 1024;

export async function readDocument(request: DocumentRequest): Promise<DocumentResult> {
  const path = resolve(request.cwd, request.path);
  const bytes = request.stdin === undefined ? await readBytes(path, request) : await collect(request.stdin);
  if (!(bytes instanceof Uint8Array)) return { kind: "failed", failure: bytes };
  if (bytes.length > maxBytes) return { kind: "failed", failure: tooLarge(request) };
  const text = decode(bytes);
  if (text === undefined) return { kind: "failed", failure: notText(request) };
  const uri = pathToFileURL(path).toString();
  return { kind: "document", path, snapshot: new Snapshot(uri, languageOfPath(path), 1, text) };
}

export type PlaceResult =
  | { readonly kind: "place"; readonly position: Position }
  | { readonly kind: "failed"; readonly failure: Failure };

/** Behind the end of a line means its end, as in LSP; a line that is not there is a mistake. */
export function placeIn(snapshot: Snapshot, position: Position, { t }: Localizer): PlaceResult {
  if (position.line < snapshot.lineCount) {
    return { kind: "place", position: snapshot.positionAt(snapshot.offsetAt(position)) };
  }
  const message = t("There is no line {0}: the document has {1}.", position.line + 1, snapshot.lineCount);
  return {
    kind: "failed",
    failure: { code: "cursor-outside", message, mend: t("Lines and columns count from 1.") },
  };
}

async function readBytes(path: string, request: DocumentRequest): Promise<Uint8Array | Failure> {
  const { t } = request.localizer;
  try {
    const read = await readWholeFile(path, maxBytes);
    switch (read.kind) {
      case "bytes":
        return read.bytes;
      case "too-large":
        return tooLarge(request);
      case "not-a-file":
        return {
          code: "not-a-file",
          message: t("{0} is not a file.", request.path),
          mend: t("Name a source file, as in {0}.", cursorExample),
        };
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "ENOENT" || code === "ENOTDIR") {
      return {
        code: "file-not-found",
        message: t("There is no file {0}.", path),
        mend: mendOfPath(path, request),
      };
    }
    if (code === "") throw error;
    return {
      code: "file-unreadable",
      message: t("{0} cannot be read ({1}).", path, code),
      mend: t("Check who may read it."),
    };
  }
}

/** Of more numbers behind a name than there may be, the first is taken for a part of it. */
function mendOfPath(path: string, { verb, localizer: { t } }: DocumentRequest): string {
  const hasNumber = /:\d+$/.test(path);
  if (verb === "ask")
    return hasNumber
      ? t("Write the file and its lines, as in {0}.", "src/main.ts:10-20")
      : t("Check the path; it is taken from the working directory.");
  return hasNumber
    ? t("Write the file, one line and one column, as in {0}.", cursorExample)
    : t("Check the path; it is taken from the working directory. With --stdin the file need not be there.");
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break;
  }
  return Buffer.concat(parts);
}

/** UTF-8 without its byte order mark; undefined for anything else. */
function decode(bytes: Uint8Array): string | undefined {
  if (bytes.subarray(0, 8192).includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** How large it is, nobody knows of standard input, which is not read to its end. */
function tooLarge({ path, localizer }: DocumentRequest): Failure {
  const { t } = localizer;
  const most = maxBytes / 1024 / 1024;
  return {
    code: "file-too-large",
    message: t("{0} has more than {1} MB; files up to {1} MB are completed.", path, most),
    mend: t("Split the file."),
  };
}

function notText({ path, localizer }: DocumentRequest): Failure {
  const { t } = localizer;
  return {
    code: "not-text",
    message: t("{0} is not a text in UTF-8.", path),
    mend: t("Name a source file; save one of another encoding as UTF-8."),
  };
}
