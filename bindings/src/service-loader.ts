import type { ServiceExports } from "./abi.js";
import { misconfigured } from "./errors.js";
import { openIntegrations } from "./integrations.js";
import { createLoader, type LoadOptions, type Reader, type WasmSource } from "./load.js";
import { createTenon, type Tenon } from "./pure.js";
import type { Integrations, IntegrationsOptions } from "./types.js";

// ServiceTenon is the pure part of the service's module.
export type ServiceTenon = Tenon<ServiceExports>;
export type ServiceInternals = ServiceTenon["internals"];

export interface ServiceLoader {
  // createIntegrations makes the service. Rejects with CONFIGURATION_ERROR when an option is wrong,
  // when the store cannot compare and swap, or without keys.
  createIntegrations(options: IntegrationsOptions & LoadOptions): Promise<Integrations>;
  // loadTenon gives the pure calls of the same module, so that one is enough.
  loadTenon(options?: LoadOptions): Promise<ServiceTenon>;
}

// createService makes the entry of one runtime.
export function createService(own: () => WasmSource, read: Reader): ServiceLoader {
  const load = createLoader(own, read, (module) => module);
  let shared: Promise<ServiceTenon> | undefined;
  return {
    createIntegrations: async (options) => {
      if (typeof options !== "object" || options === null) {
        throw misconfigured("createIntegrations needs options.");
      }
      return openIntegrations(await load(options), options);
    },
    loadTenon: async (options) => {
      if (options?.wasm) return createTenon<ServiceExports>(await load(options));
      const module = await load();
      shared ??= Promise.resolve(createTenon<ServiceExports>(module));
      return shared;
    },
  };
}
