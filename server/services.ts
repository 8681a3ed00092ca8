/** Builds every adapter once, for the language server and for the command line alike. */

import { systemClock } from "./base/clock.ts";
import { DisposableStore } from "./base/disposable.ts";
import type { Settings } from "./config/schema.ts";
import { CompletionModel } from "./features/completion/completion-model.ts";
import { CompletionService } from "./features/completion/completion-service.ts";
import type { LanguageServices, ServicesRequest, Trust } from "./lsp/language-services.ts";
import { Metrics } from "./metrics/metrics.ts";
import { RuntimeError } from "./model/runtime-error.ts";

export function createServices(request: ServicesRequest): LanguageServices {
  const store = new DisposableStore();
  const folders = new Set<string>();
  const metrics = new Metrics();
  let { settings, trust } = request;
  const model = store.add(
    new CompletionModel({
      open: async (name) => {
        throw new RuntimeError("model-not-found", name);
      },
      candidates: async () => [],
      changed: request.onStatus,
    }),
  );
  const completion = store.add(
    new CompletionService({
      clock: systemClock,
      builtin: { complete: async () => ({ kind: "none", reason: "none" }) },
      model,
      settings: () => settings,
      displayPath: (uri) => uri,
    }),
  );
  model.bind(roleOf(settings, trust));
  return {
    metrics,
    addFolder: (path) => {
      folders.add(path);
    },
    removeFolder: (path) => {
      folders.delete(path);
    },
    documentOpened: () => {},
    documentChanged: (snapshot) => completion.documentChanged(snapshot),
    documentClosed: (uri) => completion.documentClosed(uri),
    fileChanged: () => {},
    complete: (query, signal) => completion.complete(query, signal),
    accepted: (id) => {
      if (completion.accepted(id)) metrics.count("completion.accepted");
    },
    configure: (next) => {
      settings = next;
      model.bind(roleOf(settings, trust));
    },
    setTrust: (next) => {
      trust = next;
      model.bind(roleOf(settings, trust));
    },
    statusFacts: () => ({
      completionEnabled: settings["completion.enabled"],
      model: model.state,
      trusted: trust === "trusted",
      reading: undefined,
    }),
    doctor: async () => ({ checks: [] }),
    dispose: () => store.dispose(),
  };
}

/** In a workspace that is not trusted no model is asked, whatever the settings say. */
function roleOf(settings: Settings, trust: Trust): string {
  const role = settings["roles.complete"];
  return trust === "trusted" || role === "off" ? role : "builtin/ngram";
}
