import type { AppContext } from "./context.ts";
import { failed } from "./envelope.ts";
import { type Failure, statuses } from "./errors.ts";

const sentences: Readonly<Record<string, string>> = {
  INVALID_STATE: "This sign-in link is not valid any more.",
  VALIDATION_ERROR: "This address is not complete.",
};

/** refusal answers a callback that cannot be trusted, as a small page or, where asked for, as
 * JSON. Nothing in it depends on the request or on why it was refused. */
export function refusal(context: AppContext, failure: Failure): Response {
  const { code } = failure;
  const status = statuses[code] ?? 500;
  const message = sentences[code] ?? "Something went wrong on our side.";
  const accept = context.req.header("accept") ?? "";
  if (accept.includes("application/json") && !accept.includes("text/html")) {
    return failed({ code, message, retryable: false }, context.get("correlationId"), status);
  }
  return new Response(page(message), {
    status,
    headers: { "Content-Type": "text/html; charset=utf-8" },
  });
}

function page(message: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Not connected</title>
</head>
<body>
<main>
<h1>Not connected</h1>
<p>${message}</p>
<p><a href="/">Go back and start again</a></p>
</main>
</body>
</html>
`;
}
