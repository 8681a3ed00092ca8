/** An extension that suggests the same text everywhere, at once: what an editor takes when nobody computes anything. */

import { mkdir, writeFile } from "node:fs/promises";
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

/** Makes it in the folder `cwd`, and returns the path of its VSIX. */
export async function instantExtension(cwd: string, text: string): Promise<string> {
  await mkdir(cwd, { recursive: true });
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
