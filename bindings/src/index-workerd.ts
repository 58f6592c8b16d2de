import module from "../tenon.wasm";
import { createLoader } from "./load.js";
import { createTenon } from "./pure.js";

export * from "./api.js";

// loadTenon of workerd takes the module that was compiled with the worker: compiling at run time is
// forbidden there.
export const loadTenon = createLoader(
  () => module,
  (address) => fetch(address),
  (module) => createTenon(module),
);
