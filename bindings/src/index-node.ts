import { readFile } from "node:fs/promises";
import { createLoader } from "./load.js";
import { createTenon } from "./pure.js";

export * from "./api.js";

// loadTenon of Node, Deno and Bun reads the module from disk.
export const loadTenon = createLoader(
  () => new URL("../tenon.wasm", import.meta.url),
  (address) => (address.protocol === "file:" ? readFile(address) : fetch(address)),
  (module) => createTenon(module),
);
