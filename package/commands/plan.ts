import { DEFAULT_REGION, lint, plan, planText, summaryOf } from '../file/index.ts'
import { CONNECTION, DONE, documentOf, FAILED, FOUND, fileCommand, problemLines, serviceOf } from './file-command.ts'

export const planCommand = fileCommand({
  name: 'plan',
  summary: 'Says what has to change for a service to be as a file says',
  about: `Reads the service and changes nothing. Says of each change what it opens and to whom, and what people get wrong in such files.

Exit code: 0 if nothing is to be done, 2 if something is, 1 for everything else. The key is that of AWS_ACCESS_KEY_ID and
AWS_SECRET_ACCESS_KEY; for a service on this machine, local mode's. FILE is identity.yaml unless given.`,
  options: CONNECTION,
  maxPositionals: 1,
  async run(asked) {
    const { io, json } = asked
    const document = documentOf(asked)
    const problems = lint(document)
    const api = serviceOf(asked, document.file.region ?? DEFAULT_REGION)
    const summary = summaryOf(await plan(document, api, io.env))
    if (json) io.out(JSON.stringify({ ...summary, problems }, null, 2))
    else {
      if (problems.length > 0) io.err(`${problemLines(problems, document)}\n`)
      io.out(planText(summary))
    }
    if (problems.some(({ severity }) => severity === 'error')) return FAILED
    return summary.changed ? FOUND : DONE
  },
})
