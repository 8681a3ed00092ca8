/** What a page may say to the extension: that it is ready to draw, and which button was pressed. */

import * as v from "valibot";

const pageMessageSchema = v.variant("kind", [
  v.strictObject({ kind: v.literal("ready") }),
  v.strictObject({ kind: v.literal("press"), id: v.pipe(v.string(), v.maxLength(500)) }),
]);

export type PageMessage = v.InferOutput<typeof pageMessageSchema>;

/** Undefined for anything that is not exactly one of them. */
export function readPageMessage(raw: unknown): PageMessage | undefined {
  const message = v.safeParse(pageMessageSchema, raw);
  return message.success ? message.output : undefined;
}
