// #region readme
import { createCloudflareStorage, type DurableStorage } from "tenon/hosts/cloudflare";
import github from "tenon/providers/github";
import { createIntegrations, type Integrations } from "tenon/service";

// One Durable Object holds a user's connections and runs the flows beside them.
export class Connections {
  readonly #integrations: Promise<Integrations>;

  constructor(state: { storage: DurableStorage }, env: Record<string, string>) {
    const redirectUri = "https://app.example/callback/github";
    const {
      TENON_KEY: secret = "",
      GITHUB_ID: clientId = "",
      GITHUB_SECRET: clientSecret = "",
    } = env;
    this.#integrations = createIntegrations({
      storage: createCloudflareStorage(state.storage),
      keys: [{ id: 1, secret }],
      providers: [{ entry: github, clientId, clientSecret, redirectUri }],
    });
  }

  async fetch(request: Request): Promise<Response> {
    const integrations = await this.#integrations;
    const { pathname } = new URL(request.url);
    const caller = { provider: "github", userId: "user-1" };
    if (pathname === "/callback/github") {
      const cookie = request.headers.get("cookie");
      const done = await integrations.handleOAuthCallback({ ...caller, url: request.url, cookie });
      return Response.redirect(new URL(done.redirectUrl, request.url).href, 303);
    }
    const { authUrl, cookie } = await integrations.initiateOAuthFlow(caller);
    const binding = `${cookie?.name}=${cookie?.value}; Max-Age=600; Path=/`;
    const headers = {
      location: authUrl,
      "set-cookie": `${binding}; HttpOnly; Secure; SameSite=Lax`,
    };
    return new Response(null, { status: 303, headers });
  }
}
// #endregion
