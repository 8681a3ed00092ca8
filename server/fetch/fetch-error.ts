/** What can go wrong with a download, as a closed list; `explain-fetch-error.ts` has the words for each. */

import type { LocalizedValue } from "../base/l10n.ts";

export type FetchErrorCode =
  | "name-unclear"
  | "unknown-model"
  | "in-ollama"
  | "registry-failed"
  | "no-ollama"
  | "quant-unclear"
  | "no-quantizer"
  | "not-quantized"
  | "not-published"
  | "several-files"
  | "in-parts"
  | "nobody-asked"
  | "declined"
  | "host-unconfirmed"
  | "circular"
  | "proxy-unclear"
  | "proxy-silent"
  | "proxy-refuses"
  | "unreachable"
  | "untrusted"
  | "stranger"
  | "not-found"
  | "forbidden"
  | "busy"
  | "refused"
  | "server-failed"
  | "broke-off"
  | "too-slow"
  | "wrong-size"
  | "wrong-hash"
  | "no-hash"
  | "not-a-model"
  | "not-a-package"
  | "no-space"
  | "over-limit"
  | "disk-full"
  | "taken"
  | "exists"
  | "not-here"
  | "unwritable";

export interface FetchErrorOptions extends ErrorOptions {
  /** What the sentence names, in the order in which it stands there. */
  readonly values?: readonly LocalizedValue[];
  /** Milliseconds that the host asks to be left alone. */
  readonly retryAfterMs?: number | undefined;
}

export class FetchError extends Error {
  readonly code: FetchErrorCode;
  readonly values: readonly LocalizedValue[];
  readonly retryAfterMs: number | undefined;

  constructor(code: FetchErrorCode, { values = [], retryAfterMs, ...rest }: FetchErrorOptions = {}) {
    super([code, ...values].join(" "), rest);
    this.name = "FetchError";
    this.code = code;
    this.values = values;
    this.retryAfterMs = retryAfterMs;
  }
}

/** What another try may mend. */
export function isPassing({ code }: FetchError): boolean {
  return passing.has(code);
}

const passing: ReadonlySet<FetchErrorCode> = new Set([
  "proxy-silent",
  "unreachable",
  "busy",
  "server-failed",
  "broke-off",
  "too-slow",
]);
