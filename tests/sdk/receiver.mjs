// A receiver of our webhooks as a stranger would write it, with the official library for Node. It reads its secret and
// tells what came, with its judgement, a JSON line each.
import http from "node:http";
import readline from "node:readline";
import { Webhook } from "standardwebhooks";

let webhook;
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  webhook = new Webhook(JSON.parse(line).secret);
  console.log(JSON.stringify({ secret: "taken" }));
});

const server = http.createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts).toString();
  let refused;
  try {
    webhook.verify(body, request.headers);
  } catch (error) {
    refused = error.message;
  }
  response.writeHead(refused ? 400 : 204).end();
  console.log(JSON.stringify({ headers: request.headers, body, refused }));
});
server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}/hook` })));
