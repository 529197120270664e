import { answerOnThread } from '@registry/group-writer';
import { openForWriting } from './sqlite-database.js';
import { SqliteReader } from './sqlite-reader.js';
import { SqliteWriter } from './sqlite-writer.js';
import { type Flat, type WriterQuestion, flattenFates, unflattenGroup } from './sqlite-writer-messages.js';

// What runs in the writer thread: the writing connection, its lock and nothing else. Started by `SqliteWriterThread`.
answerOnThread<WriterQuestion, Flat[], string>((file) => {
  const files = openForWriting(file);
  const writer = new SqliteWriter(files.database, new SqliteReader(files.database));
  return {
    answer: ({ group, recordedAt }) => flattenFates(writer.appendGroup(unflattenGroup(group), recordedAt)),
    close: () => files.close(),
  };
});
