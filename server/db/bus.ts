import { EventEmitter } from "node:events";
import pg from "pg";
import type { Pool } from "./pool";

/**
 * Wakes whoever waits for a change, in this process at once and in the others by NOTIFY. A wake is a hint: it may be
 * lost, so every listener also looks by itself now and then.
 * Topics: `run:<id>`, `team:<id>`, `runner:<id>`, `work:<team id>`.
 */
export interface Bus {
  on(topic: string, listener: () => void): () => void;
  /** Every topic that is woken, for listeners that follow many. */
  onAny(listener: (topic: string) => void): () => void;
  wake(topics: string[]): void;
  close(): Promise<void>;
}

const CHANNEL = "switchyard";
/** Wakes for other processes are collected for so long: a NOTIFY costs every committing connection a lock. */
const COALESCE_MS = 5;
/** PostgreSQL refuses payloads of 8,000 bytes. */
const PAYLOAD_MAX = 7_500;
const RECONNECT_MS = 500;
/** How often a process asks whether it is still alone. */
const ALONE_CHECK_MS = 10_000;
const LISTENER_NAME = "switchyard-listen";
/** Said by every process that begins to listen, so that those before it stop being alone at once. */
const HELLO = "hello";
// Sessions of other database users do not show their name: each of them may be another process.
const LISTENERS = `SELECT count(*)::int AS listeners FROM pg_stat_activity WHERE datname = current_database()
  AND (application_name = '${LISTENER_NAME}' OR query = '<insufficient privilege>')`;

/** Opens the one LISTEN connection of this process. It reconnects by itself, for ever. */
export function openBus(url: string, pool: Pool, processId: string): Bus {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  const outbox = new Set<string>();
  let flushTimer: NodeJS.Timeout | undefined;
  let reconnectTimer: NodeJS.Timeout | undefined;
  let listener: pg.Client | undefined;
  let closed = false;
  /** Nobody else listens: nothing need be said. */
  let isAlone = false;
  let wordsHeard = 0;

  const emit = (topic: string) => {
    emitter.emit(topic);
    emitter.emit("*", topic);
  };
  const receive = (payload: string) => {
    const [sender, ...topics] = payload.split(" ");
    if (sender === processId) return;
    isAlone = false;
    wordsHeard += 1;
    for (const topic of topics) emit(topic);
  };
  const checkAlone = async () => {
    const before = wordsHeard;
    try {
      const { rows } = await pool.query<{ listeners: number }>({ name: "count_listeners", text: LISTENERS });
      isAlone = rows[0]?.listeners === 1 && wordsHeard === before;
    } catch {
      // Not known: notifications are sent, and the next check asks again.
      isAlone = false;
    }
  };
  const aloneTimer = setInterval(() => void checkAlone(), ALONE_CHECK_MS);
  aloneTimer.unref();
  const connect = async () => {
    const client = new pg.Client({ connectionString: url, keepAlive: true, application_name: LISTENER_NAME });
    listener = client;
    client.on("notification", (message) => receive(message.payload ?? ""));
    // A lost connection ends; the end reconnects, the error itself says nothing more.
    client.on("error", () => {});
    client.once("end", () => {
      isAlone = false;
      if (!closed) reconnectTimer = setTimeout(() => void connect(), RECONNECT_MS);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      await client.query("SELECT pg_notify($1, $2)", [CHANNEL, `${processId} ${HELLO}`]);
      await checkAlone();
    } catch {
      // Ending it makes the "end" above happen, and with it the next try.
      await client.end().catch(() => {});
    }
  };
  const flush = () => {
    flushTimer = undefined;
    const topics = [...outbox];
    outbox.clear();
    if (isAlone) return;
    // A lost wake is found by the slow poll of whoever waits.
    for (const payload of payloads(processId, topics))
      pool.query({ name: "notify", text: "SELECT pg_notify($1, $2)", values: [CHANNEL, payload] }).catch(() => {});
  };
  void connect();
  return {
    on(topic, handler) {
      emitter.on(topic, handler);
      return () => emitter.off(topic, handler);
    },
    onAny(handler) {
      emitter.on("*", handler);
      return () => emitter.off("*", handler);
    },
    wake(topics) {
      for (const topic of topics) {
        emit(topic);
        outbox.add(topic);
      }
      if (outbox.size > 0 && !closed) flushTimer ??= setTimeout(flush, COALESCE_MS);
    },
    async close() {
      closed = true;
      clearTimeout(flushTimer);
      clearTimeout(reconnectTimer);
      clearInterval(aloneTimer);
      emitter.removeAllListeners();
      await listener?.end().catch(() => {});
    },
  };
}

function payloads(processId: string, topics: string[]): string[] {
  const result: string[] = [];
  let current = processId;
  for (const topic of topics) {
    if (current.length + 1 + topic.length > PAYLOAD_MAX) {
      result.push(current);
      current = processId;
    }
    current += ` ${topic}`;
  }
  if (current !== processId) result.push(current);
  return result;
}
