// The same with standardwebhooks: load, verify one webhook. The sender has signed it elsewhere.
import { Webhook } from "standardwebhooks";

const { secret, body, headers } = JSON.parse(process.env.TENON_BENCH_WEBHOOK);

/** first gives the parsed body of a webhook that was verified. */
export async function first() {
  return new Webhook(secret).verify(body, headers);
}

/** forged must throw. */
export async function forged() {
  return new Webhook(secret).verify(`${body} `, headers);
}
