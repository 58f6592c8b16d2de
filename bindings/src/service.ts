import { createService } from "./service-loader.js";

export * from "./service-api.js";

// The service on any runtime that fetches the module beside this file.
const service = createService(
  () => new URL("../tenon-service.wasm", import.meta.url),
  (address) => fetch(address),
);

export const { createIntegrations, loadTenon } = service;
