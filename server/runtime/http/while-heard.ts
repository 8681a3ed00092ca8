/**
 * How long is waited for the next part of an answer, whoever computes it: one rule for all runtimes that are spoken to
 * over HTTP. A processor may need minutes for a long prompt; a server from which nothing comes for longer has lost it.
 * What only keeps a connection open is no part.
 */

import { onAbort } from "../../base/abort.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import type { HttpClient } from "./http-client.ts";

const patienceMs = 600_000;

/** Hands on what `ask` yields. The request ends with its signal: throws a RuntimeError after a silence, and ends as `ask` does when `signal` aborts. */
export async function* whileHeard<T>(
  { name, url }: Pick<HttpClient, "name" | "url">,
  ask: (signal: AbortSignal) => AsyncIterable<T>,
  signal: AbortSignal,
  silenceMs = patienceMs,
): AsyncGenerator<T, void> {
  const stop = new AbortController();
  const forget = onAbort(signal, () => stop.abort(signal.reason));
  const silence = setTimeout(() => stop.abort(silent({ name, url, silenceMs })), silenceMs);
  try {
    for await (const part of ask(stop.signal)) {
      silence.refresh();
      yield part;
      // The reader may take its time.
      silence.refresh();
    }
  } finally {
    clearTimeout(silence);
    forget();
  }
}

interface Silence extends Pick<HttpClient, "name" | "url"> {
  readonly silenceMs: number;
}

function silent({ name, url, silenceMs }: Silence): RuntimeError {
  return new RuntimeError("timeout", "{0} at {1} took the text {2} minutes ago and has not answered since.", {
    values: [name, url.origin, Math.round(silenceMs / 60_000)],
    mend: "Look whether {0} still computes, and restart it if not; or ask with less text.",
  });
}
