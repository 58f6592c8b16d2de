import { measureHere } from "./rounds.mjs";

/**
 * openEngine gives the engine that runs the jobs where it was loaded:
 * measure({ job, names, rounds }) checks a job's answers, then times its contenders.
 */
export function openEngine(jobs) {
  return {
    measure: async ({ job: id, names, rounds }) => {
      const job = await find(jobs, id).open();
      await job.check();
      return measureHere(job, { names, rounds });
    },
  };
}

/** find gives the job of that id, or throws. */
export function find(jobs, id) {
  const found = jobs.find((job) => job.id === id);
  if (!found) throw new Error(`no job is called ${id}`);
  return found;
}
