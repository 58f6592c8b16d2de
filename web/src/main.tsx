import { createRoot } from "react-dom/client";
import { App } from "./app";
import { takeReturned } from "./returned";
import { takeSessionToken } from "./session-link";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/controls.css";
import "./styles/connections.css";
import "./styles/messages.css";
import "./styles/motion.css";

// Both are read and removed from the address before anything else runs.
const handedToken = takeSessionToken();
const returned = takeReturned(Date.now());

const root = document.getElementById("root");
if (root) createRoot(root).render(<App handedToken={handedToken} returned={returned} />);
