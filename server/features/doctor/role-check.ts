/** The checks of who completes code and who answers questions: each role as it is set, and whether that can answer. */

import { byteSize } from "../../base/byte-size.ts";
import { explainError, type RoleKey } from "../../model/explain-error.ts";
import {
  autoCandidates,
  autoReasoners,
  autoServed,
  leastParameters,
  type ModelFile,
  type ModelFileFinding,
  type ServedModel,
} from "../../model/findings.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { parseRole, type RemoteRole } from "../../protocol/role.ts";
import type { DoctorPorts, Finding } from "./doctor-ports.ts";
import { actionsOf, pullActions } from "./mend-actions.ts";

/** What a model must be able to do in a role, and what the role is without one. */
interface Purpose {
  readonly key: RoleKey;
  /** What is wrong with a model for it. */
  readonly lack: (model: Abilities) => RuntimeError | undefined;
  readonly auto: (ports: DoctorPorts) => Promise<Finding>;
}

type Abilities = Pick<ModelInfo, "name" | "fim" | "chats">;

const completing: Purpose = {
  key: "roles.complete",
  lack: ({ name, fim }) => (fim === undefined ? cannotFill(name) : undefined),
  auto: checkAuto,
};

const reasoning: Purpose = {
  key: "roles.reason",
  lack: ({ name, chats }) => (chats === false ? cannotChat(name) : undefined),
  auto: checkAutoReason,
};

export function checkCompleteRole(ports: DoctorPorts): Promise<Finding> {
  return checkRole(completing, ports);
}

export function checkReasonRole(ports: DoctorPorts): Promise<Finding> {
  return checkRole(reasoning, ports);
}

async function checkRole(purpose: Purpose, ports: DoctorPorts): Promise<Finding> {
  const { t } = ports.localizer;
  const setting = ports.settings[purpose.key];
  const role = parseRole(setting);
  switch (role.kind) {
    case "off":
      return { state: "ok", found: t("off") };
    case "builtin":
      return purpose === completing
        ? { state: "ok", found: t("built in (learns from this workspace)") }
        : failing(setting, cannotChat(setting), { ports, purpose });
    case "auto":
      return purpose.auto(ports);
    case "embedded":
      return checkEmbedded(role.model, { ports, purpose });
    case "remote":
      return checkRemote(role, { ports, purpose });
    case "other":
      return {
        state: "fail",
        found: setting,
        why: t("There is no such runtime."),
        mend: t("Set {0} to auto, or to embedded/ and the path of a GGUF file.", purpose.key),
      };
  }
}

interface Examination {
  readonly ports: DoctorPorts;
  readonly purpose: Purpose;
}

/** A model that lies in the folder and is not taken is said, with its reason. */
async function checkAuto(ports: DoctorPorts): Promise<Finding> {
  const { t } = ports.localizer;
  const files = await ports.modelFiles();
  const [best] = autoCandidates(files);
  if (best) return { state: "ok", found: modelText(best, ports) };
  const models = await ports.servedModels();
  const [served] = autoServed("complete", models);
  if (served) return checkServed(served, { ports, purpose: completing });
  const found = t("built in (learns from this workspace)");
  const passed = files.flatMap((file) => (file.kind === "model" ? [whyPassed(file, ports)] : []));
  const small = models.flatMap((model) => (model.fills ? [tooSmall(model, ports)] : []));
  if (passed.length + small.length === 0) return { state: "ok", found };
  return {
    state: "warn",
    found,
    why: [...passed, ...small].join("\n"),
    mend: t("Put a model there that was trained to fill in the middle, or name one in roles.complete."),
  };
}

/** Without one nothing is wrong, unless one is there that is passed over. */
async function checkAutoReason(ports: DoctorPorts): Promise<Finding> {
  const { t } = ports.localizer;
  const files = await ports.modelFiles();
  const [best] = autoReasoners(files);
  if (best) return { state: "ok", found: modelText(best, ports) };
  const models = await ports.servedModels();
  const [served] = autoServed("reason", models);
  if (served) return checkServed(served, { ports, purpose: reasoning });
  const small = [
    ...files.flatMap((file) => (file.kind === "model" && file.reasons ? [file] : [])),
    ...models.filter(({ reasons }) => reasons !== "no"),
  ];
  if (small.length === 0)
    return {
      state: "ok",
      found: t(
        "no model that reasons is here yet: hearth plan says which fit, hearth models pull fetches one",
      ),
    };
  return {
    state: "warn",
    found: t("no model that reasons is here yet"),
    why: small.map((model) => tooSmall(model, ports)).join("\n"),
    mend: t("Fetch one that hearth plan names with hearth models pull, or name one in roles.reason."),
    actions: [{ command: "hearth.plan", arguments: [], title: t("See what this machine can run") }],
  };
}

