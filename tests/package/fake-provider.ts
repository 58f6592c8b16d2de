// An authorization server as a fetch function: enough of OAuth to drive every flow without a network.
// Secrets it hands out contain "canary", so that a scan finds any that leaks.
import { createHash } from "node:crypto";
import { withIssuer } from "tenon/providers";
import practice from "tenon/providers/practice";
import type { FetchFunction } from "tenon/service";

export const issuer = "https://provider.example";
export const redirectUri = "https://app.example/v1/callback/practice";
export const clientSecret = "canary-client-secret-0123456789";

export interface FakeProvider {
  fetch: FetchFunction;
  // requests lists method and path of everything that arrived.
  requests: string[];
  // consent follows an authorization address to its end and gives the callback's query.
  consent(authUrl: string): string;
  // answer replaces the answer to the next token request.
  answer(response: () => Response | Promise<Response>): void;
  revoked: string[];
}

export const provider = {
  entry: withIssuer(practice, issuer),
  clientId: "client",
  clientSecret,
  redirectUri,
};

interface Grant {
  challenge: string;
  scope: string;
}

export function createFakeProvider(lifetimeS = 3600): FakeProvider {
  const codes = new Map<string, Grant>();
  const refreshTokens = new Set<string>();
  const requests: string[] = [];
  const revoked: string[] = [];
  let nextAnswer: (() => Response | Promise<Response>) | undefined;
  let issued = 0;

  const tokens = (scope: string): Response => {
    const number = ++issued;
    refreshTokens.add(`canary-refresh-${number}-abcdefghijkl`);
    return Response.json({
      access_token: `canary-access-${number}-abcdefghijkl`,
      refresh_token: `canary-refresh-${number}-abcdefghijkl`,
      token_type: "Bearer",
      expires_in: lifetimeS,
      scope,
    });
  };
  const refuse = (error: string): Response => Response.json({ error }, { status: 400 });
  const exchange = (form: URLSearchParams): Response => {
    if (form.get("grant_type") === "refresh_token") {
      return refreshTokens.delete(form.get("refresh_token") ?? "")
        ? tokens("openid")
        : refuse("invalid_grant");
    }
    const grant = codes.get(form.get("code") ?? "");
    codes.delete(form.get("code") ?? "");
    const verifier = form.get("code_verifier") ?? "";
    const made = createHash("sha256").update(verifier).digest("base64url");
    if (grant?.challenge !== made || form.get("redirect_uri") !== redirectUri) {
      return refuse("invalid_grant");
    }
    return tokens(grant.scope);
  };

  return {
    requests,
    revoked,
    answer: (response) => {
      nextAnswer = response;
    },
    consent: (authUrl) => {
      const asked = new URL(authUrl).searchParams;
      const code = `canary-code-${codes.size}-abcdefghijkl`;
      codes.set(code, {
        challenge: asked.get("code_challenge") ?? "",
        scope: asked.get("scope") ?? "",
      });
      const state = asked.get("state") ?? "";
      return new URLSearchParams({ code, state, iss: issuer }).toString();
    },
    fetch: async (url, init) => {
      const { pathname } = new URL(url);
      requests.push(`${init.method} ${pathname}`);
      const form = new URLSearchParams(new TextDecoder().decode(init.body as Uint8Array));
      if (pathname === "/token" && nextAnswer) {
        const answer = nextAnswer;
        nextAnswer = undefined;
        return answer();
      }
      if (pathname === "/token") return exchange(form);
      if (pathname === "/token/revocation") revoked.push(form.get("token_type_hint") ?? "");
      if (pathname === "/token/revocation") return new Response("");
      const name = { preferred_username: "ada", name: "Ada", email: "ada@example.org" };
      return Response.json({ sub: "account-1", ...name });
    },
  };
}
