import { parentPort, workerData } from 'node:worker_threads';
import { openForWriting } from './sqlite-database.js';
import { ThreadLeash } from './thread-leash.js';
import { SqliteReader } from './sqlite-reader.js';
import { SqliteWriter } from './sqlite-writer.js';
import {
  type FromWriter,
  type ToWriter,
  type WriterThreadData,
  failureOf,
  flattenFates,
  unflattenGroup,
} from './sqlite-writer-messages.js';

/** What runs in the writer thread: the writing connection, its lock and nothing else. Started by `SqliteWriterThread`. */
const serve = ({ file, leash: memory }: WriterThreadData): void => {
  const port = parentPort;
  if (port === null) throw new Error('This script is for a worker thread');
  const tell = (message: FromWriter): void => port.postMessage(message);
  const leash = new ThreadLeash(memory);
  let files: ReturnType<typeof openForWriting>;
  let writer: SqliteWriter;
  let isOpen = false;
  const open = (): void => {
    try {
      files = openForWriting(file);
      writer = new SqliteWriter(files.database, new SqliteReader(files.database));
    } catch (error) {
      tell({ kind: 'failed', failure: failureOf(error) });
      return;
    }
    isOpen = true;
    tell({ kind: 'opened' });
  };
  const handle = (message: ToWriter): void => {
    if (message.kind === 'close') {
      files.close();
      port.close();
      return;
    }
    try {
      const fates = writer.appendGroup(unflattenGroup(message.group), message.recordedAt);
      tell({ kind: 'fates', fates: flattenFates(fates) });
    } catch (error) {
      tell({ kind: 'failed', failure: failureOf(error) });
    }
  };
  leash.inside(open);
  // Without somebody who listens the thread ends.
  if (isOpen) port.on('message', (message: ToWriter) => leash.inside(() => handle(message)));
};

serve(workerData as WriterThreadData);
