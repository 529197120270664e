import { Readable } from 'node:stream';
import { BadRequestException, UnsupportedMediaTypeException } from '@nestjs/common';
import { STREAMED_MEDIA_TYPES } from '@registry/http';
import { rowsOfCsv, rowsOfJson, rowsOfNdjson, type SentRow } from './rows.js';

export const ROW_MEDIA_TYPES = ['application/json', ...STREAMED_MEDIA_TYPES] as const;

/** The rows of a request's body, by its media type. */
export const rowsOfBody = (body: unknown, contentType: string | undefined): AsyncIterable<SentRow> => {
  if (body === undefined || body === null) throw new BadRequestException();
  if (Buffer.isBuffer(body)) throw new UnsupportedMediaTypeException();
  if (!(body instanceof Readable)) return rowsOfJson(body);
  return contentType?.startsWith('text/csv') === true ? rowsOfCsv(body) : rowsOfNdjson(body);
};
