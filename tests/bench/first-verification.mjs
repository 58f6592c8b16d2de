// The same for a state that another process has issued, as another has signed the peer's webhook.
import { loadTenon } from "tenon";

const { state, claims } = JSON.parse(process.env.TENON_BENCH_STATE);

/** first gives the nonce of a state that was verified. */
export async function first() {
  return (await loadTenon()).state.verify(state, claims).nonce;
}

/** forged must throw. */
export async function forged() {
  return (await loadTenon()).state.verify(state, { ...claims, userId: "another" });
}
