// Just enough of C++'s lexical rules to look at structure without being fooled by comments,
// strings, character literals, digit separators and raw strings.

const token = new RegExp(
  [
    String.raw`//[^\n]*`,
    String.raw`/\*[\s\S]*?\*/`,
    String.raw`R"(?<mark>[^()\s\\]{0,16})\([\s\S]*?\)\k<mark>"`,
    String.raw`"(?:[^"\\\n]|\\[\s\S])*"`,
    String.raw`\b\d(?:'?[\w.])*`,
    String.raw`'(?:[^'\\\n]|\\.[^'\n]*)'`,
  ].join("|"),
  "g",
);

function blank(text) {
  return text.replace(/[^\n]/g, " ");
}

/** withoutComments replaces comments by spaces; every other character stays in its place. */
export function withoutComments(text) {
  return text.replace(token, (found) => (/^\/[/*]/.test(found) ? blank(found) : found));
}

/** onlyCode replaces comments and the contents of literals by spaces, keeping every place. */
export function onlyCode(text) {
  return text.replace(token, (found) => (/^\d/.test(found) ? found : blank(found)));
}
