import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** Control is the server that the probe worker asks before each effect. */
export interface Control {
  url: string;
  /** effects lists what was announced since the last clear. */
  effects: string[];
  /** secrets collects what effects carried in the clear, over the whole life of the server. */
  secrets: Set<string>;
  /** stopAt makes the nth effect from now, of the user with that route, call back, and never
   * answers it. */
  stopAt(stop: Stop): void;
  /** failNext makes the next effects fail. */
  failNext(count: number): void;
  clear(): void;
  close(): Promise<void>;
}

export interface Stop {
  count: number;
  /** Counting begins behind the first effect of this kind. */
  after?: string;
  route: string;
  stopped: () => void;
}

export async function openControl(): Promise<Control> {
  const effects: string[] = [];
  const secrets = new Set<string>();
  let stop: Stop | undefined;
  let failures = 0;
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const kind = (request.url ?? "").slice(1);
    effects.push(kind);
    if (body !== "") secrets.add(body);
    failures -= 1;
    response.statusCode = failures >= 0 ? 500 : 204;
    if (stop === undefined || request.headers["probe-route"] !== stop.route) {
      response.end();
      return;
    }
    if (stop.after === undefined) stop.count -= 1;
    else if (stop.after === kind) stop.after = undefined;
    if (stop.count > 0) response.end();
    else if (stop.count === 0) stop.stopped();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    effects,
    secrets,
    stopAt(next) {
      stop = { ...next };
    },
    failNext(count) {
      failures = count;
    },
    clear() {
      failures = 0;
      effects.length = 0;
      stop = undefined;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
