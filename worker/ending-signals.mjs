// What a program does about its child processes when a signal is going to end it.

const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/** @typedef {(signal: NodeJS.Signals, isLast: boolean) => void} OnEnding */

/** @type {Set<OnEnding>} */
const callbacks = new Set();

function listen() {
  // First in the row, so that a listener which listens only once still counts.
  for (const signal of signals) process.prependListener(signal, onSignal);
}

function forget() {
  for (const signal of signals) process.off(signal, onSignal);
}

/** @param {NodeJS.Signals} signal */
function onSignal(signal) {
  forget();
  const isLast = process.listenerCount(signal) === 0;
  for (const callback of callbacks) callback(signal, isLast);
  if (isLast) process.kill(process.pid, signal);
}

/**
 * beforeEnding calls back with the first signal that asks this process to end. The signal then has
 * its usual effect unless somebody else listens for it, which isLast tells. It returns a function
 * that takes the callback back.
 * @param {OnEnding} callback
 */
export function beforeEnding(callback) {
  if (callbacks.size === 0) listen();
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size === 0) forget();
  };
}
