/** The privacy context's own tables. */
export const PRIVACY_READ_MODEL = Symbol('PrivacyReadModel');
