// Writes the configuration of the workerd binary: one process, one folder of data.
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** settings lists the variables that the worker reads; they come from workerd's own environment,
 * so that no secret is written into the file. */
export const settings = [
  "TENON_KEYS",
  "TENON_ROUTE_KEY",
  "TENON_API_KEYS",
  "TENON_PROVIDERS",
  "TENON_PUBLIC_URL",
  "TENON_RETURN_ORIGINS",
];

/** objectKey names the folder of the users' objects inside the data folder. */
export const objectKey = "tenon-user";

/** @param {string} value */
const text = (value) => JSON.stringify(value);

/**
 * @param {string} folder
 * @param {string} configDir
 */
function moduleRows(folder, configDir) {
  const files = readdirSync(folder).filter((name) => /\.(js|wasm)$/.test(name));
  // workerd runs the first module of the list.
  files.sort((a, b) => Number(b === "worker.js") - Number(a === "worker.js"));
  return files.map((name) => {
    const kind = name.endsWith(".wasm") ? "wasm" : "esModule";
    const path = relative(configDir, join(folder, name));
    return `    (name = ${text(name)}, ${kind} = embed ${text(path)}),`;
  });
}

/**
 * @typedef {object} Layout
 * @property {string} configDir where the file will stand: module paths are relative to it
 * @property {string} workerDir bundle and wasm
 * @property {string} dataDir storage of the objects
 * @property {number} port on 127.0.0.1
 * @property {string} [dashboardDir] static files
 * @property {boolean} [local] the worker may reach loopback through a network of its own
 * @property {string[]} [variables] further settings by name
 */

/**
 * capnpText gives the configuration as text.
 * @param {Layout} layout
 */
export function capnpText({
  configDir,
  workerDir,
  dataDir,
  port,
  dashboardDir,
  local = false,
  variables = [],
}) {
  const services = [
    `    (name = "main", worker = .main),`,
    `    (name = "data", disk = (path = ${text(dataDir)}, writable = true)),`,
    `    (name = "objects", disk = (path = ${text(join(dataDir, objectKey))})),`,
    `    (name = "public", network = (allow = ["public"], tlsOptions = (trustBrowserCas = true))),`,
  ];
  const bindings = [
    `    (name = "TENON_USER", durableObjectNamespace = "TenonUser"),`,
    `    (name = "OBJECT_FILES", service = "objects"),`,
    ...[...settings, ...variables].map(
      (name) => `    (name = ${text(name)}, fromEnvironment = ${text(name)}),`,
    ),
  ];
  if (local) {
    services.push(`    (name = "private", network = (allow = ["private"])),`);
    bindings.push(`    (name = "PRIVATE_NETWORK", service = "private"),`);
  }
  if (dashboardDir) {
    services.push(`    (name = "dashboard", disk = (path = ${text(dashboardDir)})),`);
    bindings.push(`    (name = "ASSETS", service = "dashboard"),`);
  }
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
${services.join("\n")}
  ],
  sockets = [
    (name = "http", address = ${text(`127.0.0.1:${port}`)}, http = (), service = "main"),
  ],
);

const main :Workerd.Worker = (
  modules = [
${moduleRows(workerDir, configDir).join("\n")}
  ],
  compatibilityDate = "2026-10-01",
  durableObjectNamespaces = [
    (className = "TenonUser", uniqueKey = ${text(objectKey)}, enableSql = true),
  ],
  durableObjectStorage = (localDisk = "data"),
  globalOutbound = "public",
  bindings = [
${bindings.join("\n")}
  ],
);
`;
}
