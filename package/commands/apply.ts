import { ApplyFailed, apply, DEFAULT_REGION, lint } from '../file/index.ts'
import { BadOption } from '../server/options.mjs'
import { CONNECTION, DONE, documentOf, FAILED, fileCommand, problemLines, serviceOf } from './file-command.ts'

export const applyCommand = fileCommand({
  name: 'apply',
  summary: 'Brings a service to what a file says, by a plan that you have seen',
  about: `Narrows before it opens, stops at the first failure, and says what is done. A pool that somebody else changes meanwhile is not
overwritten. Pools, roles and issuers that the file does not name stay as they are.

Exit code: 0 if all is done, 1 for everything else. FILE is identity.yaml unless given.`,
  options: {
    plan: { value: 'HASH', text: 'the plan, as plan has printed it; another one is not carried out' },
    ...CONNECTION,
  },
  maxPositionals: 1,
  async run(asked) {
    const { io, json, values } = asked
    const hash = values.plan
    if (typeof hash !== 'string') throw new BadOption('Name the plan: apply --plan <hash>. plan prints it.')
    const document = documentOf(asked)
    const errors = lint(document).filter(({ severity }) => severity === 'error')
    if (errors.length > 0) {
      io.err(problemLines(errors, document))
      return FAILED
    }
    const done: string[] = []
    const onStep = (step: string) => {
      done.push(step)
      if (!json) io.out(`done  ${step}`)
    }
    try {
      await apply(document, serviceOf(asked, document.file.region ?? DEFAULT_REGION), { env: io.env, hash, onStep })
    } catch (error) {
      if (!json && error instanceof ApplyFailed)
        io.err(`failed  ${error.step}\nWhat stands above is done. Run plan again.`)
      throw error
    }
    io.out(json ? JSON.stringify({ done }, null, 2) : done.length === 0 ? 'Nothing was to be done.' : 'All is done.')
    return DONE
  },
})
