/** What every part of the demonstration works with. */

import type { Localizer } from "../../server/base/l10n.ts";
import type { Settings } from "../../server/config/schema.ts";
import type { Services } from "../../server/services.ts";
import type { Page } from "./page.ts";

export interface Stage {
  readonly page: Page;
  readonly localizer: Localizer;
  readonly services: Services;
  readonly settings: Settings;
  /** The repository that holds this script. */
  readonly root: string;
  readonly home: string;
  readonly signal: AbortSignal;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
