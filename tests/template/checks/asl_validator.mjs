// Runs the npm package asl-validator on the definitions that standard input holds by name.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const validate = createRequire(process.argv[2])("asl-validator");
const definitions = JSON.parse(readFileSync(0, "utf8"));
const told = {};
for (const [name, definition] of Object.entries(definitions)) {
  told[name] = validate(definition).errors.map((it) => `${it["Error code"]} ${it.Message ?? ""}`);
}
process.stdout.write(JSON.stringify(told));
