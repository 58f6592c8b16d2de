import { misconfigured, type TenonError } from "./errors.js";

// WasmSource is where a module may come from: already compiled, as bytes, or as an address or answer
// to read it from. workerd allows a compiled module only.
export type WasmSource = WebAssembly.Module | BufferSource | URL | Response;

export interface LoadOptions {
  wasm?: WasmSource | PromiseLike<WasmSource>;
}

// Reader fetches a module's address in the way of one runtime.
export type Reader = (address: URL) => PromiseLike<BufferSource | Response>;

async function compile(source: WasmSource, read: Reader): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  const found = source instanceof URL ? await read(source) : source;
  // Bytes are told first: in Node the mere name Response loads its whole HTTP client, 20 ms.
  if (ArrayBuffer.isView(found) || found instanceof ArrayBuffer) return WebAssembly.compile(found);
  if (!found.ok) throw new Error(`HTTP ${found.status}`);
  // A server that names another type still gets its file loaded; only the streaming is lost.
  return found.headers.get("content-type") === "application/wasm"
    ? WebAssembly.compileStreaming(found)
    : WebAssembly.compile(await found.arrayBuffer());
}

// createLoader makes a loader of one runtime. Concurrent loads of the runtime's own module share one
// result; a failed load may be tried again. Failures are CONFIGURATION_ERRORs.
export function createLoader<T>(
  own: () => WasmSource,
  read: Reader,
  build: (module: WebAssembly.Module) => T,
): (options?: LoadOptions) => Promise<T> {
  let shared: Promise<T> | undefined;
  const load = async (source: () => WasmSource | PromiseLike<WasmSource>): Promise<T> => {
    let module: WebAssembly.Module;
    try {
      module = await compile(await source(), read);
    } catch (cause) {
      throw unloadable(cause);
    }
    return build(module);
  };
  return ({ wasm } = {}) => {
    if (wasm) return load(() => wasm);
    shared ??= load(own).catch((cause: unknown) => {
      shared = undefined;
      throw cause;
    });
    return shared;
  };
}

function unloadable(cause: unknown): TenonError {
  return misconfigured("The wasm module could not be loaded; see cause.", cause);
}
