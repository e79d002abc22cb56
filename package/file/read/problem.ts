/** The way to a part of the file: keys of maps and indices of lists. */
export type Path = readonly (string | number)[]

/** Where something is in a text; both count from one. */
export interface Place {
  line: number
  column: number
}

/** Something wrong, or likely to be wrong, at one place of the file. `rule` names the kind. */
export interface Problem extends Place {
  severity: 'error' | 'warning'
  rule: string
  message: string
}

/** `identity.yaml:3:7: error: …`, as compilers write it and editors read it. */
export function lineOf({ column, line, message, rule, severity }: Problem, name: string): string {
  return `${name}:${line}:${column}: ${severity}: ${message} [${rule}]`
}

/** A file with problems that keep it from being used. */
export class FileProblems extends Error {
  readonly problems: readonly Problem[]

  constructor(name: string, problems: readonly Problem[]) {
    super(problems.map((problem) => lineOf(problem, name)).join('\n'))
    this.problems = problems
  }
}

export function inOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((one, other) => one.line - other.line || one.column - other.column)
}
