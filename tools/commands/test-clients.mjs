import { command } from '../lib/bootstrap.mjs'

const HELP = `Runs programs with AWS SDKs of other languages against the service: npm run test:clients [-- LANGUAGE...]

  LANGUAGE     go, java, kotlin, rust; all of them without it
  --installed  downloads nothing: where the packages of an SDK are not on this machine, its language is skipped
  --help       this text

Each is built where its toolchain is, which downloads the SDK and takes minutes the first time, and is skipped elsewhere.
What was built is in dist/clients. Other options are those of vitest.`

await command(HELP, () => import('../lib/test-clients.ts'))
