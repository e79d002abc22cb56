import { userCommand } from '../lib/bootstrap.mjs'

await userCommand(
  {
    usage: 'Builds what the image serves with into a folder: npm run bundle -- --out DIR',
    options: { out: { value: 'DIR', text: 'the folder, which is made' } },
  },
  () => import('../lib/bundle.ts'),
)
