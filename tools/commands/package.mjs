import { command } from '../lib/bootstrap.mjs'

const HELP = `Builds the npm package edge-identity, the test double: npm run package -- [options]

  --folder-only  leave the package as a folder, without the tarball
  --help         this text

The package goes to dist/edge-identity, and the tarball beside it. Nothing is published.`

await command(HELP, () => import('../package/main.ts'))
