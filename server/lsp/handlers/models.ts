/** `hearth/models`: what is here, and what of the catalogue suits this machine. */

import { LSPErrorCodes, ResponseError } from "vscode-languageserver-protocol";
import { untilAborted } from "../../base/abort.ts";
import type { ModelsResult } from "../../protocol/models.ts";
import type { Session } from "../session.ts";

export async function onModels(session: Session, signal: AbortSignal): Promise<ModelsResult> {
  const services = await session.services();
  const models = await untilAborted(services.models(signal), signal);
  if (!models) throw new ResponseError(LSPErrorCodes.RequestCancelled, "the list was cancelled");
  return models;
}
