import { isJson } from "./csrf.ts";
import { invalid } from "./errors.ts";
import { parseStrictJson } from "./strict-json.ts";

/** bodyBytesMax is the largest request body that is read. */
export const bodyBytesMax = 64 * 1024;

/** readBody gives the exact bytes of a body; more than bodyBytesMax is refused while reading. */
export async function readBody(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > bodyBytesMax) throw invalid("The body is larger than 64 KiB.", undefined, 413);
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}

/** decodeText reads bytes as UTF-8, strictly. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid("The body is not UTF-8.");
  }
}

/** readJsonObject reads a JSON object; an absent body counts as an empty one. */
export async function readJsonObject(request: Request): Promise<Record<string, unknown>> {
  const bytes = await readBody(request);
  if (bytes.byteLength === 0 && !request.headers.has("content-type")) return {};
  if (!isJson(request)) throw invalid("The body must be application/json.", undefined, 415);
  const value = parseStrictJson(decodeText(bytes));
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid("The body must be a JSON object.");
  }
  return value as Record<string, unknown>;
}
