import { isDeepStrictEqual } from 'node:util';
import { routeOf } from './routes.mjs';

/**
 * One description of all services: of each the paths that the proxy sends to it. What each has for operators (health, metrics, dead letters) is not
 * in it, since the proxy lets none of that out.
 * @param descriptions OpenAPI documents by service
 * @throws Error two services mean different things by one name
 */
export const mergeDescriptions = (descriptions) => {
  const [first] = descriptions.values();
  const merged = { ...first, paths: {}, tags: [], components: {} };
  const add = (where, name, value) => {
    if (name in where && !isDeepStrictEqual(where[name], value))
      throw new Error(`Two services describe ${name} differently`);
    where[name] = value;
  };
  for (const [service, { paths, components = {}, tags = [] }] of descriptions) {
    for (const [path, methods] of Object.entries(paths))
      if (routeOf(path)?.service === service) add(merged.paths, path, methods);
    for (const [kind, parts] of Object.entries(components))
      for (const [name, part] of Object.entries(parts)) add((merged.components[kind] ??= {}), name, part);
    for (const tag of tags) if (!merged.tags.some(({ name }) => name === tag.name)) merged.tags.push(tag);
  }
  return merged;
};
