/** An extension that suggests the same text everywhere, at once: what an editor takes when nobody computes anything. */

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createVSIX } from "@vscode/vsce";

const program = (text: string) => `const vscode = require("vscode");
exports.activate = (context) => {
  const provideInlineCompletionItems = () => [new vscode.InlineCompletionItem(${JSON.stringify(text)})];
  const selector = { scheme: "file" };
  context.subscriptions.push(
    vscode.languages.registerInlineCompletionItemProvider(selector, { provideInlineCompletionItems }),
  );
};
`;

/** Returns the path of its VSIX, in a folder of its own. */
export async function instantExtension(text: string): Promise<string> {
  const cwd = await mkdtemp(join(tmpdir(), "hearth-instant-"));
  const manifest = {
    name: "instant",
    publisher: "hearth",
    version: "0.0.1",
    license: "MIT",
    engines: { vscode: "^1.100.0" },
    main: "./extension.js",
    activationEvents: ["onStartupFinished"],
  };
  await writeFile(join(cwd, "package.json"), JSON.stringify(manifest));
  await writeFile(join(cwd, "extension.js"), program(text));
  await writeFile(join(cwd, "README.md"), "Suggests the same text everywhere.\n");
  const packagePath = join(cwd, "instant.vsix");
  const lenient = { allowMissingRepository: true, skipLicense: true, dependencies: false };
  await createVSIX({ cwd, packagePath, ...lenient });
  return packagePath;
}
