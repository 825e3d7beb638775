import net from "node:net";

type Mode = { kind: "pass" } | { kind: "swallow" } | { kind: "delay"; ms: number } | { kind: "partition" };

/** One direction of one connection: what arrives leaves in the same order, when the proxy's mode lets it. */
class Flow {
  private readonly queue: { chunk: Buffer; dueAt: number }[] = [];
  private isOver = false;
  private timer: NodeJS.Timeout | null = null;
  private lastDueAt = 0;

  constructor(
    private readonly mode: () => Mode,
    private readonly from: net.Socket,
    private readonly to: net.Socket,
    /** Called for every piece before it is passed on; answers whether it may be. */
    mayPass: () => boolean,
  ) {
    from.on("data", (chunk) => {
      if (!mayPass()) return;
      const now = this.mode();
      this.lastDueAt = Math.max(this.lastDueAt, performance.now() + (now.kind === "delay" ? now.ms : 0));
      this.queue.push({ chunk, dueAt: this.lastDueAt });
      this.pump();
    });
    from.on("close", () => {
      this.isOver = true;
      this.pump();
    });
    from.on("error", () => from.destroy());
  }

  /** Passes on whatever is due. */
  pump(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (this.mode().kind === "partition" && !this.from.destroyed) return;
    for (let first = this.queue[0]; first; first = this.queue[0]) {
      const waitMs = first.dueAt - performance.now();
      if (waitMs > 0) {
        this.timer = setTimeout(() => this.pump(), waitMs);
        return;
      }
      this.queue.shift();
      if (!this.to.destroyed) this.to.write(first.chunk);
    }
    if (this.isOver) this.to.end();
  }
}

interface Connection {
  sockets: net.Socket[];
  flows: Flow[];
}

/** Stands between a runner and the server, and does to its connections what networks do. */
export class TcpProxy {
  /** How many answers were swallowed so far. */
  swallowed = 0;
  private mode: Mode = { kind: "pass" };
  private readonly connections = new Set<Connection>();
  private readonly server: net.Server;

  private constructor(private readonly targetPort: number) {
    this.server = net.createServer((socket) => this.accept(socket));
  }

  /** A proxy before this port of the machine, on a free port of its own. */
  static async open(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    await new Promise<void>((resolve) => proxy.server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    const address = this.server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy does not listen");
    return address.port;
  }

  /** How many connections there are. */
  get openConnections(): number {
    return this.connections.size;
  }

  /** Breaks every connection. */
  cut(): void {
    for (const { sockets } of this.connections) for (const socket of sockets) socket.destroy();
  }

  /** From now on requests are delivered, and the connection breaks when the answer comes. */
  swallow(): void {
    this.mode = { kind: "swallow" };
  }

  /** From now on everything takes so much longer, in both directions. */
  delay(ms: number): void {
    this.mode = { kind: "delay", ms };
  }

  /** From now on nothing passes, and nobody is told. */
  partition(): void {
    this.mode = { kind: "partition" };
  }

  /** Lets everything pass again; what a partition kept back arrives late, unless its connections are `cut` first. */
  heal(): void {
    this.mode = { kind: "pass" };
    for (const { flows } of this.connections) for (const flow of flows) flow.pump();
  }

  /** Ends it with all of its connections. */
  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(socket: net.Socket): void {
    const upstream = net.connect(this.targetPort, "127.0.0.1");
    for (const one of [socket, upstream]) one.setNoDelay(true);
    const mode = () => this.mode;
    const mayAnswerPass = () => {
      if (this.mode.kind !== "swallow") return true;
      this.swallowed += 1;
      for (const one of [socket, upstream]) one.destroy();
      return false;
    };
    const flows = [new Flow(mode, socket, upstream, () => true), new Flow(mode, upstream, socket, mayAnswerPass)];
    const connection = { sockets: [socket, upstream], flows };
    this.connections.add(connection);
    const forget = () => {
      if (socket.destroyed && upstream.destroyed) this.connections.delete(connection);
    };
    socket.on("close", forget);
    upstream.on("close", () => {
      // A server that is not there, or has gone, is noticed at once, as on one machine.
      if (this.mode.kind !== "partition") socket.end();
      forget();
    });
  }
}
