// How a job is measured, in whatever engine this is loaded. Contenders take turns inside each round,
// so that a machine that slows down slows them all; ratios are formed inside the round.
//
// A job is { id, open }, and open gives { contenders, check, slotMs?, warmUpMs?, turns?, clock?,
// arrange?, perRun? }. A contender is a function that does the job once and gives its answer or a promise of it.
// check throws when an answer is wrong or a forgery is accepted. turns fixes how often a contender runs
// in a slot; else it is as often as fits in slotMs, once it has run for warmUpMs. A run that does the
// thing perRun times counts as so many.

const slotMsDefault = 8;
const warmUpMsDefault = 250;

/** median gives the middle of a list; it does not change the list. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** runTimes does a contender's job n times, awaiting it only when it answers with a promise. */
export async function runTimes(contender, n) {
  if (n === 0) return undefined;
  let answer = contender();
  if (answer instanceof Promise) {
    await answer;
    for (let i = 1; i < n; i++) answer = await contender();
  } else {
    for (let i = 1; i < n; i++) answer = contender();
  }
  return answer;
}

/** wallClock times n runs by the clock on the wall. */
export async function wallClock(contender, n) {
  const start = performance.now();
  await runTimes(contender, n);
  return performance.now() - start;
}

// Two passes: the first alone would set the count by code that the engine has not optimised yet.
async function calibrate(time, slotMs, warmUpMs) {
  let n = 1;
  let spent = 0;
  for (;;) {
    const ms = await time(n);
    spent += ms;
    if (ms >= slotMs / 2 && spent >= warmUpMs) return Math.max(1, Math.round((n * slotMs) / ms));
    if (ms < slotMs / 2) n *= 2;
  }
}

/**
 * measure gives { name: [us per run, one for each round] }. time(name, n) gives the ms that n runs
 * of a contender take.
 */
export async function measure(
  { names, slotMs = slotMsDefault, warmUpMs = warmUpMsDefault, turns, rounds, perRun = 1 },
  time,
) {
  const counts = {};
  for (const name of names) {
    counts[name] = turns ?? (await calibrate((n) => time(name, n), slotMs, warmUpMs));
    if (turns) await time(name, turns);
  }
  const figures = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    // Who begins changes, so that nobody always runs behind the same neighbour.
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round) % names.length];
      const ms = await time(name, counts[name]);
      figures[name].push((ms * 1000) / (counts[name] * perRun));
    }
  }
  return figures;
}

/**
 * measureHere measures a job of this engine. A job's arrange[name] may set something up around each
 * slot of a contender, outside of its time; it gives the function that undoes it.
 */
export async function measureHere(job, { names, rounds }) {
  const { clock = wallClock, arrange = {}, ...timing } = job;
  return measure({ ...timing, names, rounds }, async (name, n) => {
    const undo = arrange[name]?.();
    try {
      return await clock(job.contenders[name], n);
    } finally {
      undo?.();
    }
  });
}

/** mustHold throws when an answer is not what it must be: a benchmark of wrong answers is none. */
export function mustHold(condition, what) {
  if (!condition) throw new Error(`wrong answer: ${what}`);
}

/** mustRefuse throws when an attempt with a forgery succeeds. */
export async function mustRefuse(attempt, what) {
  let answer;
  try {
    answer = await attempt();
  } catch {
    return;
  }
  throw new Error(`accepted a forgery: ${what} gave ${JSON.stringify(answer)}`);
}

/** equalBytes compares two byte strings of a test; it is not made for secrets. */
export function equalBytes(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
