// A fresh process: imports the module named on the command line, runs its first(), prints the us that
// both took, and only then sees that forged() is refused.
import { pathToFileURL } from "node:url";

const start = performance.now();
const { first, forged } = await import(pathToFileURL(process.argv[2]).href);
const answer = await first();
const us = (performance.now() - start) * 1000;
const refused = await forged().then(
  () => false,
  () => true,
);
console.log(JSON.stringify({ us, right: Boolean(answer), refused }));
