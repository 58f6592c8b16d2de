/**
 * @typedef {object} RefreshTokens
 * @property {string | undefined} current the newest one of a grant
 * @property {string | undefined} previous the one it was issued for
 */

/**
 * withGrace changes what a used refresh token is worth: it keeps working until the one issued for
 * it is used, so that an answer that got lost costs nothing. Each use makes the used token the
 * previous one; any other of the grant is unknown from then on, and nothing is revoked for it.
 * @param {(model: string) => any} storage an oidc-provider adapter factory
 * @returns {(model: string) => any}
 */
export function withGrace(storage) {
  /** @type {Map<string, RefreshTokens>} */
  const grants = new Map();
  return (model) => {
    const adapter = storage(model);
    return model === "RefreshToken" ? { ...adapter, ...rotation(adapter, grants) } : adapter;
  };
}

/**
 * @param {any} adapter
 * @param {Map<string, RefreshTokens>} grants
 */
function rotation(adapter, grants) {
  return {
    /** @param {string} id @param {Record<string, any>} payload @param {number} [expiresInS] */
    async upsert(id, payload, expiresInS) {
      const previous = grants.get(payload.grantId)?.previous;
      grants.set(payload.grantId, { current: id, previous });
      await adapter.upsert(id, payload, expiresInS);
    },

    /** @param {string} id */
    async find(id) {
      const payload = await adapter.find(id);
      const tokens = grants.get(payload?.grantId);
      return id === tokens?.current || id === tokens?.previous ? payload : undefined;
    },

    /** @param {string} id */
    async consume(id) {
      const payload = await adapter.find(id);
      if (payload) grants.set(payload.grantId, { current: undefined, previous: id });
    },
  };
}
