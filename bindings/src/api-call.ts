import type { Calls } from "./calls.js";
import { cancelled } from "./drive.js";
import { invalid, TenonError } from "./errors.js";
import { type FetchRules, isAllowed } from "./fetch.js";
import { kindOfFailure } from "./network.js";
import type { AccountQuestion, ApiRequest, TokenResult } from "./types.js";

// ApiCalls calls a provider's API for a connected account (R32). The token goes into the
// Authorization header and nowhere else, over https only, and never after a redirect.
export class ApiCalls {
  constructor(
    private readonly calls: Calls,
    private readonly rules: FetchRules,
  ) {}

  // fetch gives the API's answer, whatever its status. After a 401 it asks once for a newer token and
  // repeats the call once; where there is none, or the body cannot be sent again, the 401 is given.
  async fetch(
    input: AccountQuestion,
    address: string | URL,
    request: ApiRequest = {},
  ): Promise<Response> {
    const url = this.#checked(address, request);
    const { correlationId = crypto.randomUUID() } = input ?? {};
    const question = { ...input, correlationId, signal: request.signal ?? input?.signal };
    const token = await this.calls.token(question);
    const answer = await this.#send(url, request, { ...question, token });
    if (answer.status !== 401 || !isReplayable(request.body)) return answer;
    const newer = await this.#newer(question, token);
    if (!newer) return answer;
    answer.body?.cancel().catch(() => undefined);
    return this.#send(url, request, { ...question, token: newer });
  }

  #checked(address: string | URL, { redirect }: { redirect?: string }): string {
    const url = String(address);
    if (!isAllowed(url, this.rules.allowLoopbackHttp)) {
      throw invalid("url", "must be an https address without user name and password.");
    }
    if (redirect === "follow") {
      throw invalid("redirect", "cannot be follow: a token is sent to one address only.");
    }
    return url;
  }

  // #newer asks for another token than the one that was refused. That there is none is no failure of
  // the call: the API has answered it.
  async #newer(question: AccountQuestion, refused: TokenResult): Promise<TokenResult | undefined> {
    const { accessToken: rejectedToken, connectionId } = refused;
    try {
      const token = await this.calls.token({ ...question, connectionId, rejectedToken });
      return token.accessToken === rejectedToken ? undefined : token;
    } catch (cause) {
      if (question.signal?.aborted) throw cause;
      return undefined;
    }
  }

  async #send(
    url: string,
    request: ApiRequest,
    { token, correlationId, signal }: Sending,
  ): Promise<Response> {
    const headers = new Headers(request.headers);
    const [name, value] = credentialOf(token);
    headers.set(name, value);
    const redirect = "manual";
    try {
      return await this.rules.fetch(url, {
        ...request,
        headers,
        redirect,
        ...(signal && { signal }),
      });
    } catch (cause) {
      if (signal?.aborted) throw cancelled({ correlationId });
      // The cause stays behind: what a fetch quotes in its failures is not known.
      throw new TenonError("NETWORK_ERROR", "The provider could not be reached.", {
        retryable: true,
        correlationId,
        metadata: { network: kindOfFailure(cause) },
      });
    }
  }
}

interface Sending {
  token: TokenResult;
  correlationId: string;
  signal?: AbortSignal | undefined;
}

// credentialOf gives the header field that carries a token, or a key as its provider's entry says.
function credentialOf({ accessToken, tokenType, header, scheme }: TokenResult): [string, string] {
  if (tokenType === "basic") return ["authorization", `Basic ${base64Of(accessToken)}`];
  const usual = tokenType.toLowerCase() === "bearer" ? "Bearer" : tokenType;
  const before = scheme ?? usual;
  return [header ?? "authorization", before === "" ? accessToken : `${before} ${accessToken}`];
}

function base64Of(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

// A stream is used up by sending it; everything else is as it was.
function isReplayable(body: ApiRequest["body"]): boolean {
  return (
    body === undefined ||
    body === null ||
    typeof body === "string" ||
    body instanceof URLSearchParams ||
    body instanceof FormData ||
    body instanceof Blob ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body)
  );
}
