/** `hearth/doctor`: the checks of `hearth doctor`, run here. */

import type { DoctorResult } from "../../protocol/doctor.ts";
import type { Session } from "../session.ts";

export async function onDoctor(session: Session, signal: AbortSignal): Promise<DoctorResult> {
  const services = await session.services();
  return services.doctor(await session.settingProblems(), signal);
}
