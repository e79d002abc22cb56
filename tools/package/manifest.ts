/** What `package.json` of the repository tells: one version for the product, and those that it is tested with. */
interface Versions {
  version: string
  description: string
  license: string
  dependencies: Readonly<Record<string, string>>
  devDependencies: Readonly<Record<string, string>>
}

/**
 * The `package.json` of the package. workerd is pinned, because the service is tested with it and because its storage on disk
 * may change. Node 20 is the oldest.
 */
export function manifestOf({ dependencies, devDependencies, license, version }: Versions): object {
  return {
    name: 'edge-identity',
    version,
    description: 'Amazon Cognito identity pools for tests: real tokens, real checks, one process',
    license,
    type: 'module',
    bin: { 'edge-identity': 'lib/cli.js' },
    exports: {
      '.': typed('double/index', { import: './lib/index.js' }),
      './vitest': typed('fixtures/vitest', { import: './lib/vitest.js' }),
      './vitest/setup': typed('fixtures/vitest-setup', { import: './lib/vitest-setup.js' }),
      './jest': typed('fixtures/jest', { default: './lib/jest.cjs' }),
      './jest/setup': './lib/jest-setup.js',
      './jest/teardown': './lib/jest-teardown.js',
      './schema.json': './schema.json',
      './package.json': './package.json',
    },
    files: ['lib', 'types', 'worker', 'schema.json'],
    engines: { node: '>=20' },
    dependencies: Object.fromEntries(
      NEEDED.map((name) => [name, dependencies[name] ?? devDependencies[name] ?? missing(name)]),
    ),
    peerDependencies: { vitest: '>=3.2' },
    peerDependenciesMeta: { vitest: { optional: true } },
    keywords: ['cognito', 'identity-pools', 'aws', 'sts', 'testing', 'local'],
  }
}

/** Everything else is in the bundle. */
const NEEDED = ['workerd', 'yaml']

function missing(name: string): never {
  throw new Error(`${name} is no dependency of this repository.`)
}

function typed(module: string, ways: Record<string, string>): object {
  return { types: `./types/package/${module}.d.ts`, ...ways }
}
