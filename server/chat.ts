/** Builds what answers questions: the role `reason`, and the service that asks its model. */

import type { Localizer } from "./base/l10n.ts";
import { ChatService } from "./features/chat/chat-service.ts";
import { ReasonRole } from "./features/chat/reason-role.ts";
import type { SpecSource } from "./model-spec.ts";
import type { HostClient } from "./runtime/host/client.ts";

export interface ChatRequest {
  readonly host: HostClient;
  /** As the settings and folders are at this moment. */
  readonly source: () => SpecSource;
  readonly localizer: Localizer;
  /** Resolves when whoever completes is settled. */
  readonly quiet: (signal: AbortSignal) => Promise<void>;
  /** The role's state is another. */
  readonly changed: () => void;
  /** An answer went round in circles. */
  readonly onLoop: () => void;
}

export interface Chat {
  readonly role: ReasonRole;
  readonly service: ChatService;
}

export function createChat({ host, source, localizer, quiet, changed, onLoop }: ChatRequest): Chat {
  const role = new ReasonRole({
    find: async (setting, signal) => {
      // What knows the models is not loaded when the server starts.
      const { findReasonModel } = await import("./reason-model.ts");
      return findReasonModel(setting, source(), signal);
    },
    quiet,
    changed,
  });
  const service = new ChatService({
    localizer,
    sampling: () => source().settings.sampling,
    open: async (said, signal) => {
      const { openForChat } = await import("./reason-model.ts");
      const request = { ...source(), localizer, said, onLoop };
      return role.watch(() => openForChat(host, request, signal));
    },
  });
  return { role, service };
}
