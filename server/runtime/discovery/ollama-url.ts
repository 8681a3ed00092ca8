/** Where Ollama is looked for: the setting, or OLLAMA_HOST where the setting is as it came. */

import { isLoopback } from "../../base/loopback.ts";
import { defaultOllamaUrl, type Settings } from "../../config/schema.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { ollamaAddress } from "./find-ollama.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws a RuntimeError where it is another machine that no setting names, and nothing may leave this one. */
export function ollamaUrl(settings: Settings, env: Environment): URL {
  const { host, offline } = ollamaHost(settings, env);
  const url = ollamaAddress(host);
  if (!offline || isLoopback(url)) return url;
  throw new RuntimeError("refused", "OLLAMA_HOST names another machine, and privacy.offline is on.", {
    mend: "Set privacy.offline to false if that machine may be asked.",
  });
}

export interface OllamaHost {
  /** Written as in OLLAMA_HOST; undefined for the default. */
  readonly host: string | undefined;
  /** Only an address on this machine may be asked. */
  readonly offline: boolean;
}

export function ollamaHost(settings: Settings, env: Environment): OllamaHost {
  const url = settings["runtimes.ollama.url"];
  if (url !== defaultOllamaUrl) return { host: url, offline: false };
  return { host: env["OLLAMA_HOST"], offline: settings["privacy.offline"] };
}
