/** What goes wrong on the way to a runtime over HTTP, as errors with a code and a sentence. */

import * as v from "valibot";
import { errorCode } from "../../base/error-code.ts";
import { readRetryAfter } from "../../base/retry-after.ts";
import { RuntimeError, type RuntimeErrorCode } from "../../model/runtime-error.ts";
import { type OutputCause, saidCause } from "../supervisor/output-causes.ts";
import { nameTimeout } from "./patient-lookup.ts";
import { tlsError } from "./tls-errors.ts";

interface Asked {
  readonly origin: string;
  readonly proxy?: URL | undefined;
}

/** No answer, or one that broke off: by the codes of Node's sockets, of undici and of TLS. */
export function connectionError(name: string, { origin, proxy }: Asked, cause: unknown): RuntimeError {
  const code = codeOf(cause);
  const untrusted = tlsError(code, { name, origin, proxy, cause });
  if (untrusted) return untrusted;
  if (!proxy && notHttp.test(code)) return strangerError(name, { origin });
  if (code === refusedByProxy) {
    return new RuntimeError("refused", "The proxy does not let through to {0} at {1}.", {
      values: [name, origin],
      mend: "Check HTTPS_PROXY, or name the host in NO_PROXY.",
      cause,
    });
  }
  if (code === "TimeoutError") {
    return new RuntimeError("timeout", "{0} at {1} did not answer in time.", {
      values: [name, origin],
      mend: "Try again; if that goes on, restart {0}.",
      cause,
    });
  }
  if (brokenOff.has(code)) return brokenOffError(name, { origin }, cause);
  return proxy ? proxyError(proxy, code, cause) : unreachableError({ name, origin, code }, cause);
}

/** What connects to a proxy meets the proxy alone: what is behind it the proxy says. */
function proxyError({ host }: URL, code: string, cause: unknown): RuntimeError {
  return new RuntimeError("runtime-unreachable", "The proxy {0} does not answer ({1}).", {
    values: [host, code],
    mend: "Check HTTPS_PROXY and HTTP_PROXY, or name the host in NO_PROXY.",
    cause,
  });
}

function unreachableError(
  { name, origin, code }: { readonly name: string; readonly origin: string; readonly code: string },
  cause: unknown,
): RuntimeError {
  const setting = addressSetting(name);
  if (code === "ENOTFOUND") {
    return new RuntimeError("runtime-unreachable", "No name server knows the host of {0}.", {
      values: [origin, setting],
      mend: "Correct {1}, or connect to the network in which that name is known.",
      cause,
    });
  }
  if (code === "EAI_AGAIN" || code === nameTimeout) {
    return new RuntimeError(
      "runtime-unreachable",
      "The name server does not answer: where {0} is, is not known.",
      {
        values: [origin, setting],
        mend: "Check the network, or put the number of the machine into {1}.",
        cause,
      },
    );
  }
  const options = { values: [name, origin, code, setting], cause };
  return code === "ECONNREFUSED"
    ? new RuntimeError("runtime-unreachable", "{0} does not answer at {1} ({2}).", {
        ...options,
        mend: "Start it there, or correct {3}.",
      })
    : new RuntimeError("runtime-unreachable", "{0} does not answer at {1} ({2}).", {
        ...options,
        mend: "Check {3}, and whether a firewall stands in between.",
      });
}

/** Where a person has said where it is. */
function addressSetting(name: string): string {
  return addressSettings[name] ?? "runtimes.openai.url";
}

const addressSettings: Readonly<Record<string, string>> = {
  Ollama: "runtimes.ollama.url",
  "llama-server": "runtimes.llamaServer.url",
};

/** What undici makes of a proxy that says no; what we abort ourselves never comes here. */
const refusedByProxy = "UND_ERR_ABORTED";
/** How undici names what is no HTTP, or has headers without end. */
const notHttp = /^(HPE_\w+|HTTPParserError|UND_ERR_HEADERS_OVERFLOW)$/;
const brokenOff = new Set(["ECONNRESET", "UND_ERR_SOCKET", "EPIPE", "UND_ERR_RES_CONTENT_LENGTH_MISMATCH"]);

export function isBrokenOff(error: unknown): boolean {
  return brokenOff.has(codeOf(error));
}

/** The answer ended before it was whole. */
export function brokenOffError(name: string, { origin }: Pick<URL, "origin">, cause?: unknown): RuntimeError {
  return new RuntimeError("runtime-crashed", "{0} at {1} broke off in the middle of an answer.", {
    values: [name, origin],
    mend: "It is asked again with the next request. If that goes on, look into its own log.",
    cause,
  });
}

/** What answers is not what was looked for: a web page, half a line, another program. */
export function strangerError(name: string, { origin }: Pick<URL, "origin">): RuntimeError {
  return new RuntimeError("runtime-unreachable", "What answers at {1} is not {0}.", {
    values: [name, origin, addressSetting(name)],
    mend: "Correct {2}, or end the program that has the port.",
  });
}

