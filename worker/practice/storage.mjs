const recordsMax = 20_000;

/**
 * @typedef {object} StoredRecord
 * @property {Record<string, any>} payload
 * @property {number} expiresAt milliseconds since the epoch, or Infinity
 */

/**
 * createStorage makes the provider's memory: an oidc-provider adapter factory over one Map. At most
 * 20,000 records are kept; beyond that the expired ones go first, then the oldest. (The adapter of
 * the library keeps 1,000 and forgets live grants under load.)
 * @returns {(model: string) => object}
 */
export function createStorage() {
  /** @type {Map<string, StoredRecord>} */
  const records = new Map();
  return (model) => adapterFor(model, records);
}

/**
 * No method waits for anything, so between finding a token and consuming it no other request runs:
 * of two that present the same one at the same time, the second finds it used.
 * @param {string} model
 * @param {Map<string, StoredRecord>} records
 */
function adapterFor(model, records) {
  const prefix = `${model}:`;

  /** @param {string} key */
  const read = (key) => {
    const record = records.get(key);
    return record && record.expiresAt > Date.now() ? record : undefined;
  };

  return {
    /** @param {string} id @param {Record<string, any>} payload @param {number} [expiresInS] */
    async upsert(id, payload, expiresInS) {
      const expiresAt = expiresInS === undefined ? Infinity : Date.now() + expiresInS * 1000;
      records.set(prefix + id, { payload: structuredClone(payload), expiresAt });
      makeRoom(records);
    },

    /** @param {string} id */
    async find(id) {
      return structuredClone(read(prefix + id)?.payload);
    },

    /** @param {string} uid */
    async findByUid(uid) {
      for (const key of records.keys()) {
        const payload = key.startsWith(prefix) ? read(key)?.payload : undefined;
        if (payload?.uid === uid) return structuredClone(payload);
      }
      return undefined;
    },

    /** @param {string} id */
    async consume(id) {
      const record = read(prefix + id);
      if (record) record.payload.consumed = Math.floor(Date.now() / 1000);
    },

    /** @param {string} id */
    async destroy(id) {
      records.delete(prefix + id);
    },

    /** @param {string} grantId */
    async revokeByGrantId(grantId) {
      for (const [key, record] of records) {
        if (key.startsWith(prefix) && record.payload.grantId === grantId) records.delete(key);
      }
    },
  };
}

/** @param {Map<string, StoredRecord>} records */
function makeRoom(records) {
  if (records.size <= recordsMax) return;
  const now = Date.now();
  for (const [key, record] of records) {
    if (record.expiresAt <= now) records.delete(key);
  }
  for (const key of records.keys()) {
    if (records.size <= recordsMax) return;
    records.delete(key);
  }
}
