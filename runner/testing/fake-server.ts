import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import {
  type Assignment,
  type AssignmentSpec,
  type CancelOrder,
  type LogEntryInput,
  logRequest,
  type Report,
  type SyncRequest,
  syncRequest,
} from "../protocol";

/** What the server does instead of answering a request properly. */
export type Fault = "reset" | "lose-answer" | { status: number; body?: string; headers?: Record<string, string> };

interface Parked {
  response: ServerResponse;
  finish: () => void;
}

/** Enough of a server to speak the runner protocol: a queue of attempts, what was reported about them, their logs. */
export class FakeServer {
  url = "";
  lease = { lease_seconds: 30, running_lease_seconds: 60 };
  /** Ids of all attempts ever queued. */
  readonly gave = new Set<string>();
  readonly syncs: SyncRequest[] = [];
  readonly reports: Report[] = [];
  readonly logs = new Map<string, LogEntryInput[]>();
  readonly logRequests: string[] = [];
  cancel: CancelOrder[] = [];
  lost: string[] = [];
  /** Called for every sync before anything is done with it. */
  fault: (request: SyncRequest) => Fault | null = () => null;
  logFault: (attemptId: string, entries: number, text: string) => Fault | null = () => null;
  /** Answers `accepted` for a report. */
  accepts: (report: Report) => boolean = () => true;
  private queue: Assignment[] = [];
  private assigned = new Map<string, Assignment>();
  private parked: Parked | null = null;
  private readonly sockets = new Set<Socket>();
  private http = createServer((request, response) => void this.handle(request, response));
  private made = 0;
  private port = 0;

  async start(port = this.port): Promise<this> {
    await new Promise<void>((resolve) => this.http.listen(port, "127.0.0.1", resolve));
    this.port = (this.http.address() as AddressInfo).port;
    this.url = `http://127.0.0.1:${this.port}`;
    this.http.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
    return this;
  }

  /** Comes back at the same address. */
  restart(): Promise<this> {
    this.http = createServer((request, response) => void this.handle(request, response));
    return this.start();
  }

  async stop(): Promise<void> {
    this.parked = null;
    await new Promise<void>((resolve) => {
      this.http.close(() => resolve());
      for (const socket of this.sockets) socket.destroy();
    });
  }

  /** Queues an attempt and answers its id. */
  give(run: string, spec: Partial<AssignmentSpec> = {}): string {
    this.made += 1;
    const attempt_id = `attempt-${process.pid}-${Math.random().toString(36).slice(2)}-${this.made}`;
    this.gave.add(attempt_id);
    this.queue.push({
      attempt_id,
      task_id: `task-${this.made}`,
      run_id: "run-1",
      run_number: 7,
      key: `step-${this.made}`,
      attempt: 1,
      lease_expires_at: new Date(Date.now() + this.lease.lease_seconds * 1000).toISOString(),
      spec: { run, shell: "bash", env: {}, ...spec },
    });
    this.poke();
    return attempt_id;
  }

  askCancel(attempt_id: string, grace_seconds = 10): void {
    this.cancel.push({ attempt_id, reason: "canceled by a test", grace_seconds });
    this.poke();
  }

  sayLost(attemptId: string): void {
    this.lost.push(attemptId);
    this.poke();
  }

  /** Answers the waiting request at once. */
  poke(): void {
    this.parked?.finish();
  }

  statuses(attemptId: string): string[] {
    return this.reports.filter((report) => report.attempt_id === attemptId).map((report) => report.status);
  }

  end(attemptId: string): Report | undefined {
    return this.reports.find((report) => report.attempt_id === attemptId && report.status !== "running");
  }

  text(attemptId: string): string {
    return (this.logs.get(attemptId) ?? []).map((entry) => entry.text).join("");
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString("utf8");
    if (request.url === "/api/runner/sync") this.sync(syncRequest.parse(JSON.parse(text)), response);
    else this.log(request.url ?? "", text, response);
  }

  private sync(request: SyncRequest, response: ServerResponse): void {
    this.syncs.push(request);
    const fault = this.fault(request);
    if (fault && fault !== "lose-answer") {
      misbehave(fault, response);
      return;
    }
    this.parked?.finish();
    for (const report of request.reports ?? []) {
      const isKnown = this.reports.some(
        (known) => known.attempt_id === report.attempt_id && known.status === report.status,
      );
      if (!isKnown) this.reports.push(report);
      if (report.status !== "running") {
        this.assigned.delete(report.attempt_id);
        this.cancel = this.cancel.filter((order) => order.attempt_id !== report.attempt_id);
      }
    }
    const finish = () => {
      if (this.parked?.response === response) this.parked = null;
      if (fault) misbehave("reset", response);
      else this.answer(request, response);
    };
    const isAskedNew = this.cancel.some(
      (order) =>
        !request.held?.some((held) => held.attempt_id === order.attempt_id && held.status === "cancel-requested"),
    );
    const hasNews =
      (request.reports?.length ?? 0) > 0 ||
      isAskedNew ||
      this.lost.length > 0 ||
      (this.queue.length > 0 && (request.free_slots ?? 0) > 0);
    if (hasNews || !request.wait_ms) {
      finish();
      return;
    }
    const timer = setTimeout(finish, request.wait_ms);
    response.on("close", () => clearTimeout(timer));
    this.parked = { response, finish };
  }

  private answer(request: SyncRequest, response: ServerResponse): void {
    if (response.writableEnded || response.destroyed) return;
    const known = new Set([...(request.held ?? []), ...(request.reports ?? [])].map((item) => item.attempt_id));
    const again = [...this.assigned.values()].filter(
      (assignment) => !known.has(assignment.attempt_id) && this.statuses(assignment.attempt_id).length === 0,
    );
    const fresh = request.runner?.state === "draining" ? [] : this.queue.splice(0, request.free_slots ?? 0);
    for (const assignment of fresh) this.assigned.set(assignment.attempt_id, assignment);
    const held = new Set((request.held ?? []).map((item) => item.attempt_id));
    const lost = this.lost.filter((id) => held.has(id));
    this.lost = this.lost.filter((id) => !held.has(id));
    const body = {
      reports: (request.reports ?? []).map((report) =>
        this.accepts(report)
          ? { attempt_id: report.attempt_id, accepted: true }
          : { attempt_id: report.attempt_id, accepted: false, code: "lease_lost" },
      ),
      assignments: [...again, ...fresh],
      cancel: this.cancel,
      lost,
      ...this.lease,
      server_time: new Date().toISOString(),
    };
    send(response, 200, JSON.stringify(body));
  }

  private log(url: string, text: string, response: ServerResponse): void {
    this.logRequests.push(text);
    const attemptId = decodeURIComponent(url.split("/")[4] ?? "");
    const { entries } = logRequest.parse(JSON.parse(text));
    const fault = this.logFault(attemptId, entries.length, text);
    if (fault && fault !== "lose-answer") {
      misbehave(fault, response);
      return;
    }
    const stored = this.logs.get(attemptId) ?? [];
    this.logs.set(attemptId, stored);
    for (const entry of entries) if (entry.seq === stored.length + 1) stored.push(entry);
    if (fault) misbehave("reset", response);
    else send(response, 200, JSON.stringify({ next_seq: stored.length + 1 }));
  }
}

function misbehave(fault: Exclude<Fault, "lose-answer">, response: ServerResponse): void {
  if (fault === "reset") response.socket?.destroy();
  else send(response, fault.status, fault.body ?? "{}", fault.headers);
}

function send(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body);
}
