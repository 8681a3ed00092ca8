/** The language identifier of a file, by its ending; the names are those of the Language Server Protocol. */

import { extname } from "node:path";

/** `plaintext` for an ending that is not known. */
export function languageOfPath(path: string): string {
  return byEnding.get(extname(path).toLowerCase()) ?? "plaintext";
}

const byEnding = new Map(
  Object.entries({
    c: "c h",
    clojure: "clj cljs",
    cpp: "cpp cc cxx hpp hh hxx",
    csharp: "cs",
    css: "css",
    dart: "dart",
    elixir: "ex exs",
    fsharp: "fs fsx",
    go: "go",
    groovy: "groovy gradle",
    haskell: "hs",
    html: "html htm",
    java: "java",
    javascript: "js mjs cjs",
    javascriptreact: "jsx",
    json: "json",
    julia: "jl",
    kotlin: "kt kts",
    less: "less",
    lua: "lua",
    markdown: "md",
    ocaml: "ml mli",
    perl: "pl pm",
    php: "php",
    powershell: "ps1",
    python: "py pyi",
    r: "r",
    ruby: "rb",
    rust: "rs",
    scala: "scala",
    scss: "scss",
    shellscript: "sh bash zsh",
    sql: "sql",
    svelte: "svelte",
    swift: "swift",
    terraform: "tf",
    toml: "toml",
    typescript: "ts mts cts",
    typescriptreact: "tsx",
    vue: "vue",
    xml: "xml",
    yaml: "yaml yml",
    zig: "zig",
  }).flatMap(([language, endings]) => endings.split(" ").map((ending) => [`.${ending}`, language])),
);
