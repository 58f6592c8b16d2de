import { readFileSync } from "node:fs";
import type { Vectors } from "./vectors.ts";

// files says where each part of Vectors lies under tests/vectors.
export const files: Record<keyof Vectors, string> = {
  hmacSha1: "wycheproof/hmac_sha1_test.json",
  hmacSha256: "wycheproof/hmac_sha256_test.json",
  hmacSha512: "wycheproof/hmac_sha512_test.json",
  hkdf: "wycheproof/hkdf_sha256_test.json",
  rfc4231: "rfc/hmac_rfc4231.json",
  rfc2202: "rfc/hmac_sha1_rfc2202.json",
  sha: "rfc/sha_rfc6234.json",
  pkce: "rfc/pkce_rfc7636.json",
  base64: "rfc/base64_rfc4648.json",
  returnTo: "url/return_to.json",
  retryAfter: "http/retry_after.json",
  rateLimit: "http/retry_after.json",
  json: "json/jsontestsuite_parsing.json",
  tokenResponses: "oauth/token_endpoint_responses.json",
};

// readVectors loads them in Node; a worker or page is handed the result as JSON.
export function readVectors(): Vectors {
  const read = (file: string): unknown =>
    JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), "utf8"));
  const parts = Object.entries(files).map(([name, file]) => [name, read(file)]);
  return Object.fromEntries(parts) as Vectors;
}

// expectedCounts is how many cases of each kind there are; runPureVectors runs the first twelve.
export const expectedCounts: Record<keyof Vectors, number> = {
  hmacSha1: 170,
  hmacSha256: 174,
  hmacSha512: 174,
  hkdf: 86,
  rfc4231: 7,
  rfc2202: 7,
  sha: 9,
  pkce: 13,
  base64: 51,
  returnTo: 66,
  retryAfter: 40,
  rateLimit: 10,
  json: 318,
  tokenResponses: 85,
};
