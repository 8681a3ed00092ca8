/** What a client sends is checked before it is used: a wrong form is answered as the protocol wants, in words. */

import * as v from "valibot";
import { ErrorCodes, ResponseError } from "vscode-languageserver-protocol";
import type { Localizer } from "../../base/l10n.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const position = v.object({ line: count, character: count });

export const inlineCompletionSchema = v.object({
  textDocument: v.object({ uri: v.string() }),
  position,
  context: v.object({ triggerKind: v.number() }),
});

export const executeCommandSchema = v.object({
  command: v.string(),
  arguments: v.optional(v.array(v.unknown())),
});

const named = v.object({ uri: v.string() });
const range = v.object({ start: position, end: position });
const folders = v.array(named);

export const didOpenSchema = v.object({
  textDocument: v.object({ uri: v.string(), languageId: v.string(), version: v.number(), text: v.string() }),
});

export const didChangeSchema = v.object({
  textDocument: v.object({ uri: v.string(), version: v.number() }),
  contentChanges: v.array(v.object({ range: v.nullish(range), text: v.string() })),
});

/** What says only which document it is of. */
export const documentSchema = v.object({ textDocument: named });

export const watchedFilesSchema = v.object({ changes: v.array(named) });

export const workspaceFoldersSchema = v.object({ event: v.object({ added: folders, removed: folders }) });

export const trustSchema = v.object({ trusted: v.boolean() });

export const pullSchema = v.object({
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(1024)),
  workDoneToken: v.exactOptional(v.union([v.string(), v.number()])),
});

const line = v.pipe(count, v.minValue(1));

export const chatSchema = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  question: v.pipe(v.string(), v.trim(), v.minLength(1)),
  sources: v.exactOptional(v.array(v.object({ uri: v.string(), startLine: line, endLine: line }))),
  thinking: v.exactOptional(count),
});

export const progressCancelSchema = v.object({ token: v.union([v.string(), v.number()]) });

export function checkedParams<Schema extends v.GenericSchema>(
  schema: Schema,
  raw: unknown,
  { t }: Localizer,
): v.InferOutput<Schema> {
  const params = v.safeParse(schema, raw);
  if (params.success) return params.output;
  throw new ResponseError(
    ErrorCodes.InvalidParams,
    t("A message has a wrong form: {0}", params.issues.map(issueText).join("; ")),
  );
}

/** One line each: a log and an error of the protocol have no room for more. */
function issueText(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return path === null ? issue.message : `${path}: ${issue.message}`;
}
