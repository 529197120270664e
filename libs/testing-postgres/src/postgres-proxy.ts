import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a PostgreSQL server, to take the server away and bring it back, or to let it fall silent. */
export class PostgresProxy {
  /** What the server says is swallowed; its connections stay. */
  silent = false;
  private readonly sockets = new Set<Socket>();
  private readonly target: URL;
  private server: Server | undefined;
  private port = 0;

  /** @param connectionString of the server */
  constructor(connectionString: string) {
    this.target = new URL(connectionString);
  }

  /** Listens, on the same port each time. @returns the connection string that leads through it */
  async start(): Promise<string> {
    this.server = createServer((near) => {
      const far = connect(Number(this.target.port || '5432'), this.target.hostname);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far);
      far.on('data', (bytes) => {
        if (!this.silent) near.write(bytes);
      });
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  /** Breaks all connections and refuses new ones. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
