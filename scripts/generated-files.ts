/** What is made from the code and stands in the repository: settings in the manifest, their words, pages. */

import { readFileSync } from "node:fs";
import type { Language } from "../server/base/l10n.ts";
import { type SettingKey, schema, settingKeys } from "../server/config/schema.ts";
import { modelsPage } from "./models-page.ts";
import { protocolPage } from "./protocol-page.ts";

/** Path, relative to the repository, and the text that belongs there. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["package.json", manifest()],
    ["package.nls.json", words("package.nls.json", "en")],
    ["package.nls.zh-cn.json", words("package.nls.zh-cn.json", "zh-cn")],
    ["docs/settings.md", settingsPage("en")],
    ["docs/settings.zh-cn.md", settingsPage("zh-cn")],
    ["docs/protocol.md", protocolPage()],
    ["docs/models.md", modelsPage()],
  ]);
}

function manifest(): string {
  const written = readObject("package.json");
  const contributes = { ...asObject(written["contributes"]) };
  const properties = settingKeys.map((key, order) => [`hearth.${key}`, property(key, order)]);
  contributes["configuration"] = { title: "Hearth", properties: Object.fromEntries(properties) };
  return toJson({ ...written, contributes });
}

function property(key: SettingKey, order: number): object {
  const { kind, default: value, scope } = schema[key];
  return { ...kind.schema, default: value, scope, order, markdownDescription: `%${wordKey(key)}%` };
}

function words(path: string, language: Language): string {
  const others = Object.entries(readObject(path)).filter(([key]) => !key.startsWith("settings."));
  const own = settingKeys.map((key) => [wordKey(key), schema[key].description[language]]);
  return toJson(Object.fromEntries([...others, ...own]));
}

function wordKey(key: SettingKey): string {
  return `settings.${key}`;
}

const pages: Readonly<Record<Language, { readonly intro: string; readonly head: string }>> = {
  en: {
    intro: `# Settings

Made from \`server/config/schema.ts\` by \`npm run generate\`; do not edit. In an editor each key begins with \`hearth.\`.

From low to high: the defaults, \`settings.json\` in \`HEARTH_HOME\`, the file of \`--settings\`, the editor's settings, \`--set key=value\`. A value of the wrong type and an unknown key are named and ignored. A key of scope \`machine\` cannot be set by a workspace.

\`HEARTH_HOME\` is a variable of the environment. Where it is not set: \`~/.local/share/hearth\` on Linux (\`$XDG_DATA_HOME/hearth\` where that is set), \`~/Library/Application Support/hearth\` on macOS, \`%LOCALAPPDATA%\\hearth\\Data\` on Windows. \`hearth doctor\` names it.`,
    head: "| key | value | default | scope | |",
  },
  "zh-cn": {
    intro: `# 设置

由 \`npm run generate\` 根据 \`server/config/schema.ts\` 生成，请勿编辑。在编辑器中，每个键以 \`hearth.\` 开头。

优先级从低到高：默认值、\`HEARTH_HOME\` 中的 \`settings.json\`、\`--settings\` 指定的文件、编辑器的设置、\`--set key=value\`。类型错误的值和未知的键会被指出并忽略。作用域为 \`machine\` 的键不能由工作区设置。

\`HEARTH_HOME\` 是环境变量。未设置时：Linux 上为 \`~/.local/share/hearth\`（设置了 \`XDG_DATA_HOME\` 时为 \`$XDG_DATA_HOME/hearth\`），macOS 上为 \`~/Library/Application Support/hearth\`，Windows 上为 \`%LOCALAPPDATA%\\hearth\\Data\`。\`hearth doctor\` 会指出它的位置。`,
    head: "| 键 | 值 | 默认值 | 作用域 | |",
  },
};

function settingsPage(language: Language): string {
  const rows = settingKeys.map((key) => {
    const { kind, default: value, scope, description } = schema[key];
    const cells = [`\`${key}\``, code(kind.name), code(JSON.stringify(value)), scope, description[language]];
    return `| ${cells.join(" | ")} |`;
  });
  const { intro, head } = pages[language];
  return `${intro}\n\n${head}\n|---|---|---|---|---|\n${rows.join("\n")}\n`;
}

function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}

function readObject(path: string): Readonly<Record<string, unknown>> {
  return asObject(JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), "utf8")));
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
