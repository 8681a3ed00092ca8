/** How a person's settings come to lead to what cannot work: a place is prepared, and settings that lead there. */

import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import { join } from "node:path";
import type { Settings } from "../../server/config/schema.ts";
import type { RuntimeErrorCode } from "../../server/model/runtime-error.ts";
import type { Certificate } from "./certificates.ts";
import { type Illness, illServer } from "./ill-server.ts";
import { listen } from "./listen.ts";
import { type Answer as OllamaAnswer, ollamaStandIn } from "./ollama-stand-in.ts";
import { scripted } from "./scripted-model.ts";

export interface Place {
  /** HEARTH_HOME of the test. */
  readonly home: string;
  /** Called when the test is over. */
  readonly after: (end: () => unknown) => void;
}

export interface BadInput {
  /** Left out: `roles.complete`. */
  readonly role?: "roles.complete" | "roles.reason";
  readonly prepare: (place: Place) => Promise<Prepared> | Prepared;
  readonly code: RuntimeErrorCode;
  readonly says: RegExp;
  readonly mend: RegExp;
  /** The checks of the doctor that are not in order: no other may mislead. */
  readonly checks?: readonly string[];
}

export interface Prepared {
  readonly settings: Partial<Settings>;
  readonly env?: Readonly<Record<string, string>>;
}

export const ofOllama = { "roles.complete": "ollama/qwen-coder", "runtimes.ollama.start": false } as const;
export const ofLlamaServer = { "roles.complete": "llama-server/well-qwen-coder" } as const;
export const ofOpenAi = { "roles.complete": "openai/qwen-coder" } as const;
export const nobody = "http://127.0.0.1:9";

export async function ill(illness: Illness, { after }: Place): Promise<string> {
  const server = await illServer({ illness });
  after(() => server.dispose());
  return server.url;
}

/** Every path is ill, in each runtime that is spoken to over HTTP. */
export function everywhere(
  illness: Illness,
  expected: Omit<BadInput, "prepare" | "checks">,
): Readonly<Record<"ollama" | "llama-server" | "openai", BadInput>> {
  const at = (key: "ollama" | "llamaServer" | "openai", of: Partial<Settings>) => async (place: Place) => ({
    settings: { ...of, [`runtimes.${key}.url`]: await ill(illness, place) },
  });
  return {
    ollama: {
      ...expected,
      prepare: at("ollama", ofOllama),
      checks: ["roles.complete", "ollama"],
    },
    "llama-server": {
      ...expected,
      prepare: at("llamaServer", ofLlamaServer),
      checks: ["roles.complete", "llama-server"],
    },
    openai: { ...expected, prepare: at("openai", ofOpenAi), checks: ["roles.complete", "openai"] },
  };
}

export function ollamaWith(
  more: Readonly<Record<string, OllamaAnswer>>,
  model: string = ofOllama["roles.complete"],
  role: "roles.complete" | "roles.reason" = "roles.complete",
) {
  return async ({ after }: Place): Promise<Prepared> => {
    const server = await ollamaStandIn(more);
    after(() => server.dispose());
    return {
      settings: { ...ofOllama, "roles.complete": "off", [role]: model, "runtimes.ollama.url": server.url },
    };
  };
}

/** A llama-server that says this and ends, whenever it is to serve. */
export function endsWith(words: string) {
  return async ({ home }: Place): Promise<Prepared> => {
    const program = join(home, "llama-server");
    const help = 'case "$*" in *--help*) echo "--model --port --api-key"; exit 0;; esac';
    await writeFile(program, `#!/bin/sh\n${help}\ncat >&2 <<'END'\n${words}\nEND\nexit 1\n`);
    await chmod(program, 0o755);
    const path = await scripted({ infill: "return x;" });
    return {
      settings: { "roles.complete": `llama-server/${path}`, "runtimes.llamaServer.path": program },
    };
  };
}

export async function models(home: string): Promise<string> {
  const folder = join(home, "models");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

export function tlsServer(certificate: Certificate, trusted: string) {
  return async ({ home, after }: Place): Promise<Prepared> => {
    const server = createServer(certificate, (_, response) => response.end("{}"));
    const host = await listen(server);
    after(() => server.close().closeAllConnections());
    const ca = join(home, "ca.pem");
    await writeFile(ca, trusted);
    const url = `https://${host}`;
    return {
      settings: { ...ofOpenAi, "runtimes.openai.url": url, "runtimes.openai.tls.ca": ca },
    };
  };
}
