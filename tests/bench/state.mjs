// Row P11: a state is issued and verified. jose carries the same facts in a signed token, with a
// nonce of the same size, and its caller compares what the library does not.
import { base64url, jwtVerify, SignJWT } from "jose";
import { mustHold, mustRefuse } from "./rounds.mjs";

const secret = Uint8Array.from({ length: 32 }, (_, i) => (i * 11 + 3) & 255);

const claims = {
  userId: "user-7f3a91",
  organizationId: "acme",
  provider: "google",
  issuer: "https://accounts.google.com",
  redirectUri: "https://app.example/v1/callback/google",
  binding: "m2Yx0zqvQd7S4oQ0p3hJkqzWb1mB8y2Hc5nT6rUeXaE",
};

/** stateJobs gives the one job of this row. */
export function stateJobs({ tenon }) {
  return [{ id: "state", open: () => openJob(tenon) }];
}

async function openJob(tenon) {
  const own = { ...claims, keys: [{ id: 1, secret: base64url.encode(secret) }] };
  const key = await hs256Key();
  const sides = {
    tenon: {
      issue: () => tenon.state.issue(own),
      verify: (state, changed) => tenon.state.verify(state, { ...own, ...changed }).nonce,
    },
    jose: {
      issue: () => issueJwt(key),
      verify: (token, changed) => verifyJwt(key, token, { ...claims, ...changed }),
    },
  };
  return {
    contenders: {
      tenon: () => tenon.state.verify(tenon.state.issue(own), own),
      jose: async () => verifyJwt(key, await issueJwt(key), claims),
    },
    check: () => check(sides),
  };
}

function hs256Key() {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", secret, algorithm, false, ["sign", "verify"]);
}

function issueJwt(key) {
  const { userId, organizationId, provider, issuer, redirectUri, binding } = claims;
  return new SignJWT({ organizationId, provider, redirectUri, binding })
    .setProtectedHeader({ alg: "HS256", kid: "1" })
    .setJti(base64url.encode(crypto.getRandomValues(new Uint8Array(24))))
    .setSubject(userId)
    .setIssuer(issuer)
    .setIssuedAt()
    .setExpirationTime("10m")
    .sign(key);
}

async function verifyJwt(key, token, { userId, issuer, ...others }) {
  const { payload } = await jwtVerify(token, key, {
    algorithms: ["HS256"],
    subject: userId,
    issuer,
    clockTolerance: 60,
  });
  for (const name of ["organizationId", "provider", "redirectUri", "binding"]) {
    if (payload[name] !== others[name]) throw new Error(`another ${name}`);
  }
  return payload.jti;
}

// The last character is left alone: some of its bits carry nothing, and jose does not mind them.
function flipped(text, at) {
  const other = text[at] === "A" ? "B" : "A";
  return text.slice(0, at) + other + text.slice(at + 1);
}

async function check(sides) {
  for (const [name, { issue, verify }] of Object.entries(sides)) {
    const state = await issue();
    const nonces = [await verify(state, {}), await verify(await issue(), {})];
    mustHold(nonces[0]?.length === 32 && nonces[0] !== nonces[1], `${name}'s nonces`);
    for (const [field, value] of Object.entries(claims)) {
      await mustRefuse(
        () => verify(state, { [field]: `${value}x` }),
        `${name} for another ${field}`,
      );
    }
    for (const at of [0, state.length >> 1, state.length - 30, state.length - 2]) {
      await mustRefuse(
        () => verify(flipped(state, at), {}),
        `${name} with character ${at} changed`,
      );
    }
  }
}
