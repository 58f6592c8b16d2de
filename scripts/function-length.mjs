// Counts the lines of functions, from the line with the name to the line with the closing brace.
// C++ is matched brace by brace, TypeScript and JavaScript by their own parser.
import ts from "typescript";
import { onlyCode } from "./cpp-text.mjs";

// Words before "(...) {" that begin a block and not a function.
const blockWords = new Set(["if", "for", "while", "switch", "catch", "constexpr", "requires"]);

// What may stand between a parameter list and the body.
const qualifiers =
  /(?:\s|\bconst\b|\bnoexcept\b(?:\([^()]*\))?|\boverride\b|\bfinal\b|\bmutable\b|&|->[\w\s:<>,*&]+)*$/;

function openingOf(code, close) {
  let depth = 0;
  for (let at = close; at >= 0; at -= 1) {
    if (code[at] === ")") depth += 1;
    if (code[at] === "(") depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** functionAt tells which function's body opens at the brace, as { name, start }, or null. */
function functionAt(code, brace) {
  const end = code.slice(0, brace).replace(qualifiers, "").length;
  if (code[end - 1] === "]") return { name: "(lambda)", start: end - 1 };
  // Two blocks in a row: a constructor whose last member is initialised by braces.
  if (code[end - 1] === "}") return { name: "(constructor)", start: end - 1 };
  if (code[end - 1] !== ")") return null;
  const start = Math.max(openingOf(code, end - 1), 0);
  const before = code.slice(0, start).trimEnd();
  if (/[\]>]$/.test(before) && !/operator\s*(\[\]|>+)$/.test(before)) {
    return { name: "(lambda)", start };
  }
  const name = /(?:operator\s*\S+|~?\w+)$/.exec(before)?.[0];
  return name === undefined || blockWords.has(name) ? null : { name, start };
}

function lineNumbers(code) {
  let line = 1;
  return Uint32Array.from(code, (letter) => (letter === "\n" ? line++ : line));
}

/**
 * cppFunctions lists the functions and lambdas of a C++ file as { name, line, lines }, from the
 * line of the name to the line of the closing brace. It throws when the braces do not match.
 */
export function cppFunctions(text) {
  const code = onlyCode(text);
  const lineAt = lineNumbers(code);
  const found = [];
  const open = [];
  for (let at = 0; at < code.length; at += 1) {
    if (code[at] === "{") open.push({ at, owner: functionAt(code, at) });
    if (code[at] !== "}") continue;
    const block = open.pop();
    if (block === undefined) throw new Error(`line ${lineAt[at]}: a brace closes nothing`);
    if (block.owner === null) continue;
    const line = lineAt[block.owner.start];
    found.push({ name: block.owner.name, line, lines: lineAt[at] - line + 1 });
  }
  if (open.length > 0) throw new Error(`line ${lineAt[open.at(-1).at]}: a brace is never closed`);
  return found.sort((left, right) => left.line - right.line);
}

/** scriptFunctions does the same for TypeScript and JavaScript, JSX included. */
export function scriptFunctions(text, path) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineAt = (position) => file.getLineAndCharacterOfPosition(position).line + 1;
  const found = [];
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body) {
      const line = lineAt(node.getStart(file));
      const name = node.name?.getText(file) ?? "(anonymous)";
      found.push({ name, line, lines: lineAt(node.end) - line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
