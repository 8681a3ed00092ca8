/** mocha's usual report, and one line "passed failed skipped" added to the file named in HEARTH_CI_COUNTS. */

const { appendFileSync } = require("node:fs");
const process = require("node:process");
const { reporters } = require("mocha");

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      appendFileSync(process.env.HEARTH_CI_COUNTS, `${passes} ${failures} ${pending}\n`);
    });
  }
};
