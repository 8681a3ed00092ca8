/** A language client that writes its troubles to the log and never opens a notification of its own. */

import { LanguageClient, type LanguageClientOptions, type NodeModule } from "vscode-languageclient/node";

export class QuietClient extends LanguageClient {
  constructor(server: NodeModule, options: LanguageClientOptions) {
    super("hearth", "Hearth", server, { ...options, initializationFailedHandler: () => false });
  }

  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  override warn(message: string, data?: unknown): void {
    super.warn(message, data, false);
  }

  override info(message: string, data?: unknown): void {
    super.info(message, data, false);
  }

  /** The base class only stops a server that has started; one that has not would be left behind. */
  override async stop(timeout?: number): Promise<void> {
    if (this.isRunning()) await super.stop(timeout);
    else this.serverProcess?.kill();
  }
}
