/** Layers, wrong types and unknown keys: the right value holds, and every mistake is named. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { english } from "../../../server/base/l10n.ts";
import { defaultSettings, resolveSettings } from "../../../server/config/resolve-settings.ts";
import { type Settings, schema, settingKeys } from "../../../server/config/schema.ts";
import {
  describeProblem,
  describeProblems,
  type SettingProblem,
} from "../../../server/config/setting-problem.ts";
import { loadSettings, type SettingsSources } from "../../../server/config/settings-layers.ts";
import { itNeeds, posix, procFs } from "../../support/needs.ts";

interface Expected {
  readonly settings?: Partial<Settings>;
  readonly problems?: readonly string[];
}

function check(values: unknown, expected: Expected): void {
  const resolved = resolveSettings([{ origin: "f.json", values }]);
  assert.deepEqual(resolved.settings, { ...defaultSettings, ...expected.settings });
  const sentences = resolved.problems.map((problem) => describeProblem(problem, english));
  assert.deepEqual(sentences, expected.problems ?? []);
}

describe("resolveSettings", () => {
  it("takes dotted keys", () =>
    check({ "completion.maxTokens": 7 }, { settings: { "completion.maxTokens": 7 } }));
  it("takes nested objects", () =>
    check({ completion: { maxTokens: 7 } }, { settings: { "completion.maxTokens": 7 } }));
  it("takes the editor's prefix from an editor", () => {
    const values = { "hearth.log.level": "off", hearth: { index: { enabled: false } }, "hearth.odd": 1 };
    const { settings, problems } = resolveSettings([{ origin: "editor", values, prefix: "allowed" }]);
    assert.equal(settings["log.level"], "off");
    assert.equal(settings["index.enabled"], false);
    assert.deepEqual(problems, [{ kind: "unknown-key", origin: "editor", key: "odd" }]);
  });
  it("names the editor's prefix elsewhere, with the right key", () =>
    check(
      { "hearth.log.level": "off", hearth: { index: { enabled: false } }, "hearth.log.leval": "off" },
      {
        problems: [
          "hearth.log.level in f.json is ignored: outside an editor its key is log.level.",
          "hearth.index.enabled in f.json is ignored: outside an editor its key is index.enabled.",
          "hearth.log.leval in f.json is not a setting of Hearth; it is ignored. Did you mean log.level?",
        ],
      },
    ));
  it("keeps an object of a setting whole", () =>
    check(
      { completion: { languages: { "*": false, "a.b": true } } },
      {
        settings: { "completion.languages": { "*": false, "a.b": true } },
      },
    ));
  it("takes null for not set", () => check({ completion: { maxTokens: null } }, {}));
  it("names a wrong type and keeps the default", () =>
    check(
      { "completion.maxTokens": "many" },
      {
        problems: [
          'completion.maxTokens in f.json must be a whole number from 1 to 2048, not "many"; it is ignored (the default is 128).',
        ],
      },
    ));
  it("names a number out of bounds", () =>
    check(
      { "completion.maxTokens": 0 },
      {
        problems: [
          "completion.maxTokens in f.json must be a whole number from 1 to 2048, not 0; it is ignored (the default is 128).",
        ],
      },
    ));
  it("takes sampling by task", () => {
    const sampling = { completion: { temperature: 0.3, topK: 0 }, logic: { seed: 7 } };
    check({ sampling }, { settings: { sampling } });
  });
  const samplings: Readonly<Record<string, readonly [value: unknown, problem: string]>> = {
    "no object": [
      5,
      'sampling in f.json must be an object of sampling by task, such as {"completion": {"temperature": 0.1}}, not 5; it is ignored (the default is {}).',
    ],
    "a task that there is not": [
      { chat: {} },
      'sampling in f.json must be an object with nothing but completion, repair, refactor, logic, technicalWriting, openWriting, not "chat"; all of sampling there is ignored.',
    ],
    "a number for a task": [
      { repair: 0.2 },
      'sampling.repair in f.json must be an object such as {"topP": 0.9}, not 0.2; all of sampling there is ignored.',
    ],
    "a parameter that there is not": [
      { repair: { temp: 0.2 } },
      'sampling.repair in f.json must be an object with nothing but temperature, topP, topK, minP, repeatPenalty, seed, not "temp"; all of sampling there is ignored.',
    ],
    "a temperature out of bounds": [
      { repair: { temperature: 2.5 } },
      "sampling.repair.temperature in f.json must be a number from 0 to 2, not 2.5; all of sampling there is ignored.",
    ],
    "a completion that is too warm": [
      { logic: { temperature: 1 }, completion: { temperature: 0.5 } },
      "sampling.completion.temperature in f.json must be a number from 0 to 0.3, not 0.5; all of sampling there is ignored.",
    ],
    "a broken number": [
      { logic: { topK: 1.5 } },
      "sampling.logic.topK in f.json must be a whole number from 0 to 1000, not 1.5; all of sampling there is ignored.",
    ],
  };
  for (const [what, [sampling, problem]] of Object.entries(samplings))
    it(`names in sampling ${what}`, () => check({ sampling }, { problems: [problem] }));
  it("names an unknown key, with what it may have meant", () =>
    check(
      { completion: { maxToken: 3 } },
      {
        problems: [
          "completion.maxToken in f.json is not a setting of Hearth; it is ignored. Did you mean completion.maxTokens?",
        ],
      },
    ));
  const guesses: Readonly<Record<string, string | undefined>> = {
    "completion.maxtoken": "completion.maxTokens",
    "Completion.MaxTokens": "completion.maxTokens",
    "complete.enabled": "completion.enabled",
    "roles.completion": "roles.complete",
    "index.exlude": "index.exclude",
    "index.maxSize": "index.maxFileSize",
    logLevel: "log.level",
    log_level: "log.level",
    "log.levle": "log.level",
    "completion.model": undefined,
    "completion.maxLines": undefined,
    "completion.disabled": undefined,
    "index.include": undefined,
    "privacy.online": undefined,
    "log.file": undefined,
    "roles.chat": undefined,
    completion: undefined,
    "a.b": undefined,
  };
  for (const [key, guess] of Object.entries(guesses)) {
    it(`takes ${key} for ${guess ?? "nothing that it knows"}`, () => {
      const sentence = describeProblem({ kind: "unknown-key", origin: "f", key }, english);
      assert.equal(/Did you mean (.+)\?$/.exec(sentence)?.[1], guess);
    });
  }
  it("names a value where an object must be", () =>
    check({ privacy: 5 }, { problems: ["privacy in f.json is not a setting of Hearth; it is ignored."] }));
  it("names a file that holds no object", () =>
    check([1], { problems: ["f.json must hold an object of settings; it is ignored."] }));
  it("keeps the prototype out", () =>
    check(JSON.parse('{"__proto__": {"log.level": "off"}, "constructor": 1}'), {
      problems: [
        "__proto__ in f.json is not a setting of Hearth; it is ignored.",
        "constructor in f.json is not a setting of Hearth; it is ignored.",
      ],
    }));
  for (const value of ["auto", "off", "builtin/ngram", "embedded//abs/m.gguf", "ollama/deepseek-r1:7b"]) {
    it(`takes the role ${value}`, () =>
      check({ "roles.complete": value }, { settings: { "roles.complete": value } }));
  }
  for (const value of ["", "builtin", "builtin/other", "embedded/", "cloud/gpt", 3]) {
    it(`refuses the role ${JSON.stringify(value)}`, () => {
      const { settings, problems } = resolveSettings([{ origin: "f", values: { "roles.complete": value } }]);
      assert.equal(settings["roles.complete"], "auto");
      assert.equal(problems.length, 1);
    });
  }
  const rules = (count: number, length = 1) => Array.from({ length: count }, () => "a".repeat(length));
  it("takes as many rules of what is not read as a folder may have", () =>
    check({ "index.exclude": rules(2000, 65) }, { settings: { "index.exclude": rules(2000, 65) } }));
  for (const [what, exclude] of [
    ["many", rules(2001)],
    ["long", rules(2, 65_537)],
  ] as const) {
    it(`names rules of what is not read that are too ${what}`, () => {
      const { settings, problems } = resolveSettings([{ origin: "f", values: { "index.exclude": exclude } }]);
      assert.deepEqual(settings["index.exclude"], []);
      const [sentence] = problems.map((problem) => describeProblem(problem, english));
      assert.match(
        sentence ?? "",
        /^index\.exclude in f must be a list of at most 2000 strings, with at most 131072 characters in all, not \["a/,
      );
    });
  }
  it("lets a wrong value above leave the value below", () => {
    const { settings, origins } = resolveSettings([
      { origin: "low", values: { "completion.maxTokens": 9 } },
      { origin: "high", values: { "completion.maxTokens": "x" } },
    ]);
    assert.equal(settings["completion.maxTokens"], 9);
    assert.equal(origins.get("completion.maxTokens"), "low");
  });
  it("has defaults that are of their own kind", () => {
    for (const key of settingKeys)
      assert.notEqual(schema[key].kind.parse(schema[key].default), undefined, key);
  });
});

describe("loadSettings", () => {
  let home = "";
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "hearth-settings-"));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  async function load(sources: Omit<SettingsSources, "home">) {
    const { settings, origins, problems } = await loadSettings({ home, ...sources });
    return { settings, origins, problems: problems.map((problem) => describeProblem(problem, english)) };
  }

  it("lays home < file < editor < --set", async () => {
    const file = join(home, "run.json");
    await writeFile(
      join(home, "settings.json"),
      '\uFEFF{"index.maxFiles": 1, "completion.maxTokens": 1, "index.maxFileSize": 1024, "log.level": "warn"}',
    );
    await writeFile(file, '{"completion.maxTokens": 2, "index.maxFileSize": 2048, "log.level": "error"}');
    const { settings, problems } = await load({
      file,
      editor: [{ index: { maxFileSize: 4096 }, log: { level: "debug" } }],
      assignments: ["log.level=off"],
    });
    assert.deepEqual(problems, []);
    assert.equal(settings["index.maxFiles"], 1);
    assert.equal(settings["completion.maxTokens"], 2);
    assert.equal(settings["index.maxFileSize"], 4096);
    assert.equal(settings["log.level"], "off");
  });
  it("names the place where a file is not JSON, and ignores the file", async () => {
    const file = join(home, "broken.json");
    await writeFile(file, '{"log.level": "off"\n  "index.maxFiles": 3}');
    const { settings, problems } = await load({ file });
    assert.deepEqual(problems, [`${file}:2:3 is not valid JSON; the file is ignored.`]);
    assert.equal(settings["log.level"], "info");
  });
  it("names a file of --settings that is not there", async () => {
    const file = join(home, "none.json");
    assert.deepEqual((await load({ file })).problems, [
      `There is no file ${file}; it is ignored. Check the path that --settings names.`,
    ]);
  });
  it("reads --set as JSON where it is JSON, else as text", async () => {
    const { settings, problems } = await load({
      assignments: [
        "completion.maxTokens=64",
        "roles.complete=off",
        'completion.languages={"*":false}',
        "x",
        "=1",
      ],
    });
    assert.equal(settings["completion.maxTokens"], 64);
    assert.equal(settings["roles.complete"], "off");
    assert.deepEqual(settings["completion.languages"], { "*": false });
    assert.deepEqual(problems, [
      "--set x has no value; it is ignored. Write it as key=value.",
      "--set =1 names no setting; it is ignored. Write it as key=value.",
    ]);
  });
  itNeeds(posix, "reads its own file only where it is one, and never waits for a pipe", async () => {
    const own = join(home, "settings.json");
    const problems = async () => (await load({})).problems;
    execFileSync("mkfifo", [own]);
    assert.deepEqual(await problems(), [`${own} is not a file; it is ignored.`]);
    await rm(own);
    await mkdir(own);
    assert.deepEqual(await problems(), [`${own} is not a file; it is ignored.`]);
    await rm(own, { recursive: true });
    await writeFile(own, "");
    await truncate(own, 20_000_000);
    assert.deepEqual(await problems(), [`${own} cannot be read (EFBIG); it is ignored.`]);
    await rm(own);
  });
  itNeeds(procFs, "reads its own file only as far as it says it is long", async () => {
    const own = join(home, "settings.json");
    await symlink("/proc/self/pagemap", own);
    assert.deepEqual((await load({})).problems, [`${own}:1:1 is not valid JSON; the file is ignored.`]);
  });
  itNeeds(posix, "waits for no pipe and reads no device that --settings names", async () => {
    const pipe = join(home, "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const file of [pipe, "/dev/zero"])
      assert.deepEqual((await load({ file })).problems, [`${file} is not a file; it is ignored.`]);
  });
});

describe("describeProblems", () => {
  const unknown = (key: string): SettingProblem => ({ kind: "unknown-key", origin: "f", key });

  it("names the first few of any number, and counts the rest", () => {
    const many = Array.from({ length: 300_000 }, (_, index) => unknown(`x${index}`));
    const sentences = describeProblems(many, english);
    assert.equal(sentences.length, 6);
    assert.equal(sentences[4], "x4 in f is not a setting of Hearth; it is ignored.");
    assert.equal(sentences[5], "Further problems with settings: 299995.");
    assert.equal(describeProblems(many.slice(0, 5), english).length, 5);
    assert.deepEqual(describeProblems([], english), []);
  });

  it("cuts a key that is no name", () => {
    const [sentence] = describeProblems([unknown("k".repeat(1_000_000))], english);
    assert.equal(sentence, `${"k".repeat(57)}… in f is not a setting of Hearth; it is ignored.`);
  });
});
