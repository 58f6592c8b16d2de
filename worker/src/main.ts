import { createWorker, TenonUser } from "./index.ts";

export { TenonUser };
export default createWorker();
