/** One model as a client sees it: opened on the connection of the moment, and again on the next one. */

import * as v from "valibot";
import type { ModelInfo } from "../../model/model-info.ts";
import type { ModelRuntime } from "../../model/model-runtime.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { fromWire, type LostConnection } from "../wire/errors.ts";
import { lazyRuntime } from "../wire/lazy-runtime.ts";
import { RemoteRuntime } from "../wire/remote-runtime.ts";
import type { HostConnection } from "./connect.ts";
import { closeRequest, type ModelSpec, openedSchema, openRequest } from "./protocol.ts";

interface Opened {
  readonly info: ModelInfo;
  readonly runtime: ModelRuntime;
  readonly close: () => void;
}

const lost: LostConnection = (cause) =>
  new RuntimeError("runtime-unreachable", "The runtime host ended in the middle of a request.", { cause });

export class ClientModel {
  readonly #spec: ModelSpec;
  readonly #connect: () => Promise<HostConnection>;
  #opened: Promise<Opened> | undefined;
  #holders = 0;

  constructor(spec: ModelSpec, connect: () => Promise<HostConnection>) {
    this.#spec = spec;
    this.#connect = connect;
  }

  readonly runtime: ModelRuntime = lazyRuntime(async () => (await this.#open()).runtime);

  async info(): Promise<ModelInfo> {
    return (await this.#open()).info;
  }

  hold(): void {
    this.#holders++;
  }

  /** Returns how many still hold it; the last one closes it at the host, once it is open. */
  release(): number {
    this.#holders--;
    if (this.#holders === 0) {
      this.#opened?.then(
        (opened) => opened.close(),
        () => undefined,
      );
      this.#opened = undefined;
    }
    return this.#holders;
  }

  #open(): Promise<Opened> {
    this.#opened ??= this.#openNow();
    return this.#opened;
  }

  async #openNow(): Promise<Opened> {
    try {
      const first = await this.#connect();
      const opened = await this.#openOn(first);
      if (!(opened instanceof RuntimeError)) return opened;
      // A host that ends during the load says nothing against the model: the next one is asked, once.
      await first.closed;
      const second = await this.#openOn(await this.#connect());
      if (second instanceof RuntimeError) throw second;
      return second;
    } catch (error) {
      this.#opened = undefined;
      throw error;
    }
  }

  /** Resolves with the error when the connection was lost, and rejects with what the host answers. */
  async #openOn(connection: HostConnection): Promise<Opened | RuntimeError> {
    const { messages, closed } = connection;
    try {
      const { model, info } = v.parse(openedSchema, await messages.sendRequest(openRequest, this.#spec));
      void this.#forgetAfter(closed);
      return {
        info,
        runtime: new RemoteRuntime({ connection: messages, model, lost }),
        close: () => void messages.sendRequest(closeRequest, { model }).catch(() => undefined),
      };
    } catch (error) {
      let broken: RuntimeError | undefined;
      const failure = fromWire(error, (cause) => {
        broken = lost(cause);
        return broken;
      });
      if (!broken) throw failure;
      connection.dispose();
      return broken;
    }
  }

  async #forgetAfter(closed: Promise<void>): Promise<void> {
    await closed;
    this.#opened = undefined;
  }
}
