/** The data of server-sent events, each within a bound. */

import { createParser } from "eventsource-parser";
import { RuntimeError } from "../../model/runtime-error.ts";

const mostEventCharacters = 1024 * 1024;

export async function* serverSentEvents(chunks: AsyncIterable<string>): AsyncGenerator<string, void> {
  const events: string[] = [];
  let waiting = 0;
  const parser = createParser({
    onEvent: ({ data }) => {
      waiting = 0;
      events.push(data);
    },
  });
  for await (const chunk of chunks) {
    waiting += chunk.length;
    parser.feed(chunk);
    if (waiting > mostEventCharacters)
      throw new RuntimeError("refused", "The runtime sends a line without end.");
    yield* events.splice(0);
  }
}
