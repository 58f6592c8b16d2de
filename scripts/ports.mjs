import { createServer } from "node:net";

/** isFree tells whether a loopback port can be listened on. */
export function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** firstFreePort tries 20 ports from the given one on; it throws when all are taken. */
export async function firstFreePort(start) {
  for (let port = start; port < start + 20; port += 1) {
    if (await isFree(port)) return port;
  }
  throw new Error(`The ports ${start} to ${start + 19} are all in use: choose one with --port.`);
}
