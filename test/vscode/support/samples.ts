/** Files that the tests open: code in which the built-in completer is sure of what comes next. */

const events = ["open", "close", "save", "rename", "delete", "move", "copy", "print", "export", "import"];

/** One pattern again and again, as code that wires things up has it. */
export const wiring = events
  .map((name) => `registry.register("${name}", (event) => dispatcher.dispatch("${name}", event));\n`)
  .join("");

/** What one types so that the rest of such a line is certain. */
export const beginning = 'registry.register("paste", (event) => disp';
