/** Cancellation tokens of the protocol stop here: inside there are only abort signals. */

import type { CancellationToken } from "vscode-languageserver-protocol";

export function toSignal(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
