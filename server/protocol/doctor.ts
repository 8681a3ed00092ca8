/** `hearth/doctor`: the checks of `hearth doctor`, run in the server. */

import type { NoParams, RequestSpec } from "./message.ts";

export interface DoctorCheck {
  readonly id: string;
  readonly state: "ok" | "warn" | "fail";
  readonly found: string;
  readonly why: string;
  readonly mend: string;
  /** What of the mend a client can do at a click, the best first; left out where it can do nothing. */
  readonly mendActions?: readonly MendAction[];
}

/** A command of the editor's palette. A client leaves out what it does not know. */
export interface MendAction {
  readonly command: MendCommand;
  /** `hearth.openSettings`: one setting, such as `roles.complete`; `hearth.pullModel`: one model's name. */
  readonly arguments: readonly string[];
  /** For a button, in the person's language. */
  readonly title: string;
}

export type MendCommand =
  | "hearth.openSettings"
  | "hearth.chooseModel"
  | "hearth.pullModel"
  | "hearth.plan"
  | "hearth.setApiKey"
  | "hearth.restart"
  | "hearth.showLog";

export interface DoctorResult {
  readonly checks: readonly DoctorCheck[];
}

export const doctorRequest: RequestSpec<NoParams, DoctorResult> = {
  method: "hearth/doctor",
  kind: "request",
  direction: "client to server",
  summary: "What `hearth doctor --json` prints: one entry a check, in the person's language.",
  params: {},
  result: {
    checks: [
      "`{ id, state, found, why, mend, mendActions? }[]`",
      '`state` is `"ok"`, `"warn"` or `"fail"`; `why` and `mend` are empty when it is `"ok"`; `mendActions` is `{ command, arguments, title }[]`, what of the mend the editor can do at a click: `command` is one of the palette, `arguments` are strings, `title` is for a button',
    ],
  },
};
