import { once } from 'node:events';
import { type AddressInfo, type Server as NetServer, type Socket, createServer } from 'node:net';
import { Server, ServerCredentials, type sendUnaryData, status } from '@grpc/grpc-js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import { SupportedMethod, SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import { appendCall, batchAppendCall } from './append-calls.js';
import { type BackingStore } from './backing-store.js';
import { type Fault, Faults, type FaultyCall } from './faults.js';
import { readCall } from './read-call.js';

export interface FakeEventStoreServerOptions {
  /** Where the events are; it outlives the server, and whoever opened it closes it. */
  readonly store: BackingStore;
  /** Default: a free one, kept over restarts. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
}

const METHODS = ['read', 'append', 'batchappend'];

/**
 * A FAKE of an EventStoreDB: what the registry's adapter asks of one, over real gRPC on the service definitions of the
 * client, kept in another event store. For tests, and for development without a server; it has no users, no TLS and no
 * cluster, and proves nothing about a real server (docs/adr/0016-eventstoredb-adapter.md).
 */
export class FakeEventStoreServer {
  private readonly faults = new Faults();
  private readonly sockets = new Set<Socket>();
  private readonly subscriptions = new Set<(code: status) => void>();
  private grpc: Server | undefined;
  private net: NetServer | undefined;
  private boundPort: number;
  private readonly host: string;

  private constructor(private readonly options: FakeEventStoreServerOptions) {
    this.boundPort = options.port ?? 0;
    this.host = options.host ?? '127.0.0.1';
  }

  /** @throws Error the port is taken */
  static async start(options: FakeEventStoreServerOptions): Promise<FakeEventStoreServer> {
    const server = new FakeEventStoreServer(options);
    await server.start();
    return server;
  }

  get port(): number {
    return this.boundPort;
  }

  get connectionString(): string {
    return `esdb://${this.host}:${this.boundPort}?tls=false`;
  }

  /** How many subscriptions are under way. */
  get subscribers(): number {
    return this.subscriptions.size;
  }

  /** Lets the next calls of a kind go wrong. */
  failNext(call: FaultyCall, fault: Fault, times = 1): void {
    this.faults.add(call, fault, times);
  }

  /** Forgets faults that have not happened yet. */
  heal(): void {
    this.faults.clear();
  }

  /** Ends all subscriptions with an error, as a server does to slow consumers and when it shuts down. */
  dropSubscriptions(code: status = status.CANCELLED): void {
    for (const drop of [...this.subscriptions]) drop(code);
  }

  /** Breaks all connections; new ones are taken at once. */
  breakConnections(): void {
    for (const socket of [...this.sockets]) socket.destroy();
  }

  /** Listens again after `stop`, on the same port. */
  async start(): Promise<void> {
    if (this.net !== undefined) return;
    const grpc = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
    const host = {
      store: this.options.store,
      faults: this.faults,
      subscriptions: this.subscriptions,
      breakConnections: () => this.breakConnections(),
    };
    grpc.addService(ServerFeaturesService, { getSupportedMethods });
    grpc.addService(StreamsService, {
      read: readCall(host),
      append: appendCall(host),
      batchAppend: batchAppendCall(host),
      delete: unimplemented,
      tombstone: unimplemented,
    });
    // The sockets are ours, so that they can be broken one by one without the server's consent.
    const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
    const net = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
      injector.injectConnection(socket);
    });
    net.listen(this.boundPort, this.host);
    await once(net, 'listening');
    this.boundPort = (net.address() as AddressInfo).port;
    this.net = net;
    this.grpc = grpc;
  }

  /** Refuses connections and breaks those there are. */
  async stop(): Promise<void> {
    const { net, grpc } = this;
    if (net === undefined) return;
    this.net = undefined;
    this.grpc = undefined;
    const closed = once(net, 'close');
    net.close();
    this.breakConnections();
    grpc?.forceShutdown();
    await closed;
  }
}

const getSupportedMethods = (_: unknown, callback: sendUnaryData<SupportedMethods>): void => {
  const methods = new SupportedMethods();
  methods.setEventStoreServerVersion('23.10.0');
  methods.setMethodsList(
    METHODS.map((name) => {
      const method = new SupportedMethod();
      method.setServiceName('event_store.client.streams.streams');
      method.setMethodName(name);
      return method;
    }),
  );
  callback(null, methods);
};

const unimplemented = (_: unknown, callback: sendUnaryData<never>): void =>
  callback({ code: status.UNIMPLEMENTED, details: 'The fake deletes nothing' });
