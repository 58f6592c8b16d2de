// The worker as somebody runs it who has the npm package.
import { createWorker, TenonUser } from "tenon/worker";

export { TenonUser };
export default createWorker();
