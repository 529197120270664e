/** The three functions of an aggregate; `evolve` may ask for the event's revision in its stream. */
export interface Decider<Command, Event, State> {
  readonly decide: (command: Command, state: State) => readonly Event[];
  readonly evolve: (state: State, event: Event, revision: number) => State;
  readonly initialState: State;
}

export interface Given<Command, Event> {
  when(command: Command): When<Event>;
}

export interface When<Event> {
  /** Exactly these events, in this order. */
  then(...events: Event[]): void;
  /** Fulfilled already: nothing happens. */
  thenNothing(): void;
  /** The rules refuse with this stable code, and nothing happens. */
  thenRefused(code: string): void;
}

/**
 * `given(events).when(command).then(events)` for one decider. The command is decided on the fold of the events, which must
 * be the same on every replay.
 */
export const specOf =
  <Command, Event, State>({ decide, evolve, initialState }: Decider<Command, Event, State>) =>
  (...history: Event[]): Given<Command, Event> => ({
    when: (command) => {
      const replay = (): State => history.reduce(evolve, initialState);
      const run = (): readonly Event[] => {
        const state = replay();
        expect(replay()).toStrictEqual(state);
        return decide(command, state);
      };
      const then = (...events: Event[]): void => expect(run()).toStrictEqual(events);
      return {
        then,
        thenNothing: () => then(),
        thenRefused: (code) => {
          let outcome: unknown;
          try {
            outcome = run();
          } catch (error) {
            outcome = error;
          }
          expect(outcome).toBeInstanceOf(Error);
          expect(outcome).toMatchObject({ code });
        },
      };
    },
  });
