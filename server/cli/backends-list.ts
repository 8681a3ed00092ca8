/** `hearth backends list`: the builds of llama.cpp for this platform, which one is used, and why. */

import { buildCommand, type Command } from "@stricli/core";
import { byteSize } from "../base/byte-size.ts";
import type { Localizer } from "../base/l10n.ts";
import { type BackendState, backendNames } from "../model/backend.ts";
import { explainDrop } from "../model/dropped-backend.ts";
import { explainBackend } from "../model/explain-backend.ts";
import type { BackendsLook, CliContext } from "./cli-context.ts";
import type { Outcome } from "./failure.ts";
import { type GlobalFlags, globalFlags } from "./global-flags.ts";
import { runVerb } from "./run-verb.ts";
import { visibleText } from "./visible-text.ts";

export function listCommand(localizer: Localizer): Command<CliContext> {
  return buildCommand<GlobalFlags, [], CliContext>({
    docs: { brief: localizer.t("List the builds for this platform, and say which one is used and why") },
    parameters: { flags: globalFlags(localizer) },
    func(flags) {
      return runVerb({ context: this, json: flags.json }, async () =>
        list(await this.backends.choose(this.signal), this),
      );
    },
  });
}

function list(look: BackendsLook, { localizer }: CliContext): Outcome {
  const { t } = localizer;
  const because = look.because.map((reason) => explainBackend(reason, localizer));
  const lines = look.states.map((state) => stateLine(state, look.chosen, localizer));
  const width = Math.max(...backendNames.map((name) => name.length)) + 2;
  const carried = ["carried", look.chosen === "carried" ? t("used") : t("here")] as const;
  const text = [...[carried, ...lines].map(([name, said]) => name.padEnd(width) + said), ...because];
  const json = {
    using: look.chosen,
    because,
    backends: look.states.map((state) => stateJson(state, look, localizer)),
  };
  return { kind: "done", json, text: visibleText(text.join("\n")) };
}

function stateLine(
  { name, installed, trial, bytes, missing }: BackendState,
  chosen: BackendsLook["chosen"],
  { t }: Localizer,
): readonly [string, string] {
  if (name === chosen) return [name, t("used")];
  if (installed && trial && trial.kind !== "works") return [name, t("here, not used")];
  if (installed) return [name, t("here")];
  const lacking = missing.length === 0 ? "" : `; ${t("not found on this machine: {0}", missing.join(", "))}`;
  return [name, `${t("to fetch: {0}", byteSize(bytes))}${lacking}`];
}

function stateJson(state: BackendState, { chosen }: BackendsLook, localizer: Localizer) {
  const { name, gpu, installed, bytes, missing, trial } = state;
  const works = trial?.kind === "works";
  return {
    name,
    gpu,
    installed,
    used: name === chosen,
    bytes,
    missing,
    ...(works ? { devices: trial.devices, memoryBytes: trial.memoryBytes } : {}),
    ...(trial && !works ? { dropped: trial.kind, why: explainDrop({ name, trial }, localizer) } : {}),
  };
}
