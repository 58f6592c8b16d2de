import { loadTenon } from "tenon";
import { base64url } from "jose";
const tenon = await loadTenon({wasm: (await import("node:fs")).readFileSync("/tmp/benchtask/named/tenon.wasm")});
const secret = Uint8Array.from({ length: 32 }, (_, i) => (i * 11 + 3) & 255);
const own = { userId: "user-7f3a91", organizationId: "acme", provider: "google", issuer: "https://accounts.google.com", redirectUri: "https://app.example/v1/callback/google", binding: "m2Yx0zqvQd7S4oQ0p3hJkqzWb1mB8y2Hc5nT6rUeXaE", keys: [{ id: 1, secret: base64url.encode(secret) }] };
for (let i=0;i<200000;i++) tenon.state.verify(tenon.state.issue(own), own);
