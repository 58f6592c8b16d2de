// Row P12: a verifier and its S256 challenge. arctic makes its challenge only while it writes the
// authorization address, so that is part of its figure.
import { CodeChallengeMethod, generateCodeVerifier, OAuth2Client } from "arctic";
import { calculatePKCECodeChallenge, generateRandomCodeVerifier } from "oauth4webapi";
import { mustHold } from "./rounds.mjs";

const endpoint = "https://provider.example/auth";

/** pkceJobs gives the one job of this row. */
export function pkceJobs({ tenon }) {
  const client = new OAuth2Client("client", null, null);
  const contenders = {
    tenon: () => tenon.pkce.create(),
    oauth4webapi: async () => {
      const verifier = generateRandomCodeVerifier();
      return { verifier, challenge: await calculatePKCECodeChallenge(verifier) };
    },
    "arctic with its URL": () => {
      const verifier = generateCodeVerifier();
      const method = CodeChallengeMethod.S256;
      const url = client.createAuthorizationURLWithPKCE(endpoint, "s", method, verifier, []);
      return { verifier, url };
    },
  };
  return [
    { id: "pkce", open: async () => ({ contenders, check: () => check(contenders, tenon) }) },
  ];
}

async function s256(verifier) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const text = btoa(String.fromCharCode(...new Uint8Array(digest)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function check(contenders, tenon) {
  for (const [name, make] of Object.entries(contenders)) {
    const pairs = [await make(), await make()];
    const [first, second] = pairs.map(({ verifier, challenge, url }) => ({
      verifier,
      challenge: challenge ?? url.searchParams.get("code_challenge"),
    }));
    mustHold(/^[\w-]{43}$/.test(first.verifier), `${name}'s verifier`);
    mustHold(first.challenge === (await s256(first.verifier)), `${name}'s challenge`);
    mustHold(first.verifier !== second.verifier, `${name} repeats a verifier`);
    // What a token endpoint does with a verifier of somebody else.
    mustHold(tenon.pkce.challenge(first.verifier) === first.challenge, `${name}'s pair`);
    mustHold(tenon.pkce.challenge(second.verifier) !== first.challenge, `${name}'s forged pair`);
  }
}
