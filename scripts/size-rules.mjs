// How long files and functions may be. The numbers are limits; half of them is the habit.
import { cppFunctions, scriptFunctions } from "./function-length.mjs";

export const limits = { fileLines: 400, testFileLines: 600, functionLines: 70 };

const isTest = (path) => path.startsWith("tests/");

/** fileLengthFaults finds files with too many lines; it returns sentences. */
export function fileLengthFaults(files) {
  return files.flatMap(({ path, text }) => {
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
    const most = isTest(path) ? limits.testFileLines : limits.fileLines;
    return lines > most ? [`${path} has ${lines} lines; ${most} are allowed`] : [];
  });
}

function functionsOf({ path, text }) {
  try {
    return /\.[ch]pp$/.test(path) ? cppFunctions(text) : scriptFunctions(text, path);
  } catch (failure) {
    throw new Error(`${path}: ${failure.message}`);
  }
}

/** functionLengthFaults finds functions with too many lines; tests are left out. */
export function functionLengthFaults(files) {
  return files
    .filter(({ path }) => !isTest(path))
    .flatMap((file) => functionsOf(file).map((found) => ({ ...found, path: file.path })))
    .filter(({ lines }) => lines > limits.functionLines)
    .map(({ path, line, name, lines }) => `${path}:${line} ${name} has ${lines} lines`);
}
