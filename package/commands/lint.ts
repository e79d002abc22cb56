import { lint } from '../file/index.ts'
import { DONE, documentOf, FAILED, FOUND, fileCommand, problemLines } from './file-command.ts'

export const lintCommand = fileCommand({
  name: 'lint',
  summary: 'Says what is wrong in a file, and what people get wrong',
  about: `Asks no service. docs/identity-file.md has the rules.

Exit code: 0 if nothing was found, 2 for warnings alone, 1 for errors. FILE is identity.yaml unless given.`,
  options: {},
  maxPositionals: 1,
  async run(asked) {
    const document = documentOf(asked)
    const problems = lint(document)
    if (asked.json) asked.io.out(JSON.stringify({ problems }, null, 2))
    else asked.io.out(problems.length === 0 ? `${document.name}: nothing was found.` : problemLines(problems, document))
    if (problems.some(({ severity }) => severity === 'error')) return FAILED
    return problems.length > 0 ? FOUND : DONE
  },
})
