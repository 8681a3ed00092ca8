/** `hearth/chat`: asks the model that reasons one question, and sends the answer as it comes. */

import type { ChatResult, ChatSource } from "../../protocol/chat.ts";
import { chatSchema, checkedParams } from "../convert/checked-params.ts";
import type { Documents } from "../documents.ts";
import type { AskedQuestion } from "../language-services.ts";
import type { Session } from "../session.ts";

export async function onChat(session: Session, raw: unknown, requested: AbortSignal): Promise<ChatResult> {
  const params = checkedParams(chatSchema, raw, session.localizer);
  const { id, question: text, sources = [], thinking } = params;
  // As the documents are at this moment.
  const shown = sources.flatMap((source) => linesOf(source, session.documents));
  const thought = thinking === undefined ? {} : { thinkingTokens: thinking };
  const services = await session.services();
  const signal = AbortSignal.any([requested, session.ended]);
  return services.ask(
    { text, sources: shown, ...thought },
    (part) => session.client.chatPart({ id, part }),
    signal,
  );
}

function linesOf({ uri, startLine, endLine }: ChatSource, documents: Documents): AskedQuestion["sources"] {
  const snapshot = documents.get(uri);
  if (!snapshot || startLine > snapshot.lineCount) return [];
  const last = Math.max(startLine, Math.min(endLine, snapshot.lineCount));
  const lines = Array.from({ length: last - startLine + 1 }, (_, index) =>
    snapshot.lineText(startLine - 1 + index),
  );
  return [{ uri, startLine, endLine: last, text: lines.join("\n") }];
}
