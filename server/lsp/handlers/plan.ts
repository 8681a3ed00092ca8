/** `hearth/plan`: which models this machine can run, and why. */

import { LSPErrorCodes, ResponseError } from "vscode-languageserver-protocol";
import { untilAborted } from "../../base/abort.ts";
import type { PlanResult } from "../../protocol/plan.ts";
import type { Session } from "../session.ts";

export async function onPlan(session: Session, signal: AbortSignal): Promise<PlanResult> {
  const services = await session.services();
  const plan = await untilAborted(services.plan(signal), signal);
  if (!plan) throw new ResponseError(LSPErrorCodes.RequestCancelled, "the plan was cancelled");
  return plan;
}
