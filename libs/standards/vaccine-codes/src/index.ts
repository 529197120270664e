export type { CodeSystem } from './code-forms.js';
export {
  antigensOf,
  type CodeStatus,
  cvxOf,
  isPlaceholder,
  manufacturerMakes,
  manufacturerStatus,
  minimumIntervalDays,
  vaccineGroupsOf,
  vaccineName,
  vaccineStatus,
} from './vaccine-codes.js';
