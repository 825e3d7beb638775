import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { ExampleClient, RefusedError } from "./example-client";

const token = "a-token-of-the-test";
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<ExampleClient> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return new ExampleClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token });
}

test("a POST that got no answer is repeated with the same key", async () => {
  const keys: unknown[] = [];
  const client = await serve((request, response) => {
    keys.push(request.headers["idempotency-key"]);
    expect(request.headers.authorization).toBe(`Bearer ${token}`);
    if (keys.length === 1) response.destroy();
    else if (keys.length === 2) response.writeHead(503).end("down");
    else response.end('{"id":"r"}');
  });
  expect(await client.call("POST", "/workflow-runs", {})).toEqual({ id: "r" });
  expect(new Set(keys).size).toBe(1);
  expect(keys).toHaveLength(3);
});

test("a refusal is told, not repeated", async () => {
  let calls = 0;
  const client = await serve((_request, response) => {
    calls++;
    const problem = {
      code: "name_taken",
      detail: "Take another.",
      errors: [{ pointer: "/name", message: "is taken" }],
    };
    response.writeHead(409, { "content-type": "application/problem+json" }).end(JSON.stringify(problem));
  });
  const error = await client.call("POST", "/workflow-templates", "x").catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ status: 409, code: "name_taken" });
  expect(String(error)).toContain("/name: is taken");
  expect(calls).toBe(1);
});

test("events come once each and in order, although the connection breaks in the middle of one", async () => {
  const frame = (number: number) => `id: ${number}\ndata: {"number":${number},"type":"task.running"}\n\n`;
  const asked: unknown[] = [];
  const client = await serve((request, response) => {
    asked.push(request.headers["last-event-id"]);
    response.writeHead(200, { "content-type": "text/event-stream" });
    if (asked.length === 1) response.write(`: hello\n\n${frame(1)}${frame(2).slice(0, 9)}`, () => response.destroy());
    // Sends one again, as a server may.
    else if (asked.length === 2) response.write(`${frame(1)}${frame(2)}`, () => response.end());
    else response.write(frame(3));
  });
  const numbers: number[] = [];
  for await (const event of client.follow("run")) {
    numbers.push(event.number);
    if (event.number === 3) break;
  }
  expect(numbers).toEqual([1, 2, 3]);
  expect(asked).toEqual(["0", "1", "2"]);
});
