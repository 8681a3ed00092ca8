/** What a client sends is checked before it is used: a wrong form is answered as the protocol wants, in words. */

import * as v from "valibot";
import { ErrorCodes, ResponseError } from "vscode-languageserver-protocol";
import type { Localizer } from "../../base/l10n.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const inlineCompletionSchema = v.object({
  textDocument: v.object({ uri: v.string() }),
  position: v.object({ line: count, character: count }),
  context: v.object({ triggerKind: v.number() }),
});

export const executeCommandSchema = v.object({
  command: v.string(),
  arguments: v.optional(v.array(v.unknown())),
});

export function checkedParams<Schema extends v.GenericSchema>(
  schema: Schema,
  raw: unknown,
  { t }: Localizer,
): v.InferOutput<Schema> {
  const params = v.safeParse(schema, raw);
  if (params.success) return params.output;
  throw new ResponseError(
    ErrorCodes.InvalidParams,
    t("A message has a wrong form: {0}", v.summarize(params.issues)),
  );
}
