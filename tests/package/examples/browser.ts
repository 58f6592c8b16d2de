// #region readme
import { loadTenon, TenonError } from "tenon";

const tenon = await loadTenon(); // streams tenon.wasm; a CSP needs 'wasm-unsafe-eval' only

// Start a sign-in: the challenge goes into the address, the verifier stays here.
const { verifier, challenge } = tenon.pkce.create();

// Show how long a token is good for, and when to refresh it.
const expiresAt = Date.now() + 3_600_000;
const { status, refreshAt } = tenon.expiry.decide({ expiresAt, hasRefreshToken: true });

// Ask when to repeat a request that failed.
const { retry, delayMs } = tenon.retry.next({ attempt: 1, outcome: { status: 503 } });

// Everything thrown is a TenonError with a code.
let code = "";
try {
  tenon.returnTo.check("https://elsewhere.example/", ["https://app.example"]);
} catch (error) {
  if (error instanceof TenonError) code = error.code;
}
// #endregion

export const report = { verifier, challenge, status, refreshAt, retry, delayMs, code };
