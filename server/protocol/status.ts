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
  readonly state: RoleState;
  /** Why it does not run and what mends it, in the person's language; of `failed`. */
  readonly message?: string;
  readonly mend?: StatusMend;
}

/** `none`: no model for it is here; `idle`: it loads when it is first asked. */
export const roleStates = ["off", "none", "idle", "loading", "ready", "failed"] as const;
export type RoleState = (typeof roleStates)[number];

export interface StatusRoles {
  readonly complete: RoleStatus;
  readonly reason: RoleStatus;
  readonly embed: RoleStatus;
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
      "`{ complete, reason, embed }`, each `{ runtime, model, label, state, message?, mend? }`",
      "what each role is bound to; `label` and `message` are in the person's language; `state` is `off`, `none` (no model for it is here), `idle` (it loads when it is first asked), `loading`, `ready` or `failed`. While the built-in completer stands in for a model, the state of `complete` is that model's",
    ],
    message: ["`string`", "one sentence in the person's language; empty when there is nothing to say"],
    mend: ["`{ title, command }`, optional", "the one click that mends it: a palette command"],
  },
  result: {},
};
