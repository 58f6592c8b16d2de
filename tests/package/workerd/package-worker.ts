// Runs inside workerd: the package as a worker imports it, with the modules compiled beside it.
import { loadTenon, TenonError } from "tenon";
import { createMemoryStorage } from "tenon/hosts/memory";
import { withIssuer } from "tenon/providers";
import practice from "tenon/providers/practice";
import { createIntegrations, loadTenon as loadFromService } from "tenon/service";
import { runVectors, type Vectors } from "../vectors.ts";

// Loading at module scope is allowed: it compiles nothing and draws nothing.
const tenon = await loadTenon();
const secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

async function connect(): Promise<unknown> {
  const integrations = await createIntegrations({
    storage: createMemoryStorage(),
    keys: [{ id: 1, secret }],
    providers: [
      {
        entry: withIssuer(practice, "https://provider.example"),
        clientId: "client",
        clientSecret: "secret",
        redirectUri: "https://app.example/v1/callback/practice",
      },
    ],
  });
  const { authUrl, state } = await integrations.initiateOAuthFlow({
    provider: "practice",
    userId: "user-1",
  });
  return { host: new URL(authUrl).host, state: tenon.state.inspect(state).keyId };
}

async function refusal(): Promise<string> {
  // A module's first bytes: workerd may not compile them, and the loader says so readably.
  const wasm = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  try {
    await loadTenon({ wasm });
  } catch (cause) {
    if (cause instanceof TenonError) return cause.code;
  }
  return "accepted";
}

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/vectors") {
      const vectors = (await request.json()) as Vectors;
      const service = (await loadFromService()).internals;
      return Response.json(runVectors(tenon.internals, service, vectors));
    }
    if (pathname === "/connect") return Response.json(await connect());
    if (pathname === "/refusal") return Response.json(await refusal());
    return Response.json(tenon.pkce.create());
  },
};