function checkServed({ name }: ServedModel, examination: Examination): Promise<Finding> {
  return checkRemote({ kind: "remote", runtime: "ollama", model: name }, examination);
}

function whyPassed(file: ModelFile, ports: DoctorPorts): string {
  const { t } = ports.localizer;
  if (file.fim === undefined) return t("{0} was not trained to fill in the middle.", file.name);
  return tooSmall(file, ports);
}

type Sized = Pick<ModelFile, "name" | "parameters">;

function tooSmall(model: Sized, { localizer: { t } }: DoctorPorts): string {
  return t(
    "{0} is not taken by itself: it has {1} million parameters, and with fewer than {2} million a model is of no use.",
    model.name,
    millions(model.parameters),
    millions(leastParameters),
  );
}

function millions(count: number): number {
  return Math.max(1, Math.round(count / 1e6));
}

async function checkEmbedded(name: string, examination: Examination): Promise<Finding> {
  const { ports, purpose } = examination;
  const file: ModelFileFinding = await ports.modelFile(name);
  if (file.kind === "model") {
    const found = modelText(file, ports);
    const lack = purpose.lack(file) ?? (await ports.lastFailure({ kind: "embedded", model: name }));
    return lack ? failing(found, lack, examination) : { state: "ok", found };
  }
  const failed = failing(file.path, file.error, examination);
  if (file.error.code !== "model-not-found") return failed;
  const { t } = ports.localizer;
  const part = (await ports.unfinished()).find((model) => model.name === name.replace(/\.gguf$/i, ""));
  const actions = [...pullActions(name, ports.localizer), ...(failed.actions ?? [])];
  if (!part) return { ...failed, actions };
  const why = t("{0} is not fetched to its end yet.", part.name);
  const mend = t("Fetch it again: that goes on where it stopped. (hearth models pull)");
  return { ...failed, why, mend, actions };
}

async function checkRemote(role: RemoteRole, examination: Examination): Promise<Finding> {
  const { ports } = examination;
  const { t } = ports.localizer;
  const name = `${role.runtime}/${role.model}`;
  try {
    const remote = await ports.remoteModel(role);
    if (remote.kind === "not-asked")
      return { state: "ok", found: t("{0}: not asked, since this workspace is not trusted", name) };
    const failure = await ports.lastFailure(role);
    if (failure) return failing(name, failure, examination);
    return remote.kind === "reached"
      ? checkReached(remote.info, { name, role }, examination)
      : { state: "ok", found: t("{0}: {1} is started with the first request", name, remote.program) };
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    return failing(name, error, examination);
  }
}

function checkReached(
  info: ModelInfo,
  { name, role }: { readonly name: string; readonly role: RemoteRole },
  examination: Examination,
): Finding {
  const { ports, purpose } = examination;
  const { t } = ports.localizer;
  const { contextTokens, untrainedTokens = 0, fim } = info;
  const lack = purpose.lack({ ...info, name: role.model });
  if (lack) return failing(name, lack, examination);
  const found =
    fim === undefined
      ? t("{0} ({1} tokens)", name, contextTokens)
      : t("{0} ({1} tokens, template {2})", name, contextTokens, fim);
  if (untrainedTokens === 0) return { state: "ok", found };
  const all = contextTokens + untrainedTokens;
  return {
    state: "warn",
    found,
    why: t(
      "Its context was set to {0} tokens and the model was trained with {1}: beyond those it writes nonsense, so Hearth leaves them empty.",
      all,
      contextTokens,
    ),
    mend: t("Start it with a context of {0} tokens, which frees the memory of the others.", contextTokens),
  };
}

function cannotChat(model: string): RuntimeError {
  return new RuntimeError("capability-missing", "{0} has no chat template: it only goes on with a text.", {
    values: [model],
    mend: "Choose a model that reasons, such as a DeepSeek-R1, in roles.reason.",
  });
}

function cannotFill(model: string): RuntimeError {
  return new RuntimeError("capability-missing", "{0} was not trained to fill in the middle.", {
    values: [model],
    mend: "Name a model in roles.complete that was trained to fill in the middle.",
  });
}

function failing(found: string, error: RuntimeError, { ports, purpose }: Examination): Finding {
  const { localizer } = ports;
  const { message, mend } = explainError(error, localizer, purpose.key);
  // That command chooses who completes.
  const actions = actionsOf(error, localizer).filter(
    ({ command }) => purpose === completing || command !== "hearth.chooseModel",
  );
  return { state: "fail", found, why: message, mend, actions };
}

function modelText(file: ModelFile, { localizer: { t } }: DoctorPorts): string {
  const size = byteSize(file.fileBytes);
  return file.fim === undefined
    ? t("embedded/{0} ({1})", file.name, size)
    : t("embedded/{0} ({1}, template {2})", file.name, size, file.fim);
}
