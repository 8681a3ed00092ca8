/** The setting `sampling`: how answers are drawn, by task. One wrong value is named with its place. */

import { type Fault, isObject, type Kind } from "./kinds.ts";

export const samplingTasks = [
  "completion",
  "repair",
  "refactor",
  "logic",
  "technicalWriting",
  "openWriting",
] as const;
export type SamplingTask = (typeof samplingTasks)[number];

/** What a person may set of one task; what is left out comes from the model or from Hearth. */
export interface SamplingChoice {
  readonly temperature?: number;
  readonly topP?: number;
  /** 0: not bounded. */
  readonly topK?: number;
  readonly minP?: number;
  readonly repeatPenalty?: number;
  readonly seed?: number;
}

export type SamplingSetting = { readonly [Task in SamplingTask]?: SamplingChoice };

interface Bounds {
  readonly type: "number" | "integer";
  readonly minimum: number;
  readonly maximum: number;
}

const bounds: Readonly<Record<keyof SamplingChoice, Bounds>> = {
  temperature: { type: "number", minimum: 0, maximum: 2 },
  topP: { type: "number", minimum: 0, maximum: 1 },
  topK: { type: "integer", minimum: 0, maximum: 1000 },
  minP: { type: "number", minimum: 0, maximum: 1 },
  repeatPenalty: { type: "number", minimum: 0.5, maximum: 2 },
  // The largest of 32 bits means a random one to llama.cpp.
  seed: { type: "integer", minimum: 0, maximum: 0xffff_fffe },
};

/** Code that is completed is not drawn from far away, whoever asks for it. */
const mostForCompletion: Bounds = { type: "number", minimum: 0, maximum: 0.3 };

export const samplingByTask: Kind<SamplingSetting> = {
  name: "{ task: { temperature, topP, topK, minP, repeatPenalty, seed } }",
  schema: {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(samplingTasks.map((task) => [task, taskSchema(task)])),
  },
  parse: (value) => (isSampling(value) ? value : undefined),
  expected: ({ t }) =>
    t("an object of sampling by task, such as {0}", '{"completion": {"temperature": 0.1}}'),
  fault: findFault,
};

function boundsOf(task: string, name: keyof SamplingChoice): Bounds {
  return task === "completion" && name === "temperature" ? mostForCompletion : bounds[name];
}

function taskSchema(task: SamplingTask): object {
  const properties = Object.keys(bounds)
    .filter(isChoiceName)
    .map((name) => [name, boundsOf(task, name)]);
  return { type: "object", additionalProperties: false, properties: Object.fromEntries(properties) };
}

function isSampling(value: unknown): value is SamplingSetting {
  return isObject(value) && findFault(value) === undefined;
}

function isChoiceName(name: string): name is keyof SamplingChoice {
  return Object.hasOwn(bounds, name);
}

/** The first value that is wrong; undefined also where the whole is no object. */
function findFault(value: unknown): Fault | undefined {
  if (!isObject(value)) return undefined;
  for (const [task, choice] of Object.entries(value)) {
    if (!samplingTasks.some((known) => known === task)) return unknownName([], task, samplingTasks);
    if (!isObject(choice)) {
      return {
        path: [task],
        found: choice,
        expected: ({ t }) => t("an object such as {0}", '{"topP": 0.9}'),
      };
    }
    const fault = choiceFault(task, choice);
    if (fault) return fault;
  }
  return undefined;
}

function choiceFault(task: string, choice: Readonly<Record<string, unknown>>): Fault | undefined {
  for (const [name, found] of Object.entries(choice)) {
    if (!isChoiceName(name)) return unknownName([task], name, Object.keys(bounds));
    const { type, minimum, maximum } = boundsOf(task, name);
    const fits = typeof found === "number" && found >= minimum && found <= maximum;
    if (fits && (type === "number" || Number.isInteger(found))) continue;
    const expected: Fault["expected"] = ({ t }) =>
      type === "integer"
        ? t("a whole number from {0} to {1}", minimum, maximum)
        : t("a number from {0} to {1}", minimum, maximum);
    return { path: [task, name], found, expected };
  }
  return undefined;
}

function unknownName(path: readonly string[], found: string, known: readonly string[]): Fault {
  return { path, found, expected: ({ t }) => t("an object with nothing but {0}", known.join(", ")) };
}
