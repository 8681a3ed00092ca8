/**
 * Why a runtime ended, by the words that it left: the one table that reads the text of other programs. Seen in the
 * sources of llama.cpp and Ollama, and in what loaders and processors say.
 */

import { RuntimeError } from "../../model/runtime-error.ts";

export interface Exit {
  readonly name: string;
  /** The end of what it wrote. */
  readonly output: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface EndCause {
  readonly error: RuntimeError;
  /** What the next start can do about it. */
  readonly next: "another-port" | "try-again" | "no-use";
}

export function endCause(exit: Exit): EndCause {
  const { name, output } = exit;
  const row = rows.find(({ words, signal }) => words?.test(output) || (signal && signal === exit.signal));
  if (!row) {
    const values = [name, lastWords(exit)];
    const error = new RuntimeError("runtime-crashed", "{0} ended unexpectedly: {1}", { values });
    return { error, next: "try-again" };
  }
  const said = row.words?.exec(output);
  const values = [name, said?.groups?.["what"] ?? lineAround(output, said?.index ?? output.length)] as const;
  return { error: row.error(values), next: row.next };
}

interface Row {
  readonly words?: RegExp;
  readonly signal?: NodeJS.Signals;
  /** Of the runtime's name, and the group `what` of the words, else the line in which they stand. */
  readonly error: (values: readonly [string, string]) => RuntimeError;
  readonly next: EndCause["next"];
}

const rows: readonly Row[] = [
  {
    words: /couldn't bind|address already in use|EADDRINUSE|only one usage of each socket address/i,
    error: (values) =>
      new RuntimeError("runtime-unreachable", "{0} could not listen on its port: {1}", { values }),
    next: "another-port",
  },
  {
    words:
      /out of memory|cudaMalloc failed|failed to allocate|unable to allocate|cannot allocate memory|ErrorOutOfDeviceMemory|bad_alloc|insufficient memory/i,
    error: (values) => new RuntimeError("out-of-memory", "{0} says: {1}", { values }),
    next: "try-again",
  },
  {
    words: /(?:invalid|unknown|unrecognized) (?:argument|option|flag)\S*:? *(?<what>.*)/i,
    error: (values) =>
      new RuntimeError("runtime-down", "{0} does not know the option {1}.", {
        values,
        mend: "Mend its arguments in the settings, or update it.",
      }),
    next: "no-use",
  },
  {
    words:
      /error while loading shared libraries: (?<what>[^\n]*)|Library not loaded: (?:[^\n]*)|version `GLIBC\S*' not found/i,
    error: (values) =>
      new RuntimeError("runtime-down", "{0} lacks a library: {1}", {
        values,
        mend: "Install what it lacks, then run Hearth: Restart.",
      }),
    next: "no-use",
  },
  {
    words: /Illegal instruction|requires AVX|does not support AVX/i,
    signal: "SIGILL",
    error: (values) =>
      new RuntimeError("runtime-down", "{0} was built for another processor than this one.", {
        values,
        mend: "Install a build for this processor, then run Hearth: Restart.",
      }),
    next: "no-use",
  },
  {
    words: /unknown model architecture: *(?<what>\S*)/i,
    error: (values) =>
      new RuntimeError("model-unsupported", "{0} does not know the model's architecture {1}.", { values }),
    next: "no-use",
  },
  {
    words:
      /invalid magic|error loading model: *(?<what>[^\n]*)|tensor '[^\n]*' data is not within the file bounds|failed to read key-value|wrong number of tensors/i,
    error: (values) => new RuntimeError("model-invalid", "{0} says: {1}", { values }),
    next: "no-use",
  },
  // A build that finds no GPU goes on without one: this is the reason only where there is no other.
  {
    words: /driver version is insufficient|CUDA driver is a stub|forward compatibility was attempted/i,
    error: (values) =>
      new RuntimeError("runtime-down", "The graphics driver is too old for {0}: {1}", {
        values,
        mend: "Update the graphics driver, then run Hearth: Restart.",
      }),
    next: "no-use",
  },
];

/** Long enough for the reason, short enough for a notice. */
const mostCharacters = 300;

/** What it complained of last; without a complaint, how it ended. */
function lastWords({ output, code, signal }: Exit): string {
  const lines = output.split("\n").map(withoutStamp);
  const complaint = lines.findLast((line) => /error|fail|fatal|panic|abort|assert/i.test(line));
  if (complaint !== undefined) return complaint.slice(0, mostCharacters);
  return signal ?? `exit ${code ?? "?"}`;
}

function lineAround(output: string, index: number): string {
  const start = output.lastIndexOf("\n", index - 1) + 1;
  const end = output.indexOf("\n", index);
  return withoutStamp(output.slice(start, end < 0 ? undefined : end)).slice(0, mostCharacters);
}

/** llama.cpp writes the time and a letter before each line. */
function withoutStamp(line: string): string {
  return line.replace(/^[\d.:]+ [A-Z] /, "").trim();
}
