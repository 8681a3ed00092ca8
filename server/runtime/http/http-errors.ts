/** What goes wrong on the way to a runtime over HTTP, as errors with a code and a sentence. */

import * as v from "valibot";
import { RuntimeError, type RuntimeErrorCode } from "../../model/runtime-error.ts";
import { type OutputCause, saidCause } from "../supervisor/output-causes.ts";
import { tlsError } from "./tls-errors.ts";

/** No answer, or one that broke off: by the codes of Node's sockets, of undici and of TLS. */
export function connectionError(name: string, { origin }: Pick<URL, "origin">, cause: unknown): RuntimeError {
  const code = codeOf(cause);
  const values = [name, origin, code];
  const untrusted = tlsError(code, { name, origin, cause });
  if (untrusted) return untrusted;
  if (code === refusedByProxy) {
    return new RuntimeError("refused", "The proxy does not let through to {0} at {1}.", {
      values,
      mend: "Check HTTPS_PROXY, or name the host in NO_PROXY.",
      cause,
    });
  }
  if (code === "TimeoutError") {
    return new RuntimeError("timeout", "{0} at {1} did not answer in time.", { values, cause });
  }
  if (brokenOff.has(code)) return brokenOffError(name, { origin }, cause);
  return new RuntimeError("runtime-unreachable", "{0} does not answer at {1} ({2}).", { values, cause });
}

/** What undici makes of a proxy that says no; what we abort ourselves never comes here. */
const refusedByProxy = "UND_ERR_ABORTED";
const brokenOff = new Set(["ECONNRESET", "UND_ERR_SOCKET", "EPIPE", "UND_ERR_RES_CONTENT_LENGTH_MISMATCH"]);

export function isBrokenOff(error: unknown): boolean {
  return brokenOff.has(codeOf(error));
}

/** The answer ended before it was whole. */
export function brokenOffError(name: string, { origin }: Pick<URL, "origin">, cause?: unknown): RuntimeError {
  return new RuntimeError("runtime-crashed", "{0} at {1} broke off in the middle of an answer.", {
    values: [name, origin],
    cause,
  });
}

/** What answers is not what was looked for: a web page, half a line, another program. */
export function strangerError(name: string, { origin }: Pick<URL, "origin">): RuntimeError {
  return new RuntimeError("runtime-unreachable", "What answers at {1} is not {0}.", {
    values: [name, origin],
  });
}

export interface RefusedAnswer {
  readonly name: string;
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
}

/** An answer with a status that says no, before anything of it was streamed. */
export class StatusError extends RuntimeError {
  readonly status: number;
  /** Milliseconds that the server wants to be left alone, where it says so. */
  readonly retryAfterMs: number | undefined;

  constructor({ code, sentence, values }: RuntimeError, status: number, retryAfterMs: number | undefined) {
    super(code, sentence, { values });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** An answer with a status of 300 or more. The runtime's own words are kept, the first line of them. */
export function statusError({ name, status, text, retryAfter }: RefusedAnswer): StatusError {
  const said = messageOf(text);
  const error =
    status < 400
      ? new RuntimeError("refused", "{0} sends elsewhere (HTTP {1}), and that is not followed.", {
          values: [name, status],
        })
      : saidError(name, said === "" ? `HTTP ${status}` : said, byStatus(status));
  return new StatusError(error, status, millisecondsOf(retryAfter));
}

/** A number of seconds, or a date (RFC 9110, section 10.2.3). */
function millisecondsOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** What a runtime says of itself, by its words where they are known, else with the code given. */
export function saidError(name: string, said: string, fallback: RuntimeErrorCode): RuntimeError {
  const cause = saidCause(said);
  const known = (cause && ofCause[cause]) ?? byWords.find(([words]) => words.test(said))?.[1];
  const code = known ?? fallback;
  return new RuntimeError(code, "{0} says: {1}", { values: [name, said] });
}

function byStatus(status: number): RuntimeErrorCode {
  if (status === 401 || status === 403) return "refused";
  if (status === 404) return "model-not-found";
  if (status === 408 || status === 504) return "timeout";
  if (status === 429 || status === 503) return "queue-full";
  return status >= 500 ? "runtime-crashed" : "refused";
}

/** What a runtime that runs on can say of itself and of its models. */
const ofCause: Readonly<Partial<Record<OutputCause, RuntimeErrorCode>>> = {
  "gpu-memory": "out-of-memory",
  "main-memory": "out-of-memory",
  memory: "out-of-memory",
  "context-full": "context-overflow",
  "model-unsupported": "model-unsupported",
  "model-invalid": "model-invalid",
};

/** Seen in the sources of llama.cpp, Ollama and vLLM. */
const byWords: readonly (readonly [RegExp, RuntimeErrorCode])[] = [
  [/exceed.*context|context (?:size|length|window)|maximum context|too many tokens/i, "context-overflow"],
  [/does not support|not support(?:ed)? (?:by|for)|without --embedding/i, "capability-missing"],
  [/model .*not found|no such model|does not exist/i, "model-not-found"],
];

const errorBody = v.union([
  v.object({ error: v.object({ message: v.string() }) }),
  v.object({ error: v.string() }),
  v.object({ message: v.string() }),
]);

/** The message of a JSON error as the common servers write it, else the first line of the text. */
function messageOf(text: string): string {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), errorBody), text);
  if (!parsed.success) return /^\s*</.test(text) ? "" : firstLine(text);
  const body = parsed.output;
  if ("message" in body) return firstLine(body.message);
  return firstLine(typeof body.error === "string" ? body.error : body.error.message);
}

function firstLine(text: string): string {
  return (text.trim().split("\n")[0] ?? "").slice(0, 300);
}

/** Node, undici and the abort of a limit each name the cause elsewhere. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error.cause instanceof Error) return codeOf(error.cause);
  return error.name === "Error" ? error.message : error.name;
}
