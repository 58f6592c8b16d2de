// Row P21 with libraries: oauth4webapi for PKCE, jose for the state and for sealing the verifier, and
// a pending record in the same kind of storage.
import { base64url, CompactEncrypt, compactDecrypt, jwtVerify, SignJWT } from "jose";
import { calculatePKCECodeChallenge, generateRandomCodeVerifier } from "oauth4webapi";

const encoder = new TextEncoder();

/** createPeer gives { connect, finish }: a connection is begun, and the way back is checked. */
export function createPeer({ storage, provider, secrets }) {
  return {
    connect: (input) => connect({ storage, provider, secrets }, input),
    finish: (state, cookie) => finish({ storage, provider, secrets }, state, cookie),
  };
}

const randomText = (size) => base64url.encode(crypto.getRandomValues(new Uint8Array(size)));

async function bindingOf(cookie) {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(cookie));
  return base64url.encode(new Uint8Array(digest));
}

async function connect({ storage, provider, secrets }, { userId }) {
  const { entry, clientId, redirectUri } = provider;
  const { oauth } = entry;
  const verifier = generateRandomCodeVerifier();
  const challenge = await calculatePKCECodeChallenge(verifier);
  const [nonce, cookie] = [randomText(24), randomText(32)];
  const binding = await bindingOf(cookie);
  const state = await new SignJWT({ provider: entry.id, redirectUri, binding })
    .setProtectedHeader({ alg: "HS256", kid: "1" })
    .setJti(nonce)
    .setSubject(userId)
    .setIssuer(oauth.issuer)
    .setIssuedAt()
    .setExpirationTime("10m")
    .sign(secrets.sign);
  const sealed = await new CompactEncrypt(encoder.encode(verifier))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: "1" })
    .encrypt(secrets.seal);
  const now = Date.now();
  const scopes = oauth.default_scopes;
  const record = { userId, provider: entry.id, issuer: oauth.issuer, redirectUri, binding, scopes };
  const value = JSON.stringify({ ...record, verifier: sealed, issuedAt: now, returnTo: "/" });
  const key = `pending/${nonce}`;
  const { ok } = await storage.commit({
    checks: [{ key, version: null }],
    writes: [{ key, value, expiresAt: now + 600_000 }],
  });
  if (!ok) throw new Error("a nonce came twice");
  const authUrl = addressOf(oauth, { clientId, redirectUri, state, challenge });
  return { authUrl, state, cookie, expiresAt: new Date(now + 600_000) };
}

function addressOf(oauth, { clientId, redirectUri, state, challenge }) {
  const url = new URL(oauth.authorization_url);
  const { searchParams } = url;
  for (const [name, value] of Object.entries(oauth.extra_authorize_params)) {
    searchParams.set(name, value);
  }
  searchParams.set("response_type", "code");
  searchParams.set("client_id", clientId);
  searchParams.set("redirect_uri", redirectUri);
  searchParams.set("scope", oauth.default_scopes.join(" "));
  searchParams.set("state", state);
  searchParams.set("code_challenge", challenge);
  searchParams.set("code_challenge_method", "S256");
  return url.href;
}

async function finish({ storage, provider, secrets }, state, cookie) {
  const issuer = provider.entry.oauth.issuer;
  const { payload } = await jwtVerify(state, secrets.sign, { algorithms: ["HS256"], issuer });
  if (payload.binding !== (await bindingOf(cookie))) throw new Error("another browser");
  const [entry] = await storage.get([`pending/${payload.jti}`]);
  const sealed = JSON.parse(entry.value).verifier;
  const { plaintext } = await compactDecrypt(sealed, secrets.seal);
  return new TextDecoder().decode(plaintext);
}
