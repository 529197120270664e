import { parentPort, workerData } from 'node:worker_threads';
import { openForWriting } from './sqlite-database.js';
import { SqliteReader } from './sqlite-reader.js';
import { SqliteWriter } from './sqlite-writer.js';
import {
  type FromWriter,
  type ToWriter,
  failureOf,
  flattenFates,
  unflattenGroup,
} from './sqlite-writer-messages.js';

/** What runs in the writer thread: the writing connection, its lock and nothing else. Started by `SqliteWriterThread`. */
const serve = (file: string): void => {
  const port = parentPort;
  if (port === null) throw new Error('This script is for a worker thread');
  const tell = (message: FromWriter): void => port.postMessage(message);
  let files: ReturnType<typeof openForWriting>;
  let writer: SqliteWriter;
  try {
    files = openForWriting(file);
    writer = new SqliteWriter(files.database, new SqliteReader(files.database));
  } catch (error) {
    tell({ kind: 'failed', failure: failureOf(error) });
    return;
  }
  port.on('message', (message: ToWriter) => {
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
  });
  tell({ kind: 'opened' });
};

serve(workerData as string);
