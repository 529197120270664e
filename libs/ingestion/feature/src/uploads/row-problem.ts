import type { TSchema } from '@sinclair/typebox';
import { TypeCompiler, ValueErrorType } from '@sinclair/typebox/compiler';

/** What is wrong with a row: the place and a code, never a value. */
export interface RowProblem {
  /** Name of the property, or empty for the row as a whole. */
  readonly field: string;
  readonly code: string;
}

const MAX_PROBLEMS = 20;

/**
 * Compiles a row's schema; the returned function names what is wrong with a value, nothing if it is as the schema says. Names that the
 * schema does not know are not repeated: they come from the sender.
 */
export const rowCheckOf = (schema: TSchema): ((value: unknown) => readonly RowProblem[]) => {
  const compiled = TypeCompiler.Compile(schema);
  const properties = new Set(Object.keys((schema as { properties?: object }).properties ?? {}));
  return (value) => {
    if (compiled.Check(value)) return [];
    const problems = new Map<string, RowProblem>();
    for (const { path, type } of compiled.Errors(value)) {
      const field = path.slice(1).split('/')[0] ?? '';
      const known = properties.has(field);
      const isMissing = known && (value as Record<string, unknown>)[field] === undefined;
      const problem = known
        ? { field, code: isMissing ? 'missing' : 'invalid' }
        : {
            field: '',
            code: type === ValueErrorType.ObjectAdditionalProperties ? 'unknown-property' : 'not-an-object',
          };
      problems.set(`${problem.field}|${problem.code}`, problem);
      if (problems.size === MAX_PROBLEMS) break;
    }
    return [...problems.values()];
  };
};
