/** How the runtime host serves roles: a model is opened for one, and what the host says of it becomes the role's event. */

import { createHash } from "node:crypto";
import { type Settings, settingKeys } from "./config/schema.ts";
import type { RuntimeEvent } from "./features/completion/completion-model.ts";
import type { ModelInfo } from "./model/model-info.ts";
import { RuntimeError } from "./model/runtime-error.ts";
import type { HostClient, ModelEvent, ModelSpec, OpenModel } from "./runtime/host/client.ts";
import { ofWire } from "./runtime/wire/errors.ts";
import { withLoopGuard } from "./sampling/with-loop-guard.ts";

export interface RoleModelRequest {
  readonly host: HostClient;
  readonly spec: ModelSpec;
  /** An answer went round in circles. */
  readonly onLoop: () => void;
}

/** Rejects with a RuntimeError, or with the signal's reason. */
export async function openRoleModel(
  { host, spec, onLoop }: RoleModelRequest,
  signal: AbortSignal,
): Promise<OpenModel> {
  const opened = await host.open(spec, signal);
  const { reasons } = opened.info;
  return { ...opened, runtime: withLoopGuard(opened.runtime, { reasons, onLoop }) };
}

/** A host that was started anew loads what was open before. */
export function toRuntimeEvent({ state, error, step, info }: ModelEvent): RuntimeEvent {
  switch (state) {
    case "loading":
    case "restarting":
      if (!step || !error) return { kind: "restarting" };
      return { kind: "restarting", step: { said: ofWire(step), reason: ofWire(error) } };
    case "ready":
      return { kind: "ready", ...(info ? { info } : {}) };
    case "failed":
      return { kind: "failed", error: error ? ofWire(error) : crashed() };
  }
}

function crashed(): RuntimeError {
  return new RuntimeError("runtime-crashed", "The model's process ended unexpectedly.");
}

/** As a setting names it. */
export function roleName({ runtime, name }: ModelInfo): string {
  return `${runtime}/${name}`;
}

/** Where runtimes are, and as whom they are spoken to. */
export function placeOf(settings: Settings): string {
  return JSON.stringify(settingKeys.filter((key) => key.startsWith("runtimes.")).map((key) => settings[key]));
}

/** The same for a workspace as long as its folders are, and nothing to anybody who does not know them. */
export function sessionOf(folders: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(folders)).digest("base64url").slice(0, 22);
}
