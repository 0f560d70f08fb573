/** The import rules of the house: inwards only, adapters named by the composition root alone. */
const within = (from, allowed) => ({
  name: `${from.replaceAll('/', '-')}-imports-inwards`,
  severity: 'error',
  from: { path: `^${from}/` },
  to: {
    path: '^(broker|config|console|ingest|simulators|tests|cli|clearbay\\.ts)',
    pathNot: [`^${from}/`, ...allowed.map((place) => `^${place}`), 'node_modules'],
  },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    within('ingest/domain', []),
    within('ingest/contract', ['ingest/domain/']),
    within('ingest/store', ['ingest/contract/', 'ingest/domain/']),
    within('ingest/pipeline', ['ingest/contract/', 'ingest/domain/', 'ingest/store/ports/']),
    within('ingest/notify', ['ingest/contract/', 'ingest/domain/', 'ingest/store/ports/']),
    within('ingest/gateways', ['ingest/contract/', 'ingest/domain/', 'ingest/store/ports/']),
    within('broker', ['ingest/contract/', 'ingest/store/ports/']),
    within('config', ['ingest/domain/', 'ingest/contract/']),
    within('console/server', ['ingest/contract/', 'ingest/domain/', 'ingest/store/ports/']),
    within('console/web', ['ingest/contract/', 'ingest/domain/']),
    within('simulators', ['ingest/contract/', 'ingest/domain/']),
    {
      name: 'domain-is-pure',
      comment: 'No I/O, no clock, no package: it runs in Node and in the browser.',
      severity: 'error',
      from: { path: '^ingest/domain/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional'], pathNot: '^ingest/domain/' },
    },
    {
      name: 'one-kind-never-imports-another',
      severity: 'error',
      from: { path: '^ingest/domain/kinds/([^/]+)/' },
      to: { path: '^ingest/domain/kinds/[^/]+/', pathNot: '^ingest/domain/kinds/$1/' },
    },
    {
      name: 'one-console-feature-never-imports-another',
      severity: 'error',
      from: { path: '^console/web/features/([^/]+)/' },
      to: { path: '^console/web/features/[^/]+/', pathNot: '^console/web/features/$1/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
      extensions: ['.ts', '.vue', '.mjs', '.js'],
    },
  },
};
