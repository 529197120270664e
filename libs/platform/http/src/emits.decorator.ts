import { SetMetadata, type CustomDecorator } from '@nestjs/common';

export const EMITS = 'registry:emits';

/**
 * What a route can emit about persons. Every route must declare it; a test enumerates them all and fails on one
 * that does not (DESIGN.md, The release gate).
 * - `person-data`: only through a `Release` of the gate
 * - `privacy-history`: pseudonyms and settings, no names, no doses
 * - `nothing`: no data about any person
 */
export type Emission = 'person-data' | 'privacy-history' | 'nothing';

export const Emits = (emission: Emission): CustomDecorator => SetMetadata(EMITS, emission);
