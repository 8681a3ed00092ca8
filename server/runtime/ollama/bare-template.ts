/** Whether a model of Ollama has no form for a conversation: its template is what one gets that came without any. */

import type { OllamaModel } from "./ollama-api.ts";

export function isBareTemplate({ template }: Pick<OllamaModel, "template">): boolean {
  return /^\s*\{\{-?\s*\.Prompt\s*-?\}\}\s*$/.test(template);
}
