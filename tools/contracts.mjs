// `npm run contracts`: writes docs/events.md and docs/contracts/asyncapi.json from libs/contracts. What is written there is what was published:
// a change that breaks it is refused, and needs a new version of the topic.
//   --check     writes nothing; exits 1 if the files are not what the contracts say (CI)
//   --break     writes although something breaks: before the first release only
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import prettier from 'prettier';
import ts from 'typescript';
import { contractChanges, EXTERNAL_TOPICS, TOPICS } from '@registry/contracts';

const ROOT = join(import.meta.dirname, '..');
const SOURCES = join(ROOT, 'libs/contracts/src');
const MARKDOWN = join(ROOT, 'docs/events.md');
const ASYNCAPI = join(ROOT, 'docs/contracts/asyncapi.json');

const { values: options } = parseArgs({
  options: { check: { type: 'boolean' }, break: { type: 'boolean' } },
});

/** What the sources' comments say: of each exported constant, and of the fields of its object. */
const readComments = () => {
  const comments = new Map();
  const textOf = (node) => {
    const doc = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc);
    return doc === undefined ? undefined : ts.getTextOfJSDocComment(doc.comment)?.replace(/\s+/g, ' ').trim();
  };
  for (const file of readdirSync(SOURCES).filter((name) => /^(?!.*\.spec).*\.ts$/.test(name))) {
    const source = ts.createSourceFile(
      file,
      readFileSync(join(SOURCES, file), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
    for (const statement of source.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      for (const { name, initializer } of statement.declarationList.declarations) {
        const fields = new Map();
        const visit = (node) => {
          if (ts.isPropertyAssignment(node)) {
            const text = textOf(node);
            if (text !== undefined) fields.set(node.name.getText(source), text);
          }
          ts.forEachChild(node, visit);
        };
        if (initializer !== undefined) visit(initializer);
        comments.set(name.getText(source), { text: textOf(statement), fields });
      }
    }
  }
  return comments;
};

const comments = readComments();

/** Without what TypeBox keeps for itself, and with the comments of the fields. */
const schemaOf = (type, schema) => {
  const fields = comments.get(type)?.fields ?? new Map();
  const described = (value, name) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const copy = Object.fromEntries(
      Object.entries(value).map(([key, part]) => [
        key,
        key === 'properties'
          ? Object.fromEntries(Object.entries(part).map(([field, each]) => [field, described(each, field)]))
          : Array.isArray(part)
            ? part.map((each) => described(each))
            : described(part),
      ]),
    );
    const text = name === undefined ? undefined : fields.get(name);
    return text === undefined || copy.description !== undefined ? copy : { ...copy, description: text };
  };
  return described(JSON.parse(JSON.stringify(schema)));
};

/** The comment of an event, without the topic, which stands beside it. */
const descriptionOf = (type) =>
  (comments.get(type)?.text ?? '').replace(/\s*Topic `[^`]+`(, key = ([^.:]+))?[.:]?/, '').trim();

/** As the first of a topic's events says that says it. */
const keyOf = (types) => {
  for (const type of types) {
    const found = /[kK]ey = ([^.:]+)/.exec(comments.get(type)?.text ?? '');
    if (found !== null) return found[1].trim();
  }
  return undefined;
};

const contextOf = (topic) => topic.split('.')[0];

const describe = () => {
  const channels = {};
  const operations = {};
  const messages = {};
  const all = [
    ...Object.entries(TOPICS).map(([topic, events]) => ({ topic, events, external: undefined })),
    ...Object.entries(EXTERNAL_TOPICS).map(([topic, external]) => ({
      topic,
      events: external.events,
      external,
    })),
  ];
  for (const { topic, events, external } of all) {
    const id = topic.replaceAll(/[^A-Za-z0-9]+/g, '-').replace(/-$/, '');
    const types = Object.keys(events);
    const key = keyOf(types);
    for (const [type, schema] of Object.entries(events)) {
      messages[`${id}-${type}`] = {
        name: type,
        contentType: 'application/json',
        ...(descriptionOf(type) === '' ? {} : { description: descriptionOf(type) }),
        headers: { $ref: '#/components/schemas/CloudEventHeaders' },
        ...(key === undefined
          ? {}
          : { bindings: { kafka: { key: { type: 'string', description: key }, bindingVersion: '0.5.0' } } }),
        payload: schemaOf(type, schema),
      };
    }
    channels[id] = {
      address: topic,
      description:
        external?.description ??
        `Published by the ${contextOf(topic)} service for the registry's own services.`,
      ...(external?.parameters === undefined ? {} : { parameters: external.parameters }),
      messages: Object.fromEntries(
        types.map((type) => [type, { $ref: `#/components/messages/${id}-${type}` }]),
      ),
    };
    const action = external?.direction === 'in' ? 'receive' : 'send';
    operations[`${action}-${id}`] = { action, channel: { $ref: `#/channels/${id}` } };
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Immunization registry',
      version: '1.0.0',
      description:
        'What travels on Kafka. CloudEvents 1.0 in binary mode: attributes as headers, data as the value. Topics whose name begins with a service are internal.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels,
    operations,
    components: {
      messages,
      schemas: {
        CloudEventHeaders: {
          type: 'object',
          required: ['ce_specversion', 'ce_id', 'ce_type', 'ce_source', 'ce_time'],
          properties: {
            ce_specversion: { type: 'string', const: '1.0' },
            ce_id: { type: 'string' },
            ce_type: { type: 'string' },
            ce_source: { type: 'string' },
            ce_time: { type: 'string', format: 'date-time' },
          },
        },
      },
    },
  };
};

