import type { Storage } from "tenon/service";
import type { Failed } from "./answer.ts";

/** storedReturn gives where the flow of a state goes back to, as it was checked when it began;
 * undefined when that cannot be read. */
export async function storedReturn(storage: Storage, nonce: string): Promise<string | undefined> {
  try {
    const [row] = await storage.get([`pending/${nonce}`]);
    const returnTo: unknown = row && JSON.parse(row.value).returnTo;
    return typeof returnTo === "string" && returnTo !== "" ? returnTo : undefined;
  } catch {
    return undefined;
  }
}

/** withReturn adds to a failed callback where its browser goes on. A state that is refused leads
 * nowhere. */
export function withReturn(failed: Failed, returnTo?: string): Failed {
  const isRefused = failed.failure.code === "INVALID_STATE";
  return isRefused ? failed : { ...failed, failure: { ...failed.failure, returnTo } };
}
