/** The lines of a stream of JSON, each within a bound; empty ones are left out. */

import { RuntimeError } from "../../model/runtime-error.ts";

const mostLineCharacters = 1024 * 1024;

export async function* jsonLines(chunks: AsyncIterable<string>): AsyncGenerator<string, void> {
  let waiting = "";
  for await (const chunk of chunks) {
    const lines = (waiting + chunk).split("\n");
    waiting = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield line;
    if (waiting.length > mostLineCharacters)
      throw new RuntimeError("refused", "The runtime sends a line without end.");
  }
  if (waiting.trim() !== "") yield waiting;
}
