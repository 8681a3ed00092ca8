/** The arguments as typed, in the order in which the argument library takes them. */

const valued: ReadonlySet<string> = new Set(["--root", "--settings", "--set", "--lang"]);

/** Verbs that have verbs of their own. */
const nesting: ReadonlySet<string> = new Set(["backends", "models"]);

/** Flags that every verb takes may stand before the verb; they are moved behind it, and behind a verb of its own. */
export function arrangeArguments(argv: readonly string[]): readonly string[] {
  let at = 0;
  while (at < argv.length) {
    const argument = argv[at] ?? "";
    const name = argument.split("=", 1)[0] ?? "";
    if (name !== "--json" && !valued.has(name)) break;
    at += valued.has(name) && name === argument ? 2 : 1;
  }
  const [verb, ...rest] = argv.slice(at);
  // Help and version of the whole program take no other flag.
  if (verb === undefined || verb.startsWith("-")) return argv.slice(at);
  if (verb === "help") return [...rest.filter((word) => !word.startsWith("-")), "--help"];
  const verbs = nesting.has(verb) && rest[0]?.startsWith("-") === false ? 1 : 0;
  return [verb, ...rest.slice(0, verbs), ...argv.slice(0, at), ...rest.slice(verbs)];
}

/** The verb of arranged arguments, and its own verb. */
export function verbsOf(arranged: readonly string[]): readonly string[] {
  const [verb = "-", inner = "-"] = arranged;
  if (verb.startsWith("-")) return [];
  return nesting.has(verb) && !inner.startsWith("-") ? [verb, inner] : [verb];
}

/** The value of the last `--lang`, which decides the language of the help too. */
export function languageArgument(argv: readonly string[]): string | undefined {
  const before = argv.slice(0, argv.includes("--") ? argv.indexOf("--") : argv.length);
  let found: string | undefined;
  for (const [index, argument] of before.entries()) {
    if (argument === "--lang") found = before[index + 1];
    else if (argument.startsWith("--lang=")) found = argument.slice("--lang=".length);
  }
  return found;
}
