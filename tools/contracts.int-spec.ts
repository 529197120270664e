import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';

const ROOT = join(__dirname, '..');
const read = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

describe('The published contracts', () => {
  it.each(['contracts', 'openapi'])('are what the sources say: tools/%s.mjs', (tool) => {
    const { status, stderr } = spawnSync(process.execPath, [`tools/${tool}.mjs`, '--check'], { cwd: ROOT });
    expect(stderr.toString()).toBe('');
    expect(status).toBe(0);
  });

  it('are an AsyncAPI document', () => {
    const ajv = new Ajv({ strict: false, logger: false, validateFormats: false });
    const specification = read('node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json');
    const validate = ajv.compile(specification as object);
    const document = read('docs/contracts/asyncapi.json');
    expect(validate(document) ? [] : validate.errors).toEqual([]);
    expect(validate({ ...(document as object), channels: { broken: { address: 7 } } })).toBe(false);
  });
});
