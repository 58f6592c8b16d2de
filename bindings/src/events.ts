import { invalid } from "./errors.js";
import type { TenonEvent } from "./host.js";
import { quietly } from "./quietly.js";

// eventTypes is every type an event can have.
export const eventTypes = [
  "oauth.initiated",
  "oauth.completed",
  "oauth.failed",
  "integration.connected",
  "integration.refreshed",
  "integration.expired",
  "integration.error",
  "integration.health_changed",
  "integration.disconnected",
  "circuit.opened",
  "circuit.closed",
  "key.rotated",
  "key.retired",
  "key.missing",
] as const;
export type EventType = (typeof eventTypes)[number];

// EventListener gets one event, frozen. What it throws or rejects with is dropped.
export type EventListener = (event: TenonEvent) => unknown;

interface Subscription {
  type: EventType | "*";
  listener: EventListener;
}

// Subscribers hands events to whoever asked for them. Nothing a listener does reaches a flow or
// another listener.
export class Subscribers {
  #all: readonly Subscription[] = [];

  // on gives the function that ends the subscription. Throws VALIDATION_ERROR for a type that no event
  // has.
  on(type: EventType | "*", listener: EventListener): () => void {
    if (type !== "*" && !eventTypes.includes(type)) throw invalid("type", "is no type of events.");
    if (typeof listener !== "function") throw invalid("listener", "must be a function.");
    const own = { type, listener };
    // Lists are replaced, not changed: one that is being walked stays as it was.
    this.#all = [...this.#all, own];
    return () => {
      this.#all = this.#all.filter((each) => each !== own);
    };
  }

  // emit takes an event as the core wrote it. It is read only when somebody listens.
  emit(text: string): void {
    if (this.#all.length === 0) return;
    const event = Object.freeze(JSON.parse(text)) as TenonEvent;
    for (const { type, listener } of this.#all) {
      if (type === "*" || type === event.type) quietly(() => listener(event));
    }
  }
}
