import type { Tenon } from "tenon";
import { ApiError } from "./api-error";
import { rememberFlow } from "./flows";
import type { StartedConnect } from "./records";

const flowLength = 8;

/**
 * beginConnect checks what the worker started and remembers it for the return. It gives the
 * address to go to, and throws ApiError when the state, the flow and the address do not belong
 * together. Without the module the flow is remembered as the worker names it.
 */
export function beginConnect(
  tenon: Tenon | null,
  provider: string,
  started: StartedConnect,
): string {
  const target = new URL(started.authUrl);
  const isWeb = target.protocol === "https:" || target.protocol === "http:";
  if (!isWeb || target.searchParams.get("state") !== started.state) throw mismatch();
  const inspected = tenon?.state.inspect(started.state);
  if (inspected && inspected.nonce.slice(0, flowLength) !== started.flow) throw mismatch();
  rememberFlow({
    flow: started.flow,
    provider,
    issuedAt: inspected?.issuedAt ?? Date.now(),
    expiresAt: Date.parse(started.expiresAt),
  });
  return target.href;
}

function mismatch(): ApiError {
  const message = "The sign-in address does not match this request, so it was not opened.";
  return new ApiError(message, { code: "INVALID_STATE", status: 0, correlationId: "" });
}