const shownType = (schema) => {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(shownType))].join(' \\| ');
  if (schema.type === 'array') return `list of ${shownType(schema.items ?? {})}`;
  if (schema.type === 'object') return 'object';
  return [schema.type ?? 'any', ...(schema.format === undefined ? [] : [`(${schema.format})`])].join(' ');
};

const inWords = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const rowsOf = (schema, prefix = '') =>
  Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    `| \`${prefix}${name}\` | ${shownType(field)} | ${(schema.required ?? []).includes(name) ? 'yes' : ''} | ${inWords(field.description ?? '')} |`,
    ...(field.type === 'object' ? rowsOf(field, `${prefix}${name}.`) : []),
    ...(field.type === 'array' && field.items?.type === 'object'
      ? rowsOf(field.items, `${prefix}${name}[].`)
      : []),
  ]);

const markdownOf = ({ channels, components }) => {
  const sections = Object.entries(channels).map(([id, { address, description, messages }]) => {
    const types = Object.keys(messages);
    const key = keyOf(types);
    return [
      `## \`${address}\``,
      `${description}${key === undefined ? '' : ` Key: ${key}.`}`,
      ...types.flatMap((type) => {
        const { payload, description: what } = components.messages[`${id}-${type}`];
        const rows = rowsOf(payload);
        return [
          `### ${type}`,
          ...(what === undefined ? [] : [what]),
          ...(rows.length === 0
            ? []
            : [['| field | type | always | what |', '| --- | --- | --- | --- |', ...rows].join('\n')]),
        ];
      }),
    ].join('\n\n');
  });
  return [
    '# Events',
    'Generated from `libs/contracts` by `npm run contracts`; do not edit. The same as an AsyncAPI document: [contracts/asyncapi.json](contracts/asyncapi.json).',
    'Each message is a CloudEvent in binary mode: id, type, source and time as `ce_` headers, the data below as JSON in the value. A topic may gain events and optional fields; whatever else changes needs a new version of the topic.',
    ...sections,
  ].join('\n\n');
};

/** Schemas as they were published, by topic and event. */
const topicsIn = ({ channels, components }) =>
  Object.fromEntries(
    Object.entries(channels).map(([id, { address, messages }]) => [
      address,
      Object.fromEntries(
        Object.keys(messages).map((type) => [type, components.messages[`${id}-${type}`].payload]),
      ),
    ]),
  );

const formatted = async (text, filepath) =>
  prettier.format(text, { ...(await prettier.resolveConfig(filepath)), filepath });

const document = describe();
const files = [
  [MARKDOWN, await formatted(markdownOf(document), MARKDOWN)],
  [ASYNCAPI, await formatted(JSON.stringify(document), ASYNCAPI)],
];
const stale = files.filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
const published = existsSync(ASYNCAPI) ? topicsIn(JSON.parse(readFileSync(ASYNCAPI, 'utf8'))) : {};
const changes = contractChanges(published, topicsIn(document));
for (const { at, kind, what } of changes) console.error(`${kind}: ${what} at ${at}`);

if (options.check) {
  for (const [path] of stale) console.error(`${path} is not what the contracts say: run npm run contracts`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else if (changes.some(({ kind }) => kind === 'break') && !options.break) {
  console.error(
    'Nothing was written: this breaks readers or messages that there are. Give the topic a new version.',
  );
  process.exitCode = 1;
} else {
  mkdirSync(join(ROOT, 'docs/contracts'), { recursive: true });
  for (const [path, text] of stale) writeFileSync(path, text);
  console.log(`${stale.length} of ${files.length} files written`);
}
