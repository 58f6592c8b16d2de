import module from "../tenon-service.wasm";
import { createService } from "./service-loader.js";

export * from "./service-api.js";

// The service on workerd, with the module that was compiled with the worker.
const service = createService(
  () => module,
  (address) => fetch(address),
);

export const { createIntegrations, loadTenon } = service;
