import { useEffect, useState } from "react";
import type { Tenon } from "tenon";
import { engine } from "../engine";

export type EngineState = { phase: "loading" | "failed" } | { phase: "ready"; tenon: Tenon };

/** useEngine follows the loading of the wasm module. */
export function useEngine(): EngineState {
  const [state, setState] = useState<EngineState>({ phase: "loading" });
  useEffect(() => {
    let current = true;
    engine.then((tenon) => {
      if (current) setState(tenon ? { phase: "ready", tenon } : { phase: "failed" });
    });
    return () => {
      current = false;
    };
  }, []);
  return state;
}
