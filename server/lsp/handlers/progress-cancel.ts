/** `window/workDoneProgress/cancel`: what came with the token ends; of all else only the display is gone. */

import { checkedParams, progressCancelSchema } from "../convert/checked-params.ts";
import type { Session } from "../session.ts";

export function onProgressCancel(session: Session, raw: unknown): void {
  const { token } = checkedParams(progressCancelSchema, raw, session.localizer);
  if (!session.workDone.cancel(token)) session.log.log("debug", "progress hidden");
}
