/**
 * A llama-server whose first starts find no memory: a script that writes what a real one wrote then and ends, and is
 * the real one from then on.
 */

import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface ShortOfGpu {
  readonly program: string;
  /** Ends the one that runs, with these words. */
  readonly die: (words: string) => void;
  /** The arguments of each start that say how much is loaded. */
  readonly starts: () => readonly string[];
}

/** In `folder`, with the real one at `path`. `words` are of the starts, one after the other. */
export function shortOfGpu(folder: string, path: string, words: readonly string[]): ShortOfGpu {
  const program = join(folder, "llama-server");
  const list = join(folder, "starts");
  const later = join(folder, "later");
  words.forEach((text, index) => writeFileSync(join(folder, `${index + 1}.words`), `${text}\n`));
  writeFileSync(
    program,
    `#!/bin/sh
if [ "$1" = --help ]; then exec ${JSON.stringify(path)} --help; fi
echo "$@" >> ${JSON.stringify(list)}
words=${JSON.stringify(folder)}/$(wc -l < ${JSON.stringify(list)} | tr -d ' ').words
if [ -f "$words" ]; then cat "$words" >&2; exit 1; fi
${JSON.stringify(path)} "$@" &
while kill -0 $! 2> /dev/null; do
  if mv ${JSON.stringify(later)} "$words" 2> /dev/null; then cat "$words" >&2; kill -9 $!; exit 1; fi
  sleep 0.05
done
`,
  );
  chmodSync(program, 0o755);
  return {
    program,
    die(last) {
      writeFileSync(`${later}.new`, `${last}\n`);
      renameSync(`${later}.new`, later);
    },
    starts() {
      if (!existsSync(list)) return [];
      const lines = readFileSync(list, "utf8").trimEnd().split("\n");
      return lines.map((line) =>
        [...line.matchAll(/--(?:ctx-size|n-gpu-layers|device|model) (\S+)/g)]
          .map(([, value]) => value?.split("/").at(-1) ?? "")
          .join(" "),
      );
    },
  };
}
