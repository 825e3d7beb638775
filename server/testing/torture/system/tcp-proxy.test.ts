import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../../../start/testing/until";
import { TcpProxy } from "./tcp-proxy";

let heard: string[];
let server: http.Server;
let proxy: TcpProxy;

beforeEach(async () => {
  heard = [];
  server = http.createServer((request, response) => {
    heard.push(request.url ?? "");
    response.end("answer");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  proxy = await TcpProxy.open((server.address() as AddressInfo).port);
});

afterEach(async () => {
  await proxy.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function ask(where: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${proxy.port}${where}`)).text();
}

test("passes everything on until it is told otherwise", async () => {
  expect(await ask("/one")).toBe("answer");
});

test("swallows answers, although the request was delivered", async () => {
  proxy.swallow();
  await expect(ask("/lost")).rejects.toThrow();
  proxy.heal();
  expect(await ask("/next")).toBe("answer");
  expect(heard).toContain("/lost");
  expect(proxy.swallowed).toBeGreaterThan(0);
});

test("keeps everything back in a partition, and delivers it late", async () => {
  proxy.partition();
  let answer: string | null = null;
  const asked = ask("/late").then((text) => {
    answer = text;
  });
  // The proxy has the request, and the server has not.
  await until("the connection", () => proxy.openConnections > 0);
  expect({ heard, answer }).toEqual({ heard: [], answer: null });
  proxy.heal();
  await asked;
  expect({ heard, answer }).toEqual({ heard: ["/late"], answer: "answer" });
});

test("takes longer in both directions", async () => {
  proxy.delay(60);
  const before = performance.now();
  await ask("/slow");
  expect(performance.now() - before).toBeGreaterThan(115);
});

test("breaks what is open", async () => {
  proxy.partition();
  const asked = ask("/cut");
  await until("the connection", () => proxy.openConnections > 0);
  proxy.cut();
  await expect(asked).rejects.toThrow();
});
