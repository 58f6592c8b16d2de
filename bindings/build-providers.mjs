// Writes dist/providers/<id>.js and .d.ts for every providers/<id>.json, because not every runtime
// imports JSON.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const from = fileURLToPath(new URL("./providers/", import.meta.url));
const to = fileURLToPath(new URL("./dist/providers/", import.meta.url));

const declaration = `import type { ProviderEntry } from "../src/providers.js";
declare const entry: ProviderEntry;
export default entry;
`;

mkdirSync(to, { recursive: true });
for (const file of readdirSync(from).filter((name) => name.endsWith(".json"))) {
  const id = basename(file, ".json");
  const entry = JSON.parse(readFileSync(join(from, file), "utf8"));
  if (entry.id !== id) throw new Error(`${file} holds the entry of ${entry.id}`);
  writeFileSync(join(to, `${id}.js`), `export default ${JSON.stringify(entry, null, 2)};\n`);
  writeFileSync(join(to, `${id}.d.ts`), declaration);
}
