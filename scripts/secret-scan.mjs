// Looks for secrets in bytes that must hold none: a storage dump, a log.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

// Long enough that no part is there by chance, short enough to be whole on one side of a page border.
const partLength = 16;

/** partsOf gives the beginning, the middle and the end of a text. */
function partsOf(text) {
  const starts = [0, (text.length - partLength) >> 1, text.length - partLength];
  return starts.map((start) => text.slice(start, start + partLength));
}

const bothCases = (text) => [text.toLowerCase(), text.toUpperCase()];

function hexForms(text) {
  return partsOf(text).flatMap((part) => bothCases(Buffer.from(part).toString("hex")));
}

function percentForms(text) {
  const encode = (part) => Buffer.from(part).toString("hex").replace(/../g, "%$&");
  return partsOf(text).flatMap((part) => bothCases(encode(part)));
}

// What stands before the secret decides where its groups of three bytes begin, and what follows it
// decides the last group; so each phase is encoded without that group.
function base64Forms(text) {
  const bytes = Buffer.from(text);
  return [0, 1, 2].flatMap((phase) => {
    const whole = bytes.length - phase - ((bytes.length - phase) % 3);
    const part = bytes.subarray(phase, phase + whole);
    return [...partsOf(part.toString("base64")), ...partsOf(part.toString("base64url"))];
  });
}

// Of the secrets here, encodeURIComponent leaves every character as it is: that form is the plain one.
const forms = { plain: partsOf, base64: base64Forms, hex: hexForms, percent: percentForms };

/**
 * findSecrets gives a sentence for each form of each secret that a source holds in part or whole;
 * the sentence names the secret and does not repeat it.
 * @param {{ name: string, bytes: Buffer }[]} sources
 * @param {{ name: string, value: string }[]} secrets of at least 24
 *   characters, all unreserved (RFC 3986 section 2.3), or it throws
 */
export function findSecrets(sources, secrets) {
  const odd = secrets.find(({ value }) => !/^[A-Za-z0-9._~-]{24,}$/.test(value));
  if (odd) throw new Error(`${odd.name} is too short, or no text that can be looked for`);
  return secrets.flatMap(({ name, value }) =>
    Object.entries(forms).flatMap(([form, needlesOf]) => {
      const needles = needlesOf(value);
      const holders = sources.filter(({ bytes }) => needles.some((text) => bytes.includes(text)));
      return holders.map((source) => `${name} in ${form} form in ${source.name}`);
    }),
  );
}

/** readFolder reads every file below a folder; one that vanishes meanwhile is left out. */
export async function readFolder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sources = files.map(async (entry) => {
    const bytes = await readFile(join(entry.parentPath ?? entry.path, entry.name)).catch(() => {});
    return bytes ? [{ name: entry.name, bytes }] : [];
  });
  return (await Promise.all(sources)).flat();
}
