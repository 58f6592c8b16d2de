import { createLoader } from "./load.js";
import { createTenon } from "./pure.js";

export * from "./api.js";

// loadTenon loads the pure module beside this file, by streaming, or the one given as options.wasm.
// Throws CONFIGURATION_ERROR when it cannot be loaded or is not tenon's; it may then be called again.
export const loadTenon = createLoader(
  () => new URL("../tenon.wasm", import.meta.url),
  (address) => fetch(address),
  (module) => createTenon(module),
);
