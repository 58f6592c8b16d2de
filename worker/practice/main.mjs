import process from "node:process";
import { parseArgs } from "node:util";
import { startPracticeProvider } from "./provider.mjs";

const usage = `usage: node worker/practice/main.mjs --redirect-uri URI [--redirect-uri URI ...]
  [--port N] [--host 127.0.0.1] [--access-token-ttl SECONDS] [--verbose]
The secret of the client comes from TENON_PRACTICE_CLIENT_SECRET, or is made up and printed.`;

const options = /** @type {const} */ ({
  "redirect-uri": { type: "string", multiple: true },
  port: { type: "string", default: "0" },
  host: { type: "string", default: "127.0.0.1" },
  "access-token-ttl": { type: "string", default: "60" },
  verbose: { type: "boolean", default: false },
});

/** main prints one line of JSON when the provider is ready, and ends on SIGTERM or SIGINT. */
async function main() {
  const { values } = parseArgs({ options });
  const provider = await startPracticeProvider({
    port: Number(values.port),
    host: values.host,
    redirectUris: values["redirect-uri"] ?? [],
    clientSecret: process.env.TENON_PRACTICE_CLIENT_SECRET,
    accessTokenTtlS: Number(values["access-token-ttl"]),
    log: values.verbose ? (line) => process.stderr.write(`${line}\n`) : undefined,
  });
  const [client] = provider.clients;
  const ready = {
    issuer: provider.issuer,
    client_id: client?.clientId,
    client_secret: client?.clientSecret,
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => void provider.close().then(() => process.exit(0)));
  }
}

main().catch((error) => {
  process.stderr.write(`practice provider: ${error.message}\n${usage}\n`);
  process.exitCode = 1;
});
