/** Whether a request is answered at all, from the document and the settings alone. Pure. */

import type { Settings } from "../../config/schema.ts";
import { isInsideSecret, isSecretFile } from "../../security/secrets.ts";
import type { CompletionRequest, SkipReason } from "./completion-outcome.ts";
import { insideWord, lineShape } from "./line-shape.ts";

type GateSettings = Pick<Settings, "completion.enabled" | "completion.languages">;

/** Larger texts are generated or data: nobody waits for a completion in them. UTF-16 code units. */
const maxTextLength = 8 * 1024 * 1024;
/** A longer line is minified or data. */
const maxLineLength = 20_000;

/** Why the request is not answered; undefined when it is. Asked by hand, the settings do not refuse. */
export function refuseRequest(request: CompletionRequest, settings: GateSettings): SkipReason | undefined {
  const { snapshot, position, trigger } = request;
  if (trigger === "automatic" && !enabledFor(snapshot.languageId, settings)) return "disabled";
  if (snapshot.text.length > maxTextLength) return "too-large";
  if (!snapshot.contains(position)) return "outside-document";
  if (snapshot.lineEnd(position.line) - snapshot.lineStart(position.line) > maxLineLength) return "too-large";
  const offset = snapshot.offsetAt(position);
  const linePrefix = snapshot.text.slice(snapshot.lineStart(position.line), offset);
  if (isSecretFile(snapshot.uri) || isInsideSecret(linePrefix)) return "secret";
  if (splitsCharacter(snapshot.text, offset)) return "outside-document";
  if (trigger === "automatic" && insideWord(lineShape(snapshot, offset))) return "inside-word";
  return undefined;
}

function enabledFor(languageId: string, settings: GateSettings): boolean {
  const languages = settings["completion.languages"];
  return settings["completion.enabled"] && (languages[languageId] ?? languages["*"] ?? true);
}

/** Within what a person sees as one character no text may be put: a letter and its accent, people joined into a family. */
function splitsCharacter(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset);
  const before = text.charCodeAt(offset - 1);
  if (code >= 0xdc00 && code <= 0xdfff && before >= 0xd800 && before <= 0xdbff) return true;
  return (
    before === zeroWidthJoiner || /^[\p{M}\u200D\p{Emoji_Modifier}]/u.test(text.slice(offset, offset + 2))
  );
}

const zeroWidthJoiner = 0x200d;
