import { must } from "./demo-run.mjs";
import { findSecrets, readFolder } from "./secret-scan.mjs";

/** secretsOf lists every secret that was in use, by what it is. */
function secretsOf({ grants, handed, stack }) {
  const { masterKey, routeKey, apiKey, clientSecret } = stack.secrets;
  const carried = ["access_token", "refresh_token", "id_token", "code", "code_verifier"];
  const values = new Map();
  for (const grant of grants) {
    for (const name of carried) if (grant[name]) values.set(grant[name], `a ${name}`);
  }
  return [
    ...[...values].map(([value, name]) => ({ name, value })),
    ...handed,
    { name: "the client secret", value: clientSecret },
    { name: "the API key", value: apiKey },
    { name: "the master key", value: masterKey.split(":")[1] },
    { name: "the route key", value: routeKey },
  ];
}

/** checkSearch throws when a search would find nothing whatever there is to find. */
function checkSearch({ userId, grants, snapshots }, { logs, all }) {
  const has = (name) => all.some((secret) => secret.name === `a ${name}`);
  const kinds = ["access_token", "refresh_token", "code", "code_verifier"];
  must(kinds.every(has), "not every kind of secret was in use");
  const carried = { name: "what was carried", bytes: Buffer.from(JSON.stringify(grants)) };
  const expected = all.filter(({ name }) => name.startsWith("a ")).length;
  must(findSecrets([carried], all).length >= expected, "the search misses what is there");
  for (const part of [...snapshots, [logs]]) {
    must(
      part.some(({ bytes }) => bytes.includes(userId)),
      "storage or logs were not read",
    );
  }
}

/** searchForSecrets ends the worker and looks for every secret of the demo in what it left behind. */
export async function searchForSecrets(demo) {
  await demo.stack.worker.stop();
  demo.snapshots.push(await readFolder(demo.dataDir));
  const all = secretsOf(demo);
  const logs = { name: "the logs", bytes: Buffer.from(demo.lines.join("\n")) };
  checkSearch(demo, { logs, all });
  const sources = [...demo.snapshots.flat(), logs];
  const found = findSecrets(sources, all);
  must(found.length === 0, `${found.length} secrets found: ${found.join("; ")}`);
  const size = sources.reduce((total, { bytes }) => total + bytes.length, 0);
  demo.scanned = `0 secrets found in ${size.toLocaleString("en")} bytes`;
  return `Looked for ${all.length} secrets in all logs and in storage at 3 moments.`;
}
