import { parentPort, workerData } from 'node:worker_threads';
import { ThreadLeash } from './thread-leash.js';
import { failureOf, type FromThread, type ThreadStart, type ToThread } from './thread-messages.js';

/** What a thread works on once it is open. */
export interface Opened<Question, Answer> {
  answer(question: Question): Answer;
  close(): void;
}

/** What runs in the thread of an `AnsweringThread`: each question is answered before the next is looked at. */
export const answerOnThread = <Question, Answer, Data>(
  open: (data: Data) => Opened<Question, Answer>,
): void => {
  const port = parentPort;
  if (port === null) throw new Error('This script is for a worker thread');
  const { data, leash: memory } = workerData as ThreadStart<Data>;
  const leash = new ThreadLeash(memory);
  const tell = (message: FromThread<Answer>): void => port.postMessage(message);
  const orFail = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      tell({ kind: 'failed', failure: failureOf(error) });
      return undefined;
    }
  };
  const opened = leash.inside(() => orFail(() => open(data)));
  // Without somebody who listens the thread ends.
  if (opened === undefined) return;
  port.on('message', (message: ToThread<Question>) =>
    leash.inside(() => {
      if (message.kind === 'question')
        return orFail(() => tell({ kind: 'answer', answer: opened.answer(message.question) }));
      opened.close();
      port.close();
    }),
  );
  tell({ kind: 'opened' });
};
