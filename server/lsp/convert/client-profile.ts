/** What the server keeps of `initialize`: who the client is, what it can do, and what it asks for. */

import type { ClientCapabilities, InitializeParams } from "vscode-languageserver-protocol";
import { type Language, languageOf } from "../../base/l10n.ts";
import type { InitializationOptions } from "../../protocol/initialization.ts";
import { filePath } from "./file-path.ts";
import { chooseEncoding, type PositionEncoding } from "./positions.ts";

export interface ClientProfile {
  readonly name: string;
  readonly processId: number | undefined;
  readonly encoding: PositionEncoding;
  readonly language: Language;
  readonly trusted: boolean;
  /** Replaces HEARTH_HOME. */
  readonly storage: string | undefined;
  readonly settings: unknown;
  /** A person has asked for this start. */
  readonly restarted: boolean;
  /** Paths of the workspace folders. */
  readonly folders: readonly string[];
  readonly can: {
    readonly configuration: boolean;
    readonly watchConfiguration: boolean;
    readonly watchFiles: boolean;
    readonly showProgress: boolean;
  };
}

export function toClientProfile(params: InitializeParams): ClientProfile {
  const { capabilities, clientInfo, processId } = params;
  const options = toOptions(params.initializationOptions);
  return {
    name: [clientInfo?.name ?? "a client without a name", clientInfo?.version ?? ""].join(" ").trim(),
    processId: typeof processId === "number" && processId > 0 ? processId : undefined,
    encoding: chooseEncoding(capabilities.general?.positionEncodings),
    language: languageOf(options.locale ?? params.locale),
    trusted: options.trusted ?? true,
    storage: options.storage,
    settings: options.settings,
    restarted: options.restarted ?? false,
    folders: foldersOf(params),
    can: abilitiesOf(capabilities),
  };
}

function abilitiesOf({ workspace, window }: ClientCapabilities): ClientProfile["can"] {
  return {
    configuration: workspace?.configuration ?? false,
    watchConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration ?? false,
    watchFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
    showProgress: window?.workDoneProgress ?? false,
  };
}

/** Fields of a wrong type count as left out, but for trust, which is then refused. */
function toOptions(value: unknown): InitializationOptions {
  if (!isRecord(value)) return {};
  const { settings, storage, trusted, locale, restarted } = value;
  return {
    ...(isRecord(settings) ? { settings } : {}),
    ...(typeof storage === "string" && storage !== "" ? { storage } : {}),
    ...(trusted === undefined ? {} : { trusted: trusted === true }),
    ...(typeof locale === "string" ? { locale } : {}),
    ...(restarted === true ? { restarted } : {}),
  };
}

/** Older clients send only `rootUri` or `rootPath`. */
function foldersOf({ workspaceFolders, rootUri, rootPath }: InitializeParams): readonly string[] {
  const uris = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : []);
  const paths = uris.map(filePath).filter((path) => path !== undefined);
  return paths.length === 0 && rootPath ? [rootPath] : paths;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
