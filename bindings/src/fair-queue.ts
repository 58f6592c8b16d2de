interface Job {
  lane: string;
  begin(): void;
}

export interface QueueLimits {
  // lane is how many jobs of one lane may run at once, all how many of all lanes.
  lane: number;
  all: number;
}

// FairQueue runs jobs within limits. Groups take turns, so that one with many jobs does not hold the
// others up; within a group jobs begin in the order they came, but for those whose lane is full.
export class FairQueue {
  // Groups stand in the order of their turns; a group that was served goes to the end.
  readonly #waiting = new Map<string, Job[]>();
  readonly #running = new Map<string, number>();
  #total = 0;

  constructor(private readonly limits: QueueLimits) {}

  // run gives what work gives, once it had its turn.
  run<T>(group: string, lane: string, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const ended = (): void => {
        this.#count(lane, -1);
        this.#next();
      };
      const begin = (): void => {
        this.#count(lane, 1);
        new Promise<T>((started) => started(work())).then(resolve, reject).then(ended);
      };
      const jobs = this.#waiting.get(group);
      if (jobs) jobs.push({ lane, begin });
      else this.#waiting.set(group, [{ lane, begin }]);
      this.#next();
    });
  }

  #count(lane: string, change: 1 | -1): void {
    const running = (this.#running.get(lane) ?? 0) + change;
    if (running > 0) this.#running.set(lane, running);
    else this.#running.delete(lane);
    this.#total += change;
  }

  #next(): void {
    while (this.#total < this.limits.all) {
      const job = this.#take();
      if (!job) return;
      job.begin();
    }
  }

  #take(): Job | undefined {
    for (const [group, jobs] of this.#waiting) {
      const at = jobs.findIndex(({ lane }) => (this.#running.get(lane) ?? 0) < this.limits.lane);
      if (at < 0) continue;
      const [job] = jobs.splice(at, 1);
      this.#waiting.delete(group);
      if (jobs.length > 0) this.#waiting.set(group, jobs);
      return job;
    }
    return undefined;
  }
}
