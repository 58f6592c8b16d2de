import { parseEndpoint } from "./endpoints.mjs";

const entriesMax = 10_000;

/**
 * @typedef {import("./endpoints.mjs").Endpoint} Endpoint
 * @typedef {object} RequestEntry
 * @property {Endpoint} endpoint
 * @property {string} method
 * @property {string} path ids replaced by `:uid`, no query
 * @property {number | "reset" | "hang" | "lost" | null} status null while unanswered
 */

/**
 * createRequestLog makes the record of what was called: never a query, a header or a body. Counts
 * are exact; of the entries the newest 10,000 are kept.
 */
export function createRequestLog() {
  /** @type {RequestEntry[]} */
  let entries = [];
  /** @type {Map<Endpoint, number>} */
  const counts = new Map();

  return {
    /**
     * record adds a request when it arrives; the caller sets `status` when it is answered.
     * @param {RequestEntry} entry
     */
    record(entry) {
      entries.push(entry);
      if (entries.length > entriesMax) entries.shift();
      counts.set(entry.endpoint, (counts.get(entry.endpoint) ?? 0) + 1);
      return entry;
    },

    /**
     * count says how many requests reached an endpoint since the start or the last clear.
     * @param {Endpoint} endpoint
     */
    count(endpoint) {
      return counts.get(parseEndpoint(endpoint)) ?? 0;
    },

    /**
     * list copies the entries in order of arrival, of one endpoint or of all.
     * @param {Endpoint} [endpoint]
     * @returns {RequestEntry[]}
     */
    list(endpoint) {
      const wanted = endpoint === undefined ? undefined : parseEndpoint(endpoint);
      return entries
        .filter((entry) => wanted === undefined || entry.endpoint === wanted)
        .map((entry) => ({ ...entry }));
    },

    clear() {
      entries = [];
      counts.clear();
    },
  };
}

/** @typedef {ReturnType<typeof createRequestLog>} RequestLog */