/** Nobody sends so much who is what he should be. */
export function endlessError(name: string, { origin }: Pick<URL, "origin">): RuntimeError {
  return new RuntimeError("refused", "What answers at {1} sends an answer without end: it is not {0}.", {
    values: [name, origin, addressSetting(name)],
    mend: "Correct {2}, or end the program that has the port.",
  });
}

export interface RefusedAnswer {
  readonly name: string;
  readonly url: Pick<URL, "origin">;
  readonly status: number;
  readonly text: string;
  /** Makes what was confided to the server unreadable in what it says. */
  readonly conceal: (words: string) => string;
  readonly retryAfter: string | undefined;
}

/** An answer with a status that says no, before anything of it was streamed. */
export class StatusError extends RuntimeError {
  readonly status: number;
  /** Milliseconds that the server wants to be left alone, where it says so. */
  readonly retryAfterMs: number | undefined;

  constructor(error: RuntimeError, status: number, retryAfterMs: number | undefined) {
    const { code, sentence, values, mend } = error;
    super(code, sentence, { values, ...(mend === undefined ? {} : { mend }) });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Who does not know the path by which a runtime is told from others is none: a web server, as most that listen. */
export function isUnknownPath(error: unknown): boolean {
  return error instanceof StatusError && (error.status === 404 || error.status === 405);
}

/** An answer with a status of 300 or more. The runtime's own words are kept, the first line of them. */
export function statusError(answer: RefusedAnswer): StatusError {
  return new StatusError(refusal(answer), answer.status, readRetryAfter(answer.retryAfter, Date.now()));
}

function refusal({ name, url: { origin }, status, text, conceal }: RefusedAnswer): RuntimeError {
  const said = firstLine(conceal(messageOf(text)));
  if (status < 400) {
    return new RuntimeError("refused", "{0} sends elsewhere (HTTP {1}), and that is not followed.", {
      values: [name, status, addressSetting(name)],
      mend: "Set {2} to the address that it sends to.",
    });
  }
  if (status === 401 || status === 403) return keyError(name, said === "" ? `HTTP ${status}` : said);
  if (status === 502) {
    return new RuntimeError("runtime-unreachable", "What answers at {1} does not reach {0} (HTTP {2}).", {
      values: [name, origin, status],
      mend: "Start {0}, which should run behind it.",
    });
  }
  return saidError(name, said === "" ? `HTTP ${status}` : said, byStatus(status));
}

function keyError(name: string, said: string): RuntimeError {
  const values = [name, said];
  return name === "openai"
    ? new RuntimeError("refused", "{0} says: {1}", {
        values,
        mend: "Set the key with Hearth: Set API Key, or in HEARTH_API_KEY on a command line.",
      })
    : new RuntimeError("refused", "{0} says: {1}", {
        values,
        mend: "Reach it as openai/… with runtimes.openai.url, which sends a key; or let it ask for none.",
      });
}

/** What a runtime says of itself, by its words where they are known, else with the code given. */
export function saidError(name: string, said: string, fallback: RuntimeErrorCode): RuntimeError {
  const cause = saidCause(said);
  const known = (cause && ofCause[cause]) ?? byWords.find(([words]) => words.test(said))?.[1];
  const code = known ?? fallback;
  const mend =
    code === "runtime-crashed"
      ? { mend: "It is asked again with the next request. If that goes on, look into its own log." }
      : {};
  return new RuntimeError(code, "{0} says: {1}", { values: [name, firstLine(said)], ...mend });
}

function byStatus(status: number): RuntimeErrorCode {
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
  [
    /exceed.*context|context (?:size|length|window)|maximum context|too many tokens|too large to process/i,
    "context-overflow",
  ],
  [/does not support|not support(?:ed)? (?:by|for)|without --embedding/i, "capability-missing"],
  [/model .*not found|no such model|does not exist/i, "model-not-found"],
];

const errorBody = v.union([
  v.object({ error: v.object({ message: v.string() }) }),
  v.object({ error: v.string() }),
  v.object({ message: v.string() }),
]);

/** The message of a JSON error as the common servers write it, else the text where it is no page. */
function messageOf(text: string): string {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), errorBody), text);
  if (!parsed.success) return /^\s*</.test(text) ? "" : text;
  const body = parsed.output;
  if ("message" in body) return body.message;
  return typeof body.error === "string" ? body.error : body.error.message;
}

function firstLine(text: string): string {
  return (text.trim().split("\n")[0] ?? "").slice(0, 300);
}

/** Node, undici and the abort of a limit each name the cause elsewhere. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = errorCode(error);
  if (code !== undefined) return code;
  if (error.cause instanceof Error) return codeOf(error.cause);
  return error.name === "Error" ? error.message : error.name;
}
