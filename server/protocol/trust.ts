/** `hearth/trust`: the person has decided whether the workspace is trusted. */

import type { NotificationSpec } from "./message.ts";

export interface TrustParams {
  readonly trusted: boolean;
}

export const trustNotification: NotificationSpec<TrustParams> = {
  method: "hearth/trust",
  kind: "notification",
  direction: "client to server",
  summary: "Trust was granted or withdrawn. Without it only `builtin/ngram` answers.",
  params: { trusted: ["`boolean`", "whether the workspace is trusted from now on"] },
  result: {},
};
