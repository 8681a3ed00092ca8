/** `workspace/didChangeConfiguration`: a reason to ask again, or itself the settings of older clients. */

import type { DidChangeConfigurationParams } from "vscode-languageserver-protocol";
import type { Session } from "../session.ts";

export async function onDidChangeConfiguration(
  session: Session,
  params: DidChangeConfigurationParams,
): Promise<void> {
  const pushed: unknown = params.settings;
  await session.reconfigure(hasHearth(pushed) ? pushed.hearth : undefined);
}

function hasHearth(value: unknown): value is { readonly hearth: unknown } {
  return typeof value === "object" && value !== null && "hearth" in value;
}
