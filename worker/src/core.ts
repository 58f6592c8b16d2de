import { loadTenon, type Tenon } from "tenon/service";

/** Core is the wasm module of this isolate: the pure calls, and the strict JSON reader. */
export interface Core {
  tenon: Tenon;
  /** isStrictJson tells whether a text is JSON by RFC 8259 with no member named twice. */
  isStrictJson(text: string): boolean;
}

interface StrictReader {
  tenon_json_check(at: number, length: number): number;
}

let loading: Promise<Core> | undefined;

/** core gives the module; a failed load is tried again by the next caller. */
export function core(): Promise<Core> {
  loading ??= load().catch((thrown) => {
    loading = undefined;
    throw thrown;
  });
  return loading;
}

async function load(): Promise<Core> {
  const tenon = await loadTenon();
  const { internals } = tenon;
  const isStrictJson = (text: string) =>
    internals.run(() => {
      const size = internals.put(text);
      const reader = internals.exports as unknown as StrictReader;
      return reader.tenon_json_check(internals.at, size) === 0;
    });
  return { tenon, isStrictJson };
}
