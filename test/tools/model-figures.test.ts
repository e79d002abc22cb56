import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')
const PERFORMANCE_MD = read('performance.md')

/** What the bench wrote. The page has tables of its own before it, which may have rows of the same names. */
const [, RESULTS] = PERFORMANCE_MD.split('<!-- bench: results -->')

/** A cell of the results, by the beginning of its row. From the end, -1 is empty, and -2 is the last column. */
function cell(row: string, column: number): number {
  const line = RESULTS?.split('\n').find((each) => each.startsWith(`| ${row} |`))
  return Number.parseFloat(line?.split('|').at(column)?.replaceAll(',', '') ?? '')
}

it('docs/performance.json has the figures of docs/performance.md', () => {
  const [date] = /\S{10}/.exec(RESULTS ?? '') ?? []
  expect(JSON.parse(read('performance.json'))).toEqual({
    date,
    userBytes: cell('Bytes a user of one login', -3),
    guestBytes: cell('Bytes a guest', -3),
    cpuNewGuest: cell('GetId, new guest', 5),
    cpuKnownLogin: cell('GetId, known login', 5),
    cpuOpenIdToken: cell('GetOpenIdToken, RS256', 5),
    cpuCredentials: cell('GetCredentialsForIdentity, embedded', 5),
    cpuCredentialsR2: cell('GetCredentialsForIdentity, R2', 5),
    cpuCredentialsRemote: cell('GetCredentialsForIdentity, remote', 5),
    startUp: cell('First request of a new process, GetId of a guest', 2),
    readsPerObject: cell('GetId, known login', 2),
    writesPerObject: cell('GetId, new guest', 2),
  })
})
