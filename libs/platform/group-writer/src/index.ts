export { AnsweringThread, causeOf, ThreadEnded } from './answering-thread.js';
export { answerOnThread } from './answer-on-thread.js';
export { GroupCommit, type GroupCommitOptions, type Outcome } from './group-commit.js';
export { errorOf, failureOf, type Failure } from './thread-messages.js';
