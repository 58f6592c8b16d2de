// The page of vectors.test.ts: loads both modules by streaming, as a customer's page would, and
// leaves what came of it in `outcome`.
import { loadTenon } from "tenon";
import { loadTenon as loadFromService } from "tenon/service";
import { runVectors, type VectorCounts, type Vectors } from "../package/vectors.ts";

export interface Outcome {
  counts: VectorCounts;
  /** What each module asks its host for, by file. */
  imports: Record<string, WebAssembly.ModuleImportDescriptor[]>;
}

declare global {
  var outcome: Promise<Outcome>;
}

async function importsOf(file: string): Promise<WebAssembly.ModuleImportDescriptor[]> {
  return WebAssembly.Module.imports(await WebAssembly.compileStreaming(fetch(file)));
}

async function run(): Promise<Outcome> {
  const [pure, service, reply] = await Promise.all([
    loadTenon(),
    loadFromService(),
    fetch("/vectors.json"),
  ]);
  const vectors = (await reply.json()) as Vectors;
  return {
    counts: runVectors(pure.internals, service.internals, vectors),
    imports: {
      "tenon.wasm": await importsOf("/tenon.wasm"),
      "tenon-service.wasm": await importsOf("/tenon-service.wasm"),
    },
  };
}

globalThis.outcome = run();
