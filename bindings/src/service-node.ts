import { readFile } from "node:fs/promises";
import { createService } from "./service-loader.js";

export * from "./service-api.js";

// The service on Node, Deno and Bun, which read the module from disk.
const service = createService(
  () => new URL("../tenon-service.wasm", import.meta.url),
  (address) => (address.protocol === "file:" ? readFile(address) : fetch(address)),
);

export const { createIntegrations, loadTenon } = service;
