/** Files that the tests open: code in which the built-in completer is sure of what comes next. */

const events = ["open", "close", "save", "rename", "delete", "move", "copy", "print", "export", "import"];

/** One pattern again and again, as code that wires things up has it. */
export const wiring = events
  .map((name) => `registry.on("${name}", (event) => dispatcher.dispatch(event, context));\n`)
  .join("");

/** What one types so that the rest of such a line is certain. */
export const beginning = 'registry.on("paste", (event) => disp';
