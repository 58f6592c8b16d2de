import { loadTenon, type Tenon } from "tenon";

/** engine resolves to the loaded module, or to null where it could not be loaded; it never rejects. */
export const engine: Promise<Tenon | null> = loadTenon().catch(() => null);
