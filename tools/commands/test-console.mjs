import { command } from '../lib/bootstrap.mjs'

const HELP = `Tests the console in Chromium (Debian's package chromium); without a browser they are skipped: npm run test:console

  --help  this text

Pictures of the pages are in dist/console-pictures. Other options are those of vitest.`

await command(HELP, () => import('../lib/test-console.ts'))
