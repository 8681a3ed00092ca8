/** Stands for `vscode.l10n.t` in a test: English, with the values filled in. */

import { english } from "../../server/base/l10n.ts";
import type { Translate } from "../../src/translate.ts";

export const translate: Translate = (sentence, ...values) => english.t(sentence, ...values);
