/** Why a file is not read. What a person may ask is "why is this file not known?"; these are the answers. */

import { isSecretFile } from "../../security/secrets.ts";

export type SkipReason =
  | "ignored"
  | "symlink"
  | "binary"
  | "too-large"
  | "minified"
  | "generated"
  | "data"
  | "secret"
  | "unreadable"
  | "too-many-files"
  | "too-deep"
  | "too-many-rules"
  | "unreadable-rules"
  | "counts-full";

/** Judges by name alone, before anything is read. */
export function skipByName(
  path: string,
  bytes: number,
  limits: { readonly fileBytes: number },
): SkipReason | undefined {
  if (isSecretFile(path)) return "secret";
  if (binaryNames.test(path)) return "binary";
  if (/\.min\.(?:[cm]?js|css)$/.test(path)) return "minified";
  if (dataNames.test(path) || (/\.(?:json|ya?ml|xml|html?)$/i.test(path) && bytes > largestConfig))
    return "data";
  return bytes > limits.fileBytes ? "too-large" : undefined;
}

/** Judges by content. */
export function skipByContent(text: string): SkipReason | undefined {
  if (text.slice(0, 8192).includes("\0")) return "binary";
  if (/@generated\b|DO NOT EDIT/.test(text.slice(0, 1000))) return "generated";
  return hasLineLongerThan(text, longestLine) ? "minified" : undefined;
}

const largestConfig = 64 * 1024;
const longestLine = 5000;

const binaryNames =
  /\.(?:png|jpe?g|gif|webp|avif|bmp|ico|icns|tiff?|psd|pdf|docx?|xlsx?|pptx?|zip|gz|tgz|bz2|xz|zst|7z|rar|tar|jar|war|class|o|a|so|dylib|dll|exe|lib|pdb|wasm|node|pyc|pyo|whl|woff2?|ttf|otf|eot|mp[34]|m4a|wav|ogg|flac|webm|mov|avi|mkv|gguf|safetensors|bin|dat|db|sqlite3?|parquet|arrow|vsix|iso|dmg)$/i;

const dataNames =
  /(?:^|[\\/])(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.ya?ml|bun\.lock|cargo\.lock|poetry\.lock|uv\.lock|composer\.lock|gemfile\.lock|go\.sum)$|\.(?:csv|tsv|svg|map|log|lock|snap|jsonl|ndjson|ipynb|po|pot|tsbuildinfo)$/i;

/** Looks at no more of the text than it must. */
export function hasLineLongerThan(text: string, length: number): boolean {
  for (let start = 0; start + length < text.length; ) {
    const newline = text.lastIndexOf("\n", start + length);
    if (newline < start) return true;
    start = newline + 1;
  }
  return false;
}
