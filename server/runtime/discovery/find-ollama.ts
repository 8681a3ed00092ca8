/** Whether Ollama answers at its address, which version it is and what models it has. */

import * as v from "valibot";
import { isLoopback } from "../../base/loopback.ts";
import type { OllamaFinding } from "../../model/findings.ts";
import { askJson } from "./loopback-json.ts";

export interface OllamaRequest {
  /** OLLAMA_HOST as it is set, if it is. */
  readonly host: string | undefined;
  /** With it only an address on this machine is asked. */
  readonly offline: boolean;
}

export async function findOllama(
  { host, offline }: OllamaRequest,
  signal: AbortSignal,
): Promise<OllamaFinding> {
  const base = ollamaAddress(host);
  const url = base.href.replace(/\/$/, "");
  if (offline && !isLoopback(base)) return { kind: "not-asked", url };
  const answer = await askJson(new URL("/api/version", base), signal);
  if (answer.kind === "silent") return { kind: "absent", url };
  if (answer.kind === "late") return { kind: "late", url };
  const version = answer.kind === "json" ? v.safeParse(versionSchema, answer.value) : undefined;
  if (!version?.success) return { kind: "stranger", url };
  const tags = await askJson(new URL("/api/tags", base), signal);
  const models = v.safeParse(tagsSchema, tags.kind === "json" ? tags.value : undefined);
  const all = models.success ? models.output.models : [];
  const here = all.filter(({ remote_host }) => remote_host === "").map(({ name }) => name);
  const elsewhere = all.length - here.length;
  return {
    kind: "found",
    url,
    version: version.output.version,
    models: here,
    ...(elsewhere === 0 ? {} : { elsewhere }),
  };
}

const versionSchema = v.object({ version: v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+/)) });
const tagsSchema = v.object({
  models: v.array(v.object({ name: v.string(), remote_host: v.optional(v.string(), "") })),
});

/** As Ollama reads OLLAMA_HOST: scheme, host and port may each be left out. A bind to all is asked on loopback. */
export function ollamaAddress(host: string | undefined): URL {
  const fallback = new URL("http://127.0.0.1:11434");
  const text = host?.trim() ?? "";
  if (text === "") return fallback;
  const hasScheme = /^https?:\/\//i.test(text);
  if (!URL.canParse(hasScheme ? text : `http://${text}`)) return fallback;
  const url = new URL(hasScheme ? text : `http://${text}`);
  if (!hasScheme && url.port === "" && !text.endsWith(":80")) url.port = "11434";
  if (url.hostname === "0.0.0.0") url.hostname = "127.0.0.1";
  if (url.hostname === "[::]") url.hostname = "[::1]";
  return url;
}
