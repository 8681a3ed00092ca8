/** The language identifier of a file, by its name; the names are those of the Language Server Protocol. */

import { basename, extname } from "node:path";

export function languageOfPath(path: string): string {
  return byName[basename(path)] ?? byExtension[extname(path).toLowerCase()] ?? "plaintext";
}

const byName: Readonly<Record<string, string>> = {
  Dockerfile: "dockerfile",
  Makefile: "makefile",
};

const byExtension: Readonly<Record<string, string>> = {
  ".c": "c",
  ".cc": "cpp",
  ".cjs": "javascript",
  ".clj": "clojure",
  ".cpp": "cpp",
  ".cs": "csharp",
  ".css": "css",
  ".cts": "typescript",
  ".dart": "dart",
  ".ex": "elixir",
  ".exs": "elixir",
  ".fs": "fsharp",
  ".go": "go",
  ".groovy": "groovy",
  ".h": "c",
  ".hpp": "cpp",
  ".hs": "haskell",
  ".html": "html",
  ".java": "java",
  ".jl": "julia",
  ".js": "javascript",
  ".json": "json",
  ".jsx": "javascriptreact",
  ".kt": "kotlin",
  ".less": "less",
  ".lua": "lua",
  ".md": "markdown",
  ".mjs": "javascript",
  ".mts": "typescript",
  ".php": "php",
  ".pl": "perl",
  ".ps1": "powershell",
  ".py": "python",
  ".r": "r",
  ".rb": "ruby",
  ".rs": "rust",
  ".scala": "scala",
  ".scss": "scss",
  ".sh": "shellscript",
  ".sql": "sql",
  ".svelte": "svelte",
  ".swift": "swift",
  ".tf": "terraform",
  ".toml": "toml",
  ".ts": "typescript",
  ".tsx": "typescriptreact",
  ".vue": "vue",
  ".xml": "xml",
  ".yaml": "yaml",
  ".yml": "yaml",
  ".zig": "zig",
};
