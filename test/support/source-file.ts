/** One source file as the rules of the house see it: its imports, type imports too, and its named functions. */

import { posix } from "node:path";
import { parseSync, Visitor } from "oxc-parser";

export interface SourceFile {
  /** From the root of the checkout, with forward slashes. */
  readonly path: string;
  readonly errors: readonly string[];
  readonly lines: number;
  readonly opening: string;
  /** What the file imports: a path like its own for our files, else the package's name as written. */
  readonly imports: readonly string[];
  readonly functions: readonly SourceFunction[];
  /** How often a test is skipped: `skip` of anything, as in `this.skip()` and `it.skip(…)`. */
  readonly skips: number;
}

export interface SourceFunction {
  readonly name: string;
  readonly lines: number;
}

export function parseSource(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text);
  return {
    path,
    errors: errors.map(({ message }) => message),
    lines: text.split("\n").length - (text.endsWith("\n") ? 1 : 0),
    opening: text.replace(/^#!.*\n/, "").slice(0, 3),
    imports: importsOf(program).map((specifier) => resolveImport(path, specifier)),
    functions: functionsOf(program, text),
    skips: skipsOf(program),
  };
}

type Program = ReturnType<typeof parseSync>["program"];

function importsOf(program: Program): readonly string[] {
  const found = new Set<string>();
  const note = (node: { readonly source: { readonly type: string } | null }) => {
    const source = node.source as { readonly value?: unknown } | null;
    if (typeof source?.value === "string") found.add(source.value);
  };
  new Visitor({
    ImportDeclaration: note,
    ExportAllDeclaration: note,
    ExportNamedDeclaration: note,
    ImportExpression: note,
    TSImportType: note,
  }).visit(program);
  return [...found];
}

function skipsOf(program: Program): number {
  let found = 0;
  new Visitor({
    MemberExpression: ({ property }) => {
      if (property.type === "Identifier" && property.name === "skip") found++;
    },
  }).visit(program);
  return found;
}

function resolveImport(from: string, specifier: string): string {
  return specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : specifier;
}

/** Functions that have a name of their own; what is written inside another's argument counts as its part. */
function functionsOf(program: Program, text: string): readonly SourceFunction[] {
  const found: SourceFunction[] = [];
  const note = (name: unknown, node: { readonly start: number; readonly end: number }) => {
    const lines = text.slice(node.start, node.end).split("\n").length;
    found.push({ name: (name as { readonly name?: string } | null)?.name ?? "default", lines });
  };
  const isFunction = (node: { readonly type: string } | null) =>
    node?.type === "ArrowFunctionExpression" || node?.type === "FunctionExpression";
  new Visitor({
    FunctionDeclaration: (node) => note(node.id, node),
    MethodDefinition: (node) => note(node.key, node),
    VariableDeclarator: (node) => isFunction(node.init) && note(node.id, node),
    PropertyDefinition: (node) => isFunction(node.value) && note(node.key, node),
    Property: (node) => isFunction(node.value) && note(node.key, node),
  }).visit(program);
  return found;
}
