import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ClientRules } from './client-rules.ts';
import { Connection } from './connection.ts';
import type { Limits } from './limits.ts';

/** The open connections of a server. */
export class Connections {
  readonly #limits: Limits;
  readonly #open = new Map<Socket, Connection>();
  readonly #sweeping: ReturnType<typeof setInterval>;
  #closed: (() => void) | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
    this.#sweeping = setInterval(() => this.#sweep(), limits.sweepMs);
    this.#sweeping.unref();
  }

  /** Whether the server is ending: connections are closed as soon as nothing is under way on them. */
  get isClosing(): boolean {
    return this.#closed !== undefined;
  }

  of(socket: Socket): Connection | undefined {
    return this.#open.get(socket);
  }

  add(socket: TLSSocket, rules: ClientRules): void {
    // Whatever breaks, the closing that follows is what counts.
    socket.on('error', () => socket.destroy());
    this.#open.set(socket, new Connection(socket, rules));
    socket.on('close', () => {
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#closed?.();
    });
  }

  pendingRequests(): number {
    return this.#open.values().reduce((sum, { pendingRequests }) => sum + pendingRequests, 0);
  }

  /** Whoever is not let in any more is gone: at once, or when the limit for it has passed where something is under way. */
  judgeAnew(rules: ClientRules): void {
    for (const connection of this.#open.values()) connection.judgeAnew(rules);
  }

  /** The server shows another certificate from now on: these are closed within five seconds, or when what is under way on them has ended. */
  retire(): void {
    for (const connection of this.#open.values()) connection.retire();
  }

  /** Closes what nothing is under way on, and resolves when all are closed. */
  async ended(): Promise<void> {
    const all = new Promise<void>((resolve) => {
      this.#closed = resolve;
    });
    for (const connection of this.#open.values()) connection.endWhenIdle();
    if (this.#open.size > 0) await all;
    clearInterval(this.#sweeping);
  }

  cut(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  #sweep(): void {
    const now = performance.now();
    for (const connection of this.#open.values()) if (connection.isOver(this.#limits, now)) connection.socket.destroy();
  }
}
