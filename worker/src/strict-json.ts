import { invalid } from "./errors.ts";

/** depthMax is how deep objects and lists may be nested. */
export const depthMax = 64;

/** parseStrictJson reads JSON and refuses what JSON.parse lets through: members named twice, of
 * which two readers could see different ones, and nesting deeper than depthMax. Throws
 * VALIDATION_ERROR. */
export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid("The body is not valid JSON.");
  }
  checkStructure(text);
  return value;
}

// The text is known to be JSON, so its strings and brackets tell its structure.
function checkStructure(json: string): void {
  const open: Set<string>[] = [];
  let before = "";
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}:]/g)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":") addName(open.at(-1), JSON.parse(before) as string);
    if (open.length > depthMax) throw invalid(`The body is nested deeper than ${depthMax}.`);
    before = token;
  }
}

function addName(names: Set<string> | undefined, name: string): void {
  if (names?.has(name)) throw invalid("The body names a field twice.", name.slice(0, 64));
  names?.add(name);
}
