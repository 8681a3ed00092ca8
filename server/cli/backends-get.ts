/**
 * `hearth backends get`: fetches a build of llama.cpp for a GPU, when the person has seen from where, how much, and
 * on what terms, and tries it. One that is here is tried again.
 */

import { buildCommand, type Command } from "@stricli/core";
import { byteSize } from "../base/byte-size.ts";
import type { Localizer } from "../base/l10n.ts";
import { explainPackageError } from "../fetch/explain-package-error.ts";
import { FetchError } from "../fetch/fetch-error.ts";
import type { PackagesQuestion } from "../fetch/fetch-packages.ts";
import type { BackendName, BackendTrial } from "../model/backend.ts";
import { explainDrop } from "../model/dropped-backend.ts";
import { backendParameter } from "./backend-parameter.ts";
import type { CliContext, GotBackend } from "./cli-context.ts";
import { failed, type Outcome } from "./failure.ts";
import { confirmed, withProgress, yesFlag } from "./fetch-verb.ts";
import { type GlobalFlags, globalFlags, settingsOf } from "./global-flags.ts";
import { runVerb } from "./run-verb.ts";
import { visibleText } from "./visible-text.ts";

interface GetFlags extends GlobalFlags {
  readonly yes: boolean;
}

export function getCommand(localizer: Localizer): Command<CliContext> {
  const { t } = localizer;
  return buildCommand<GetFlags, [BackendName], CliContext>({
    docs: { brief: t("Fetch a build for a GPU and try it; one that is here is tried again") },
    parameters: {
      flags: {
        ...globalFlags(localizer),
        yes: yesFlag(localizer),
      },
      positional: { kind: "tuple", parameters: [backendParameter(localizer)] },
    },
    func(flags, name) {
      return runVerb({ context: this, json: flags.json }, () => get(this, flags, name));
    },
  });
}

async function get(context: CliContext, flags: GetFlags, name: BackendName): Promise<Outcome> {
  const { localizer, signal, backends } = context;
  const { settings } = await settingsOf(flags, context);
  const { yes } = flags;
  const ask = (packages: PackagesQuestion, stop: AbortSignal) => {
    const confirmation = {
      shown: questionText(packages, localizer),
      question: localizer.t("Fetch it?"),
      yes,
    };
    return confirmed(confirmation, context, stop);
  };
  return withProgress(context, async (onProgress) => {
    try {
      const got = await backends.get({ name, settings, ask, onProgress }, signal);
      return got ? outcomeOf(name, got, localizer) : noBuild(name, localizer);
    } catch (error) {
      if (error instanceof FetchError) return failed(explainPackageError(error, localizer));
      throw error;
    }
  });
}

function outcomeOf(
  name: BackendName,
  { state, bytes, folder, trial }: GotBackend,
  localizer: Localizer,
): Outcome {
  const { t } = localizer;
  const json = { name, state, bytes, folder, ...trialJson(name, trial, localizer) };
  const came =
    state === "there"
      ? t("{0} is here already.", folder)
      : t("Fetched {0} ({1}). Its SHA-512 is the promised one.", folder, byteSize(bytes));
  if (trial.kind === "works") {
    const works = t("It works: {0}, {1}.", trial.devices.join(", "), byteSize(trial.memoryBytes));
    return { kind: "done", json, text: visibleText(`${came}\n${works}`) };
  }
  const failure = {
    code: "backend-dropped",
    message: explainDrop({ name, trial }, localizer),
    mend: mendOf(name, trial, localizer),
  };
  return { kind: "failed", failure, json: { ...json, error: failure }, text: visibleText(came) };
}

function trialJson(name: BackendName, trial: BackendTrial, localizer: Localizer) {
  return trial.kind === "works"
    ? { works: true, devices: trial.devices, memoryBytes: trial.memoryBytes }
    : { works: false, dropped: trial.kind, why: explainDrop({ name, trial }, localizer) };
}

function mendOf(name: BackendName, trial: BackendTrial, { t }: Localizer): string {
  if (name === "vulkan") return t("Install or update the GPU's driver, then run the same command again.");
  if (trial.kind !== "refused")
    return t("Update the GPU's driver, then run the same command again, or try vulkan.");
  return t("Install CUDA's runtime libraries, or use vulkan, which needs the GPU's driver alone.");
}

function noBuild(name: BackendName, { t }: Localizer): Outcome {
  return failed({
    code: "no-build",
    message: t("There is no build {0} of llama.cpp for this platform.", name),
    mend: t("The build that Hearth carries is the only one."),
  });
}

function questionText(
  { packages, host, bytes, have, unpackedBytes }: PackagesQuestion,
  { t }: Localizer,
): string {
  const size = have > 0 ? t("{0}, of which {1} are here", byteSize(bytes), byteSize(have)) : byteSize(bytes);
  const licences = new Set(packages.map(({ licence }) => licence));
  return [
    ...packages.map(({ name, version }) => t("Package: {0}", `${name} ${version}`)),
    t("Size: {0}", t("{0}, unpacked {1}", size, byteSize(unpackedBytes))),
    t("From: {0}", host),
    t("Licence: {0}", [...licences].join(", ")),
    ...packages.map(({ integrity }) => integrity.replace("sha512-", "SHA-512: ")),
  ].join("\n");
}
