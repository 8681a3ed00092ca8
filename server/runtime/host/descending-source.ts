/** A connected model that finds another way to be loaded when memory runs out, at its load and at work. */

import type { Disposable } from "../../base/disposable.ts";
import { type Connected, ConnectedSource } from "./connected-source.ts";
import { Descent, type DescentModel, type DescentOptions, type Load } from "./descent.ts";
import type { ModelSource, SourcePorts } from "./model-source.ts";

export interface DescendingOptions<M extends DescentModel>
  extends Pick<DescentOptions<M>, "id" | "model" | "models"> {
  readonly connect: (load: Load<M>, signal: AbortSignal) => Promise<Connected>;
  /** Goes with the source. */
  readonly held?: Disposable;
}

export function descendingSource<M extends DescentModel>(
  { connect, held, ...asked }: DescendingOptions<M>,
  ports: SourcePorts,
): ModelSource {
  const descent: Descent<M> = new Descent<M>({
    ...ports,
    ...ports.ladder,
    ...asked,
    onStep: (step) => source.stepped(step),
  });
  const reach = (_: SourcePorts, signal: AbortSignal) => descent.run((load) => connect(load, signal), signal);
  const source = new ConnectedSource(reach, ports, { held, descent });
  return source;
}
