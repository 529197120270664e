export { type SeededRandom, mutateMessage, seededRandom } from './mutate-message.js';
