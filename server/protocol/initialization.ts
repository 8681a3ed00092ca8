/** What a client may send in `initializationOptions`; every field is optional. */

import type { FieldDocs } from "./message.ts";

export interface InitializationOptions {
  /** Settings without the `hearth.` prefix, flat or nested; above `settings.json`, below `workspace/configuration`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly storage?: string;
  readonly trusted?: boolean;
  readonly locale?: string;
  readonly restarted?: boolean;
}

export const initializationDocs: FieldDocs<InitializationOptions> = {
  settings: [
    "`object`",
    "keys without the `hearth.` prefix; above `HEARTH_HOME/settings.json`, below `workspace/configuration`",
  ],
  storage: ["`string`", "a folder that replaces `HEARTH_HOME`"],
  trusted: [
    "`boolean`",
    "whether the workspace is trusted; `true` when left out, since most editors have no such notion",
  ],
  locale: ["`string`", "a language tag; the `locale` of `initialize` when left out"],
  restarted: [
    "`boolean`",
    "whether a person has asked for this start: what memory did not hold is tried in full again",
  ],
};
