/** `hearth/trust`: the person has decided about the workspace. */

import type { TrustParams } from "../../protocol/trust.ts";
import { checkedParams, trustSchema } from "../convert/checked-params.ts";
import type { Session } from "../session.ts";

export function onTrust(session: Session, raw: TrustParams): void {
  const { trusted } = checkedParams(trustSchema, raw, session.localizer);
  session.setTrust(trusted ? "trusted" : "untrusted");
}
