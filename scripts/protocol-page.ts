/** `docs/protocol.md`, made from `server/protocol/`. */

import { serverCommands } from "../server/protocol/accepted.ts";
import { initializationDocs } from "../server/protocol/initialization.ts";
import type { FieldDoc, MessageSpec } from "../server/protocol/message.ts";
import { ownMessages, standardMessages } from "../server/protocol/messages.ts";

export function protocolPage(): string {
  return `${[
    intro,
    "## Starting",
    starting,
    fieldTable(initializationDocs),
    "## Standard messages",
    standardTable(),
    "## Messages of our own",
    ...ownMessages.map(section),
    "## Commands",
    "For `workspace/executeCommand`. Commands that an editor offers to a person are the editor's.",
    commandTable(),
  ].join("\n\n")}\n`;
}

const intro = `# Protocol

Made from \`server/protocol/\` by \`npm run generate\`; do not edit.

Hearth's language server speaks the Language Server Protocol 3.18. What that lacks is a \`hearth/…\` message. A client that knows none of them works all the same.`;

const starting = `\`hearth-language-server --stdio | --node-ipc | --socket=PORT\`. With \`--socket\` the client listens on 127.0.0.1 and the server connects. The server ends when its client does: when the stream closes, or within 2 s of the death of the process that \`initialize\` (or \`--clientProcessId\`) names.

\`initializationOptions\`, every field optional; one of a wrong type counts as left out:`;

function standardTable(): string {
  const rows = Object.entries(standardMessages).map(([method, note]) => `| \`${method}\` | ${note} |`);
  return ["| message | |", "|---|---|", ...rows].join("\n");
}

function section({ method, kind, direction, summary, params, result }: MessageSpec): string {
  const parts = [`### \`${method}\``, `A ${kind}, ${direction}. ${summary}`];
  parts.push(Object.keys(params).length > 0 ? `Params:\n\n${fieldTable(params)}` : "No params.");
  if (kind === "request") parts.push(`Result:\n\n${fieldTable(result)}`);
  return parts.join("\n\n");
}

function fieldTable(fields: Readonly<Record<string, FieldDoc>>): string {
  const rows = Object.entries(fields).map(
    ([name, [type, meaning]]) => `| \`${name}\` | ${escaped(type)} | ${escaped(meaning)} |`,
  );
  return ["| field | type | |", "|---|---|---|", ...rows].join("\n");
}

function commandTable(): string {
  const rows = serverCommands.map(
    (each) => `| \`${each.command}\` | ${escaped(each.arguments)} | ${each.summary} |`,
  );
  return ["| command | arguments | |", "|---|---|---|", ...rows].join("\n");
}

function escaped(cell: string): string {
  return cell.replaceAll("|", "\\|");
}
