/** `hearth/doctor`: the checks of `hearth doctor`, run here. */

import { LSPErrorCodes, ResponseError } from "vscode-languageserver-protocol";
import { untilAborted } from "../../base/abort.ts";
import type { DoctorResult } from "../../protocol/doctor.ts";
import type { Session } from "../session.ts";

export async function onDoctor(session: Session, signal: AbortSignal): Promise<DoctorResult> {
  const result = await untilAborted(examine(session, signal), signal);
  // A check that was stopped would report what it did not find.
  if (!result) throw new ResponseError(LSPErrorCodes.RequestCancelled, "the checks were cancelled");
  return result;
}

async function examine(session: Session, signal: AbortSignal): Promise<DoctorResult> {
  const services = await session.services();
  return services.doctor(await session.settingProblems(), signal);
}
