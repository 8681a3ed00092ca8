/** Answers the model contract's messages on a connection with a runtime. The other end is `remote-runtime.ts`. */

import * as v from "valibot";
import type { CancellationToken, MessageConnection } from "vscode-jsonrpc/node";
import type { ModelRuntime, StreamPart } from "../../model/model-runtime.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { toResponseError } from "./errors.ts";
import {
  chatRequest,
  chatSchema,
  countRequest,
  countSchema,
  embedRequest,
  embedSchema,
  infillRequest,
  infillSchema,
  type StreamEnd,
  streamPart,
  warmRequest,
  warmSchema,
} from "./model-protocol.ts";

/** The runtime of a model's name on this connection; throws a RuntimeError when there is none. */
export type RuntimeOf = (model: string) => ModelRuntime;

export function exposeRuntime(connection: MessageConnection, runtimeOf: RuntimeOf): void {
  connection.onRequest(infillRequest, (raw, token) =>
    handled(infillSchema, raw, ({ model, stream, request }) =>
      relay(connection, stream, runtimeOf(model).infill(request, signalOf(token))),
    ),
  );
  connection.onRequest(chatRequest, (raw, token) =>
    handled(chatSchema, raw, ({ model, stream, request }) =>
      relay(connection, stream, runtimeOf(model).chat(request, signalOf(token))),
    ),
  );
  connection.onRequest(embedRequest, (raw, token) =>
    handled(embedSchema, raw, async ({ model, request }) =>
      (await runtimeOf(model).embed(request, signalOf(token))).map(toBase64),
    ),
  );
  connection.onRequest(countRequest, (raw) =>
    handled(countSchema, raw, ({ model, text }) => runtimeOf(model).countTokens(text)),
  );
  connection.onRequest(warmRequest, (raw, token) =>
    handled(warmSchema, raw, ({ model, request }) => runtimeOf(model).warm(request, signalOf(token))),
  );
}

/** Reads a message through its schema and answers it, errors as `{code, message}`. */
export async function handled<Schema extends v.GenericSchema, Result>(
  schema: Schema,
  raw: unknown,
  answer: (params: v.InferOutput<Schema>) => Promise<Result> | Result,
): Promise<Result> {
  try {
    const params = v.safeParse(schema, raw);
    if (!params.success)
      throw new RuntimeError("refused", `A message has a wrong form: ${v.summarize(params.issues)}`);
    return await answer(params.output);
  } catch (error) {
    throw toResponseError(error);
  }
}

export function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}

async function relay(
  connection: MessageConnection,
  stream: string,
  parts: AsyncIterable<StreamPart>,
): Promise<StreamEnd> {
  for await (const part of parts) {
    if (part.kind === "stream-end") return { reason: part.reason, usage: part.usage };
    await connection.sendProgress(streamPart, stream, part);
  }
  throw new RuntimeError("internal", "A stream ended without saying how.");
}

function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
}
