import { packageCommand } from '../lib/bootstrap.mjs'

await packageCommand(async () => {
  const { mainOf } = await import('../lib/file-commands.ts')
  return { main: mainOf('pull') }
})
