// What a fresh process does first: load, issue one state, verify it. See fresh-process.mjs.
import { loadTenon } from "tenon";

const claims = {
  keys: [{ id: 1, secret: "AwMDAwQEBAQFBQUFBgYGBgcHBwcICAgICQkJCQoKCgo" }],
  userId: "user-7f3a91",
  provider: "google",
  redirectUri: "https://app.example/v1/callback/google",
  binding: "none",
};

/** first gives the nonce of a state that was issued and verified. */
export async function first() {
  const tenon = await loadTenon();
  return tenon.state.verify(tenon.state.issue(claims), claims).nonce;
}

/** forged must throw. */
export async function forged() {
  const tenon = await loadTenon();
  return tenon.state.verify(tenon.state.issue(claims), { ...claims, userId: "another" });
}
