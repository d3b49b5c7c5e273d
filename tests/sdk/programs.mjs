// Real programs for one test: each says on its first line what it is ready with, and is ended with the test.
import { spawn } from "node:child_process";
import readline from "node:readline";

// Starts one and waits until it is ready. `next()` waits for its next line, `say()` writes it one.
export async function start(file, args) {
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "ignore"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const died = ended.then((code) => { throw new Error(`${file} ended with ${code}`); });
  died.catch(() => {});
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await Promise.race([lines.next(), died])).value);
  const stop = async () => { child.kill("SIGTERM"); await ended; };
  const say = (words) => child.stdin.write(`${JSON.stringify(words)}\n`);
  return { ready: await next(), next, say, stop };
}
