/** The editor's language id for a file that is not open, by its ending. Only what gates are kept for. */

import { extname } from "node:path";

export function languageOfPath(path: string): string | undefined {
  return byEnding.get(extname(path).toLowerCase());
}

const byEnding = new Map(
  Object.entries({
    typescript: "ts mts cts",
    typescriptreact: "tsx",
    javascript: "js mjs cjs",
    javascriptreact: "jsx",
    python: "py pyi",
    rust: "rs",
    go: "go",
    java: "java",
    kotlin: "kt kts",
    scala: "scala",
    c: "c h",
    cpp: "cpp cc cxx hpp hh hxx",
    csharp: "cs",
    swift: "swift",
    ruby: "rb",
    php: "php",
    lua: "lua",
    dart: "dart",
    zig: "zig",
    elixir: "ex exs",
    haskell: "hs",
    ocaml: "ml mli",
    clojure: "clj cljs",
    r: "r",
    julia: "jl",
    shellscript: "sh bash zsh",
    sql: "sql",
    html: "html htm",
    css: "css",
    scss: "scss",
    less: "less",
    vue: "vue",
    svelte: "svelte",
    markdown: "md",
    json: "json",
    yaml: "yaml yml",
  }).flatMap(([language, endings]) => endings.split(" ").map((ending) => [`.${ending}`, language])),
);
