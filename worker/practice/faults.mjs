import { parseEndpoint } from "./endpoints.mjs";

/**
 * @typedef {import("node:http").IncomingMessage} IncomingMessage
 * @typedef {import("node:http").ServerResponse} ServerResponse
 * @typedef {import("./endpoints.mjs").Endpoint} Endpoint
 */

/**
 * @typedef {object} Fault
 * @property {Endpoint} endpoint
 * @property {number} [times] how many requests it hits; 1 by default, Infinity until cleared
 * @property {number | "reset" | "hang" | "lost"} [status] a number is answered without asking the
 *   provider; `reset` closes the connection before the provider sees the request; `hang` never
 *   answers; `lost` lets the provider do its work and then closes the connection instead of
 *   answering. Left out: the true answer, after `delayMs`.
 * @property {number} [delayMs] wait before anything else
 * @property {Record<string, string>} [headers] of a numeric status, such as Retry-After
 * @property {string} [body] of a numeric status; by default an OAuth error in JSON
 */

const statusWords = new Set(["reset", "hang", "lost"]);

/** createFaults makes the switches that tests set by code; nothing on the network reaches them. */
export function createFaults() {
  /** @type {(Fault & { times: number })[]} */
  let pending = [];

  return {
    /**
     * set arms a fault; several on one endpoint hit in the order they were set. Throws a TypeError
     * for an unknown endpoint, status or count.
     * @param {Fault} fault
     */
    set(fault) {
      parseEndpoint(fault.endpoint);
      const times = fault.times ?? 1;
      if (!(times >= 1)) throw new TypeError("times must be at least 1");
      if (!isStatus(fault.status)) throw new TypeError(`unknown status "${fault.status}"`);
      pending.push({ ...fault, times });
    },

    clear() {
      pending = [];
    },

    /**
     * take uses up one hit of the first fault armed for an endpoint.
     * @param {Endpoint} endpoint
     * @returns {Fault | undefined}
     */
    take(endpoint) {
      const fault = pending.find((candidate) => candidate.endpoint === endpoint);
      if (fault === undefined) return undefined;
      fault.times -= 1;
      if (fault.times === 0) pending = pending.filter((candidate) => candidate !== fault);
      return fault;
    },
  };
}

/** @typedef {ReturnType<typeof createFaults>} Faults */

/** @param {unknown} status */
function isStatus(status) {
  if (status === undefined || statusWords.has(/** @type {string} */ (status))) return true;
  return Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599;
}

/**
 * applyFault plays a fault on one exchange. It returns true when the exchange is over, false when
 * the provider must still handle the request.
 * @param {Fault} fault
 * @param {IncomingMessage} request
 * @param {ServerResponse} response
 * @returns {Promise<boolean>}
 */
export async function applyFault(fault, request, response) {
  if (fault.delayMs) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
  if (fault.status === undefined) return false;
  if (fault.status === "hang") return true;
  if (fault.status === "reset") {
    request.socket.resetAndDestroy();
    return true;
  }
  if (fault.status === "lost") {
    dropAnswer(request, response);
    return false;
  }
  const headers = { "content-type": "application/json", ...fault.headers };
  response.writeHead(fault.status, headers);
  response.end(fault.body ?? JSON.stringify({ error: "temporarily_unavailable" }));
  return true;
}

/**
 * dropAnswer makes a response vanish: whatever the provider writes is discarded, and where the
 * answer would end the connection is reset.
 * @param {IncomingMessage} request
 * @param {ServerResponse} response
 */
function dropAnswer(request, response) {
  response.writeHead = () => response;
  response.flushHeaders = () => {};
  response.write = () => true;
  response.end = () => {
    request.socket.resetAndDestroy();
    return response;
  };
}
