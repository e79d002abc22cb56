import { userCommand } from '../lib/bootstrap.mjs'

await userCommand(
  {
    usage: 'Starts Edge Identity on this machine: npm start -- [options]',
    options: {
      port: { value: 'N', text: 'port to serve on (8787); 0 takes any free one' },
      ip: {
        value: 'ADDRESS',
        text: 'address to listen on (127.0.0.1). Whoever reaches another one has the keys of local mode',
      },
      'persist-to': { value: 'DIR', text: 'where pools, identities and keys are kept (.wrangler/state)' },
      var: {
        value: 'NAME:VALUE',
        multiple: true,
        text: 'a setting of docs/operating.md, such as TOKEN_ALG:ES256; several may be given',
      },
      redirect: {
        value: 'URI',
        multiple: true,
        text: 'where the login page of the test issuer may send browsers back to, besides the examples',
      },
      'log-level': {
        value: 'LEVEL',
        text: 'what is shown: info (every record), refusals (the default), warn, error or none',
      },
      'inspector-port': { value: 'N', text: 'port for a debugger' },
      watch: { text: 'builds and starts again after every change of the source' },
      version: { text: 'the version, and nothing else' },
    },
  },
  () => import('../lib/start.ts'),
)
