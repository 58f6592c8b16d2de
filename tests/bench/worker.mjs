// Runs in workerd, whose clock stands still while code runs: it does a job as often as it is asked to,
// and in-workerd.mjs looks at its own clock.
import { loadTenon } from "tenon";
import { hmacJobs } from "./hmac.mjs";
import { find } from "./jobs.mjs";
import { pkceJobs } from "./pkce.mjs";
import { runTimes } from "./rounds.mjs";
import { stateJobs } from "./state.mjs";

const tenon = await loadTenon();
const jobs = [
  ...hmacJobs({ tenon, hasHashWasm: false }),
  ...stateJobs({ tenon }),
  ...pkceJobs({ tenon }),
];
const opened = new Map();

async function answer({ job: id, name, n }) {
  if (!opened.has(id)) {
    const job = await find(jobs, id).open();
    await job.check();
    opened.set(id, job);
  }
  await runTimes(opened.get(id).contenders[name], n);
}

export default {
  async fetch(request) {
    if (request.method !== "POST") return new Response("ready");
    try {
      await answer(await request.json());
      return new Response("done");
    } catch (failure) {
      return new Response(failure.message, { status: 500 });
    }
  },
};
