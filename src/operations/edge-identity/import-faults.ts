import { Fault } from '../../protocol/index.ts'
import { invalidParameter, noSuchPool } from '../faults.ts'
import type { BadLine } from './backup-line.ts'

const conflict = (message: string) => new Fault('ResourceConflictException', message)

const KEPT = 'The lines before it are imported. Correct it, and import the file again: it goes on from there.'

const lineFault = (line: number, why: string, recorded = why) =>
  new Fault('InvalidParameterException', `Line ${line}: ${why}. ${KEPT}`, `Line ${line}: ${recorded}.`)

export const badLine = (line: number, { message, recorded }: BadLine) => lineFault(line, message, recorded)

export const otherPool = (of: string, into: string) =>
  invalidParameter(
    `The file is of the pool ${of}, and not of ${into}. With NewIds its identities get ids of that pool.`,
  )

/** Half a file is no backup. */
export const exportedWhole = () =>
  conflict(
    'A file is being imported into the pool. Export it when that is over: until then it has a part of that file.',
  )

/** Why an import does not go on. */
export function importFault(
  answer:
    | { kind: 'no_pool' | 'not_empty' | 'growing' | 'other_run' }
    | { kind: 'other_import'; source: string }
    | { kind: 'login_of_another' | 'out_of_order'; line: number },
  pool: string,
): Fault {
  switch (answer.kind) {
    case 'no_pool':
      return noSuchPool(pool)
    case 'not_empty':
      return conflict('The pool has identities. Identities are imported into an empty pool alone.')
    case 'growing':
      return conflict('The pool is growing: import when it has grown, as DescribeSpread tells.')
    case 'other_import':
      return conflict(
        `A file of the pool ${answer.source} is being imported into this one. Go on with it, or cancel that.`,
      )
    case 'other_run':
      return conflict(
        'There is no such import, or it was begun again since. The first line of the file begins it, or goes on.',
      )
    case 'login_of_another':
      return lineFault(answer.line, 'one of its logins belongs to another identity')
    case 'out_of_order':
      return lineFault(answer.line, 'its id does not come after that of the line before')
  }
}

export const leadsNowhere = (id: string) =>
  invalidParameter(
    `The identity ${id} forwards to one that the file does not have, or that forwards itself. Cancel the import, and correct the file.`,
  )

interface Counts {
  identities: number
  logins: number
}

export const countsFault = (here: Counts, told: Counts) =>
  invalidParameter(
    `The last line tells of ${told.identities} identities and ${told.logins} logins, and ${here.identities} and ${here.logins} were imported.`,
  )
