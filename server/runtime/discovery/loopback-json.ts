/** Asks a program on a local port one question; a stranger there learns nothing but the question's path. */

/** Whether `url` stays on this machine. */
export function isLoopback(url: URL): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}

export type JsonAnswer =
  | { readonly kind: "json"; readonly value: unknown }
  /** Something answers, but not with JSON. */
  | { readonly kind: "other" }
  /** Something listens, and says nothing in time. */
  | { readonly kind: "late" }
  | { readonly kind: "silent" };

/** Long enough for any program on this machine that is not stuck. */
const limitMs = 500;
const maxBytes = 4 * 1024 * 1024;

export async function askJson(url: URL, signal: AbortSignal): Promise<JsonAnswer> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const response = await fetch(url, { signal: limit, redirect: "manual" }).catch(() => undefined);
  if (!response) return { kind: limit.aborted && !signal.aborted ? "late" : "silent" };
  const text = await readText(response).catch(() => undefined);
  if (!response.ok || text === undefined) return { kind: "other" };
  try {
    return { kind: "json", value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: "other" };
    throw error;
  }
}

/** Undefined when the answer has no sane size. */
async function readText(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
