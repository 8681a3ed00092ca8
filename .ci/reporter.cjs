/**
 * mocha's usual report, and then which real runtimes came under the contract, as a table of runtimes and behaviours.
 * One line "passed failed skipped" is added to the file named in HEARTH_CI_COUNTS, and the lines of the runtimes
 * to the one named in HEARTH_CI_RUNTIMES.
 */

const { appendFileSync } = require("node:fs");
const process = require("node:process");
const { reporters } = require("mocha");

const marks = { passed: "✔", failed: "✘", pending: "–" };

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const contract = new Map();
    runner.on("test end", (test) => note(contract, test));
    runner.on("fail", (failed) => note(contract, failed)); // a hook has no end
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      append("HEARTH_CI_COUNTS", [`${passes} ${failures} ${pending}`]);
      if (contract.size === 0) return;
      append("HEARTH_CI_RUNTIMES", [...contract].map(oneLine));
      process.stdout.write(`${[...table(contract), ...[...contract].map(oneLine)].join("\n")}\n\n`);
    });
  }
};

function append(variable, lines) {
  if (process.env[variable]) appendFileSync(process.env[variable], lines.map((line) => `${line}\n`).join(""));
}

/** Keeps how each behaviour went, by the runtime. */
function note(contract, test) {
  const [, runtime] = /^the contract: (.*)$/.exec(test.titlePath()[0] ?? "") ?? [];
  if (runtime === undefined) return;
  const behaviours = contract.get(runtime) ?? new Map();
  contract.set(runtime, behaviours);
  const behaviour = test.title.replace(/ \(skipped: needs .*\)$/, "");
  behaviours.set(behaviour, test.isPending() ? "pending" : (test.state ?? "failed"));
}

function table(contract) {
  const runtimes = [...contract.keys()].map((name) => name.replace(/ \(skipped.*$/, ""));
  const behaviours = new Set([...contract.values()].flatMap((one) => [...one.keys()]));
  const head = runtimes.map((name, index) => `${"│ ".repeat(index)}┌ ${name}`).reverse();
  const rows = [...behaviours].map((name) => {
    const cells = [...contract.values()].map((one) => marks[one.get(name)] ?? " ");
    return `${cells.join(" ")}  ${name}`;
  });
  return [...head, ...rows, ""];
}

function oneLine([runtime, behaviours]) {
  const states = [...behaviours.values()];
  const count = (state) => states.filter((one) => one === state).length;
  return `${runtime}: ${count("passed")} kept, ${count("failed")} broken, ${count("pending")} skipped`;
}
