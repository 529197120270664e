/** The identity context's own tables. */
export const IDENTITY_READ_MODEL = Symbol('IdentityReadModel');
