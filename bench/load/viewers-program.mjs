// A process that watches one run's event stream many times over and notes when each event arrives.
import http from "node:http";

const now = () => performance.timeOrigin + performance.now();
/** @type {{ last: number, wrong: number }[]} */
const viewers = [];
/** Milliseconds from an event's own time to its arrival, one for each viewer and event. @type {number[]} */
let delays = [];
let open = 0;
/** @type {string[]} */
const troubles = [];

/** @param {{ port: number, path: string, token: string, count: number, after: number }} given */
function watch({ port, path, token, count, after }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  for (let n = 0; n < count; n++) {
    const viewer = { last: after, wrong: 0 };
    viewers.push(viewer);
    const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
    const request = http.get(
      { host: "127.0.0.1", port, path: `${path}?after=${after}`, agent, headers },
      (response) => {
        if (response.statusCode !== 200) troubles.push(`stream answered ${response.statusCode}`);
        open += 1;
        read(response, viewer);
        response.on("end", () => troubles.push("a stream ended"));
      },
    );
    request.on("error", (error) => troubles.push(String(error)));
  }
}

/** @param {http.IncomingMessage} response @param {{ last: number, wrong: number }} viewer */
function read(response, viewer) {
  let rest = "";
  response.setEncoding("utf8");
  response.on("data", (text) => {
    const at = now();
    const frames = (rest + text).split("\n\n");
    rest = frames.pop() ?? "";
    for (const frame of frames) {
      const data = /^data: (.*)$/m.exec(frame)?.[1];
      if (data === undefined) continue;
      const event = JSON.parse(data);
      // Each once and in order: the next number, whatever came before.
      if (event.number !== viewer.last + 1) viewer.wrong += 1;
      viewer.last = event.number;
      delays.push(at - Date.parse(event.at));
    }
  });
}

process.on("message", (/** @type {any} */ message) => {
  const answer = (/** @type {unknown} */ what) => process.send?.({ id: message.id, answer: what });
  switch (message.ask) {
    case "watch":
      watch(message);
      return answer({});
    case "status":
      return answer({
        open,
        slowest: Math.min(...viewers.map((viewer) => viewer.last)),
        wrong: viewers.reduce((sum, viewer) => sum + viewer.wrong, 0),
        troubles,
      });
    case "take": {
      const taken = delays;
      delays = [];
      return answer(taken);
    }
    case "stop":
      answer({});
      process.disconnect();
      return setImmediate(() => process.exit(0));
  }
});
