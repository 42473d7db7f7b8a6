import { SELF } from '../listener.js';
import { createSources } from '../sources/create-sources.js';
import type { Source, SourceName } from '../sources/source.js';
import { UnsupportedSource } from '../sources/unsupported-source.js';
import type { Site } from './site.js';

/**
 * The sources that a site is looked at through.
 *
 * @param processes whether a source elsewhere tells of processes too; here they are searched for apart from it
 */
export function sourcesAt(site: Site, names: 'auto' | readonly SourceName[], processes: boolean): Source[] {
  if (site.kind === 'local') return createSources(names, site.place === SELF ? undefined : site.namespace);
  const chosen = names === 'auto' ? (['proc'] as const) : [...new Set(names)];
  return chosen.map((name) =>
    name === 'proc'
      ? site.createSource({ processes })
      : new UnsupportedSource(name, `elsewhere only the source proc can be asked, not ${name}`),
  );
}
