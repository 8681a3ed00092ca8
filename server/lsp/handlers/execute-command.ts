/** `workspace/executeCommand`: the commands of `hearth.server.*`. */

import { ErrorCodes, type ExecuteCommandParams, ResponseError } from "vscode-languageserver-protocol";
import { acceptedCommand } from "../../protocol/accepted.ts";
import { countAccepted } from "../completion-metrics.ts";
import { checkedParams, executeCommandSchema } from "../convert/checked-params.ts";
import type { Session } from "../session.ts";

export async function onExecuteCommand(session: Session, raw: ExecuteCommandParams): Promise<null> {
  const params = checkedParams(executeCommandSchema, raw, session.localizer);
  if (params.command !== acceptedCommand) {
    throw new ResponseError(
      ErrorCodes.InvalidParams,
      session.localizer.t("{0} is not a command of this server.", params.command),
    );
  }
  const id = params.arguments?.[0];
  if (typeof id !== "string") {
    throw new ResponseError(
      ErrorCodes.InvalidParams,
      session.localizer.t("{0} takes the id of a suggestion.", params.command),
    );
  }
  const services = await session.services();
  if (services.accepted(id)) countAccepted(services.metrics);
  return null;
}
