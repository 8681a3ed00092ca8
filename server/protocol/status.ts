/** `hearth/status`: what the server can do at this moment, for the one status item of an editor. */

import type { NotificationSpec } from "./message.ts";

export const statusStates = ["starting", "ready", "busy", "paused", "failed"] as const;
export type StatusState = (typeof statusStates)[number];

/** What a role is bound to. */
export interface RoleStatus {
  /** `builtin`, `embedded`, `ollama`, `llama-server`, `openai`, or `none`. */
  readonly runtime: string;
  readonly model: string;
  /** In the person's language, as `built in (learns from this workspace)`. */
  readonly label: string;
}

export interface StatusRoles {
  readonly complete: RoleStatus;
}

/** What mends it: a sentence for a button, and the palette command behind it. */
export interface StatusMend {
  readonly title: string;
  readonly command: string;
}

export interface StatusParams {
  readonly state: StatusState;
  readonly roles: StatusRoles;
  /** One sentence in the person's language; empty when there is nothing to say. */
  readonly message: string;
  readonly mend?: StatusMend;
}

export const statusNotification: NotificationSpec<StatusParams> = {
  method: "hearth/status",
  kind: "notification",
  direction: "server to client",
  summary: "Sent after `initialized` and whenever something that it says has changed.",
  params: {
    state: [
      '`"starting" | "ready" | "busy" | "paused" | "failed"`',
      "`busy` while the workspace is read or a model loads",
    ],
    roles: [
      "`{ complete: { runtime, model, label } }`",
      "what each role is bound to; `label` is in the person's language",
    ],
    message: ["`string`", "one sentence in the person's language; empty when there is nothing to say"],
    mend: ["`{ title, command }`, optional", "the one click that mends it: a palette command"],
  },
  result: {},
};
