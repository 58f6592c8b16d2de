/** Browser is as much of one as the flows need: a cookie jar for the worker's origin, and
 * navigations that stop at each redirect. */
export class Browser {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** cookies gives a copy of the jar as a Cookie header. */
  get cookies(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  plant(name: string, value: string): void {
    this.#cookies.set(name, value);
  }

  /** cookie gives the value of one cookie. */
  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  /** open navigates, as after a click on a link of another site. */
  open(address: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(address, {
      headers: { accept: "text/html", "sec-fetch-site": "cross-site", ...headers },
    });
  }

  /** call sends what a page of the worker's own origin would. */
  call(method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { "sec-fetch-site": "same-origin" };
    if (method !== "GET") headers.origin = this.#origin;
    if (body !== undefined) headers["content-type"] = "application/json";
    return this.#send(path, { method, headers, body: JSON.stringify(body) });
  }

  /** send is for requests that no well-behaved page would make. */
  send(path: string, init: RequestInit): Promise<Response> {
    return this.#send(path, init);
  }

  async #send(address: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.#cookies.size > 0) headers.set("cookie", this.cookies);
    const url = new URL(address, this.#origin);
    const answer = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) this.#store(line);
    return answer;
  }

  #store(line: string): void {
    const [pair = "", ...attributes] = line.split(";");
    const at = pair.indexOf("=");
    const name = pair.slice(0, at);
    const gone = attributes.some((attribute) => attribute.trim().toLowerCase() === "max-age=0");
    if (gone) this.#cookies.delete(name);
    else this.#cookies.set(name, pair.slice(at + 1));
  }
}
