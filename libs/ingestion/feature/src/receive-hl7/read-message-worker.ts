import { answerOnThread, failureOf, type Failure } from '@registry/group-writer';
import { readMessage, type MessageToRead, type ReadMessage } from './read-message.js';

/** Of one message: what it says, or how its reading failed. */
export type ReadOutcome = { readonly read: ReadMessage } | { readonly failure: Failure };

const outcomeOf = (message: MessageToRead): ReadOutcome => {
  try {
    return { read: readMessage(message) };
  } catch (error) {
    return { failure: failureOf(error) };
  }
};

// What runs in the thread that reads messages. Started by `MessageReader`.
answerOnThread<readonly MessageToRead[], readonly ReadOutcome[], undefined>(() => ({
  answer: (messages) => messages.map(outcomeOf),
  close: () => undefined,
}));
