/** `hearth/trust`: the person has decided about the workspace. */

import type { TrustParams } from "../../protocol/trust.ts";
import type { Session } from "../session.ts";

export function onTrust(session: Session, { trusted }: TrustParams): void {
  session.setTrust(trusted ? "trusted" : "untrusted");
}
