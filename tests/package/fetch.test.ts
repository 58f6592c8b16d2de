import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exchange, type FetchFunction } from "../../bindings/dist/src/fetch.js";
import type { HttpReply, HttpRequest } from "../../bindings/dist/src/host.js";
import { kindOfFailure, neverSent } from "../../bindings/dist/src/network.js";

const never = new AbortController().signal;
const plain: FetchFunction = (url, init) => fetch(url, init);

function request(url: string, changes: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: "GET",
    url,
    headers: [],
    body: new Uint8Array(0),
    timeoutMs: 5000,
    bodyMax: 65_536,
    ...changes,
  };
}

function send(url: string, changes?: Partial<HttpRequest>, by = plain): Promise<HttpReply> {
  return exchange({ fetch: by, allowLoopbackHttp: true }, request(url, changes), never);
}

const textOf = (reply: HttpReply): string => new TextDecoder().decode(reply.body);
const portOf = (server: { address(): AddressInfo | string | null }): number =>
  (server.address() as AddressInfo).port;

describe("one HTTP exchange", () => {
  let server: Server;
  let url = "";
  const hits: string[] = [];

  beforeAll(async () => {
    server = createServer((incoming, response) => {
      hits.push(`${incoming.method} ${incoming.url}`);
      if (incoming.url === "/redirect") response.writeHead(307, { location: "/landed" }).end();
      else if (incoming.url === "/echo") incoming.pipe(response);
      else if (incoming.url === "/endless") endless(() => response.write("x".repeat(8192)));
      else if (incoming.url === "/drip") drip(() => response.write("x"));
      else if (incoming.url === "/cut") response.write("half", () => response.destroy());
      else if (incoming.url === "/reset") incoming.socket.destroy();
      else if (incoming.url === "/headers") response.setHeader("x", "y".repeat(15_000)).end();
      else if (incoming.url !== "/silent") response.end("hello");

      function endless(write: () => boolean): void {
        while (!response.destroyed && write());
        response.once("drain", () => endless(write));
      }
      function drip(write: () => boolean): void {
        const timer = setInterval(write, 20);
        response.once("close", () => clearInterval(timer));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${portOf(server)}`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it("gives status, headers and body", async () => {
    const reply = await send(`${url}/`);
    expect(reply).toMatchObject({ network: "none", maybeSent: true, status: 200 });
    expect(textOf(reply)).toBe("hello");
    expect(reply.headers).toContainEqual(["content-length", "5"]);
  });

  it("sends method, headers and body as they are", async () => {
    const body = Uint8Array.of(0, 255, 10, 13);
    const reply = await send(`${url}/echo`, { method: "POST", body });
    expect(reply.body).toEqual(body);
  });

  it("[R27] follows no redirect", async () => {
    hits.length = 0;
    expect(await send(`${url}/redirect`)).toMatchObject({ network: "none", status: 307 });
    expect(hits).toEqual(["GET /redirect"]);
  });

  it("[R28] stops an endless body at the cap", async () => {
    const reply = await send(`${url}/endless`, { bodyMax: 20_000 });
    expect(reply).toMatchObject({ network: "too_large", maybeSent: true, status: 200 });
    expect(reply.body).toHaveLength(0);
  });

  it("[R28] takes a body of exactly the cap and refuses one byte less of it", async () => {
    expect(await send(`${url}/`, { bodyMax: 5 })).toMatchObject({ network: "none" });
    expect(await send(`${url}/`, { bodyMax: 4 })).toMatchObject({ network: "too_large" });
  });

  it("[R28] counts the body into the deadline", async () => {
    const began = Date.now();
    const reply = await send(`${url}/drip`, { timeoutMs: 200 });
    expect(reply).toMatchObject({ network: "timeout", maybeSent: true, status: 200 });
    expect(Date.now() - began).toBeLessThan(2000);
  });

  it("[R28] ends a silent peer at the deadline, and says the request may have arrived", async () => {
    const reply = await send(`${url}/silent`, { timeoutMs: 100 });
    expect(reply).toMatchObject({ network: "timeout", maybeSent: true, status: 0 });
  });

  it("[R28] keeps the deadline where fetch ignores its signal", async () => {
    const deaf: FetchFunction = () => new Promise(() => undefined);
    expect(await send(`${url}/`, { timeoutMs: 50 }, deaf)).toMatchObject({ network: "timeout" });
  });

  it("ends at once when its flow ends", async () => {
    const flow = new AbortController();
    const rules = { fetch: plain, allowLoopbackHttp: true };
    const reply = exchange(rules, request(`${url}/silent`), flow.signal);
    flow.abort();
    expect(await reply).toMatchObject({ network: "timeout", maybeSent: true });
  });

  it("tells a body cut short from a whole one", async () => {
    const reply = await send(`${url}/cut`);
    expect(reply.network).not.toBe("none");
    expect(reply).toMatchObject({ maybeSent: true, status: 200 });
  });

  it("says that a reset request may have been sent", async () => {
    expect(await send(`${url}/reset`)).toMatchObject({ network: "reset", maybeSent: true });
  });

  it("takes headers of 15,000 characters", async () => {
    expect(await send(`${url}/headers`)).toMatchObject({ network: "none", status: 200 });
  });

  it("refuses headers beyond 32,768 characters", async () => {
    const huge: FetchFunction = async () =>
      new Response("", { headers: { x: "y".repeat(32_768) } });
    expect(await send(`${url}/`, {}, huge)).toMatchObject({ network: "too_large" });
  });

  it("says that nothing was sent where nobody listens", async () => {
    const closed = createTcpServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => closed.once("listening", resolve));
    const port = portOf(closed);
    await new Promise((resolve) => closed.close(resolve));
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({
      network: "refused",
      maybeSent: false,
    });
  });

  it("never throws, whatever fetch throws", async () => {
    const broken: FetchFunction = () => {
      throw new Error("broken");
    };
    expect(await send(`${url}/`, {}, broken)).toMatchObject({
      network: "unknown",
      maybeSent: true,
    });
  });
});

describe("addresses of an exchange", () => {
  const blocked = { network: "blocked", maybeSent: false, status: 0 };
  const failing: FetchFunction = () => Promise.reject(new Error("was asked"));
  const ask = (url: string, allowLoopbackHttp: boolean): Promise<HttpReply> =>
    exchange({ fetch: failing, allowLoopbackHttp }, request(url), never);

  it.each([
    "http://provider.example/token",
    "http://127.0.0.1/token",
    "ftp://provider.example/",
    "https://user:secret@provider.example/",
    "not an address",
  ])("refuses %s without loopback", async (url) => {
    expect(await ask(url, false)).toMatchObject(blocked);
  });

  it.each(["http://127.0.0.1.example/", "http://localhost.example/", "http://10.0.0.1/"])(
    "refuses %s with loopback allowed",
    async (url) => {
      expect(await ask(url, true)).toMatchObject(blocked);
    },
  );

  it.each(["http://127.0.0.1:81/", "http://localhost/", "http://[::1]/", "https://a.example/"])(
    "lets %s through with loopback allowed",
    async (url) => {
      expect(await ask(url, true)).toMatchObject({ network: "unknown" });
    },
  );
});

describe("kinds of network failures", () => {
  const failure = (cause: object): Error => new Error("fetch failed", { cause });

  it.each([
    [{ code: "ENOTFOUND" }, "dns", true],
    [{ code: "EAI_AGAIN" }, "dns", true],
    [{ code: "ECONNREFUSED" }, "refused", true],
    [{ errors: [{ code: "ECONNREFUSED" }] }, "refused", true],
    [{ code: "UND_ERR_CONNECT_TIMEOUT" }, "timeout", true],
    [{ code: "ETIMEDOUT", syscall: "connect" }, "timeout", true],
    [{ code: "ETIMEDOUT", syscall: "read" }, "timeout", false],
    [{ code: "UND_ERR_HEADERS_TIMEOUT" }, "timeout", false],
    [{ code: "ECONNRESET" }, "reset", false],
    [{ code: "UND_ERR_SOCKET" }, "reset", false],
    [{ code: "CERT_HAS_EXPIRED" }, "tls", true],
    [{ code: "ERR_TLS_CERT_ALTNAME_INVALID" }, "tls", true],
    [{ code: "DEPTH_ZERO_SELF_SIGNED_CERT" }, "tls", true],
    [{ code: "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE" }, "tls", false],
    [{ code: "EPROTO" }, "tls", false],
    [{ message: "internal error" }, "unknown", false],
  ])("reads %o as %s", (cause, kind, unsent) => {
    const found = kindOfFailure(failure(cause));
    expect([found, neverSent(found, failure(cause))]).toEqual([kind, unsent]);
  });

  it("goes by codes, never by text", () => {
    expect(kindOfFailure(new Error("ECONNREFUSED"))).toBe("unknown");
  });
});
