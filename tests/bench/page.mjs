// Runs in Chromium: leaves the engine of this page in `engine`, for in-chromium.mjs to call.
import { loadTenon } from "tenon";
import { loadTenon as loadFromService } from "tenon/service";
import { hmacJobs } from "./hmac.mjs";
import { openEngine } from "./jobs.mjs";
import { pkceJobs } from "./pkce.mjs";
import { startUpJobs } from "./start-up.mjs";
import { stateJobs } from "./state.mjs";

const moduleBytes = async (name) => new Uint8Array(await (await fetch(`/${name}`)).arrayBuffer());

async function openPage() {
  const tenon = await loadTenon();
  const modules = {
    "tenon.wasm": { bytes: await moduleBytes("tenon.wasm"), load: loadTenon },
    "tenon-service.wasm": {
      bytes: await moduleBytes("tenon-service.wasm"),
      load: loadFromService,
    },
  };
  return openEngine([
    ...hmacJobs({ tenon }),
    ...stateJobs({ tenon }),
    ...pkceJobs({ tenon }),
    ...startUpJobs(modules),
  ]);
}

globalThis.engine = openPage();
